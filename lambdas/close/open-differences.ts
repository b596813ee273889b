import { contentHash } from '../platform/hash.ts';
import { firstOf } from './first-of.ts';
import { totalsOf } from './money.ts';
import type { DocumentPlan, OpenDifference } from './plan-documents.ts';
import type { ClosePorts } from './ports.ts';
import type { WriteOff } from './records.ts';
import { SYSTEM } from './settle-exception.ts';
import type { CloseRecord, ErpDocument, Totals } from './types.ts';

type Open = { readonly carried: readonly OpenDifference[]; readonly writtenOff: readonly OpenDifference[] };

/** Where a close says which differences it carries: with them the documents come to what is rated, to the cent. */
export const carriedKeyOf = (closeId: string): string => `closes/${closeId}/carried.json`;

/** Lines of one entry: an item of the table holds 400 KB. */
const LINES = 1_000;

const totals = (open: readonly OpenDifference[]): Totals =>
  totalsOf(open.flatMap(({ currency, lines }) => lines.map(({ amount }) => ({ currency, amount }))));

const inWords = (open: readonly OpenDifference[]): string =>
  Object.entries(totals(open))
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(', ');

/** What a close has no document of, in sentences. */
export const openNotes = ({
  carried,
  writtenOff,
  unsaid,
  moved,
}: Open & Pick<DocumentPlan, 'unsaid' | 'moved'>): string[] => [
  ...unsaid.map(
    ({ payer, currency, payments }) =>
      `No document says it, for no amount changes: of ${payer} prepaid credit pays ${payments.map(({ description, amount }) => `${amount} ${currency} (${description})`).join(', ')} more than documents said. Mend it in the ERP.`,
  ),
  ...(moved.length === 0
    ? []
    : [
        `No document says it, for no amount changes: revenue lies in other months than documents said, of ${firstOf(moved.map(({ payer, lines }) => `${payer} (${lines.length} lines)`))}. Move it in the ERP, or leave it to the next correction of these lines, which has it.`,
      ]),
  ...(carried.length === 0 ? [] : [`Carried, too small to bill or credit: ${inWords(carried)}.`]),
  ...(writtenOff.length === 0 ? [] : [`Written off, too old: ${inWords(writtenOff)}.`]),
];

/** What prepaid credit pays or gets back that no deposit is applied for, in sentences. */
export const byHandNotes = (
  documents: readonly Pick<ErpDocument, 'documentId' | 'currency' | 'payments'>[],
): string[] => {
  const byHand = documents.flatMap(({ documentId, currency, payments = [] }) =>
    payments
      .filter(({ appliedBy }) => appliedBy === 'hand')
      .map(({ description, amount }) => `${documentId} ${amount} ${currency} (${description})`),
  );
  return byHand.length === 0 ? [] : [`Prepaid credit to apply by hand in the ERP: ${firstOf(byHand)}.`];
};

/**
 * Writes down the differences that no document carries. What is carried is only said: the next close looks at it again.
 * What is written off becomes an entry of the dates, with its audit entry, and counts as settled from then on.
 */
export const keepOpenDifferences = async (
  ports: Pick<ClosePorts, 'store' | 'files' | 'clock'>,
  record: CloseRecord,
  { carried, writtenOff }: Open,
): Promise<void> => {
  const { closeId, start, end } = record;
  if (carried.length > 0)
    await ports.files.putText(carriedKeyOf(closeId), JSON.stringify({ format: 1, closeId, carried }));
  for (const { payer, entity, currency, lines } of writtenOff) {
    for (let n = 0; n < lines.length; n += LINES) {
      const part = lines.slice(n, n + LINES);
      const entryId = `off-${contentHash([closeId, payer, entity, currency, n]).slice(0, 24)}`;
      const entry: WriteOff = {
        format: 1,
        entryId,
        kind: 'written-off',
        start,
        end,
        closeId,
        payer,
        entity,
        currency,
        lines: part,
        by: SYSTEM,
        at: ports.clock.now(),
      };
      await ports.store.addEntry(entry, {
        actor: SYSTEM,
        action: 'difference.write-off',
        target: entryId,
        details: { closeId, payer, totals: totals([{ payer, entity, currency, lines: part }]), lines: part.length },
      });
    }
  }
};
