import type { Clock } from '../platform/clock.ts';
import { exponentOf } from '../platform/currency.ts';
import { type Decimal, isZero, parseDecimal } from '../platform/decimal.ts';
import { contentHash } from '../platform/hash.ts';
import { ProblemError } from '../platform/problem.ts';
import type { CloseStore } from './close-store.ts';
import { type DataFiles, getPinned } from './data-files.ts';
import { amountText } from './money.ts';
import { parseCloseId } from './names.ts';
import type { Adjustment, LineReference, StoredDocument } from './records.ts';
import type { DocumentLine, ErpDocument } from './types.ts';

export type AdjustPorts = {
  readonly clock: Clock;
  readonly store: Pick<CloseStore, 'lineReferences' | 'documentById' | 'documentOf' | 'addEntry'>;
  readonly files: DataFiles;
};

export type AdjustRequest = {
  /** The line of a document. */
  readonly about: string;
  readonly kind: Adjustment['kind'];
  /** In the line's currency, negative for what the customer gets. Not for an excluded line. */
  readonly amount?: string;
  /** For a repair: the document in the ERP that was made by hand. */
  readonly document?: string;
  /** A second one with the same key (a ticket, a dispute) is refused. Absent: one of each kind and amount. */
  readonly key?: string;
  readonly reason: string;
  readonly by: string;
};

const refuse = (code: string, message: string, status = 400): ProblemError => new ProblemError(status, code, message);

/**
 * Decides something about a line beside its rating; who does becomes a maker of what the account is billed next. Takes
 * effect with the next close of the line's dates.
 * @throws {ProblemError} 404 NO_SUCH_LINE, 400 BAD_AMOUNT, DOCUMENT_MISSING, 409 ADJUSTED_ALREADY.
 */
export const makeAdjustment = async (ports: AdjustPorts, request: AdjustRequest): Promise<Adjustment> => {
  const { about, kind, document, key, reason, by } = request;
  const { reference, line, of } = await billedLine(ports, about);
  const dates = parseCloseId(reference.closeId);
  if (dates === undefined) throw new Error(`${reference.closeId} is no close`);
  const amount = amountOf(request, of.currency);
  if (kind === 'repair' && document === undefined) {
    throw refuse('DOCUMENT_MISSING', 'a repair names the document in the ERP that carries its amount');
  }
  const { start, end } = dates;
  const entryId = `adj-${contentHash([about, kind, key ?? amount ?? '', document ?? '']).slice(0, 24)}`;
  const entry: Adjustment = {
    format: 1,
    entryId,
    kind,
    start,
    end,
    about,
    account: line.rated.account,
    payer: of.account,
    entity: of.entity,
    contract: line.rated.contract,
    currency: of.currency,
    product: line.product,
    description: line.description,
    period: line.rated.period,
    ...(amount === undefined ? {} : { amount }),
    ...(document === undefined ? {} : { document }),
    reason,
    by,
    at: ports.clock.now(),
  };
  const details = { about, kind, account: entry.account, ...(amount ? { amount, currency: of.currency } : {}), reason };
  const record = { actor: by, action: 'adjustment.make', target: entryId, details };
  if (await ports.store.addEntry(entry, record)) return entry;
  throw refuse(
    'ADJUSTED_ALREADY',
    `there is this adjustment of ${about} already (${entryId}); another needs a key`,
    409,
  );
};

const amountOf = ({ kind, amount }: AdjustRequest, currency: string): string | undefined => {
  if (kind === 'excluded-line') {
    if (amount === undefined) return undefined;
    throw refuse('BAD_AMOUNT', 'an excluded line has no amount: it is whatever the line comes to');
  }
  const wanted = `"amount" must be a decimal like -12.50, not zero, with at most ${exponentOf(currency)} decimals`;
  let parsed: Decimal;
  try {
    parsed = parseDecimal(amount ?? '');
    if (!isZero(parsed)) return amountText(parsed, currency);
  } catch {
    // The refusal below says what is wrong.
  }
  throw refuse('BAD_AMOUNT', wanted);
};

type Billed = { readonly reference: LineReference; readonly line: DocumentLine; readonly of: ErpDocument };

/** The very document of a reference: its id may be that of a later one, when it was never sent. The payer is the same. */
const documentOf = async (
  { store }: AdjustPorts,
  { closeId, documentId }: LineReference,
): Promise<StoredDocument | undefined> => {
  const newest = await store.documentById(documentId);
  if (newest === undefined || newest.document.closeId === closeId) return newest;
  return store.documentOf(closeId, newest.document.account, documentId);
};

/** The newest document that carries a line, whole. */
const billedLine = async (ports: AdjustPorts, lineId: string): Promise<Billed> => {
  const reference = (await ports.store.lineReferences(lineId)).at(-1);
  const stored = reference && (await documentOf(ports, reference));
  if (reference === undefined || stored === undefined) {
    throw refuse('NO_SUCH_LINE', `no document has a line ${lineId}`, 404);
  }
  const of = await getPinned<ErpDocument>(ports.files, { key: stored.bodyKey, hash: stored.bodyHash });
  const line = of.lines.find((each) => each.lineId === lineId);
  if (line === undefined) throw refuse('NO_SUCH_LINE', `no document has a line ${lineId}`, 404);
  return { reference, line, of };
};
