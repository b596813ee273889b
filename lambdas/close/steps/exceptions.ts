import { intervalOf } from '../../platform/period.ts';
import { countByRegion } from '../count-by-region.ts';
import { firstOf } from '../first-of.ts';
import { holdsOf, unratedOf } from '../holds.ts';
import { adapterOf, type LoadedPlan, loadPlan, mappingsNow } from '../load-plan.ts';
import { type Mappings, mapDocument } from '../map-document.ts';
import { totalsOf } from '../money.ts';
import { type ClosePorts, ok, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import { type ExceptionDraft, raise } from '../raise.ts';
import { settleTwiceCounted } from '../settle-twice-counted.ts';
import type { CloseException, CloseRecord } from '../types.ts';

/**
 * Collects what a person must decide before money moves; ids at two times were raised beside the rating, and those that
 * were decided since are closed here. What was decided for these dates before is found again; an open exception holds its
 * account and nothing else, and usage that nobody owns holds nobody.
 */
export const exceptions = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  if (record.steps.exceptions.state === 'done') return ok({ open: 0 });
  await beginStep(ports, record, 'exceptions');
  const accounts = await ports.store.accounts(record.closeId);
  await settleTwiceCounted(ports, record, accounts);
  for (const draft of await ownerless(ports, record)) await raise(ports, record, draft);
  // Mapping comes last: what is held already needs no payload.
  const plan = await loadPlan(ports, record);
  for (const draft of await unmappable(ports, plan)) await raise(ports, record, draft);

  const all = await ports.store.exceptions(record);
  const open = all.filter(({ state }) => state === 'open');
  const { accounts: whole, parts } = holdsOf(all, unratedOf(accounts), []);
  const held = [...whole, ...parts];
  for (const [region, count] of countByRegion(open, accounts)) ports.metrics.exceptionsOpen(region, count);
  await endStep(ports, record, 'exceptions', {
    done: all.length - open.length,
    total: all.length,
    totals: totalsOf(open.flatMap(({ amountAtStake }) => (amountAtStake ? [amountAtStake] : []))),
    notes: wordsFor(all, open, held),
  });
  return ok({ open: open.length, held: held.length });
};

const wordsFor = (
  all: readonly CloseException[],
  open: readonly CloseException[],
  held: readonly string[],
): string[] => {
  const notes: string[] = [];
  if (all.length > open.length) notes.push(`Decided before: ${all.length - open.length}.`);
  if (held.length > 0) notes.push(`Held until a person decides: ${firstOf(held)}.`);
  return notes;
};

const ownerless = async (ports: ClosePorts, record: CloseRecord): Promise<ExceptionDraft[]> => {
  const found = await ports.usage.ownerless(intervalOf({ ...record, zone: 'Etc/UTC' }));
  return found.map(({ subject, events }) => ({
    kind: 'unattributed-usage',
    about: { subject },
    subject,
    message: `${events} events of "${subject}" belong to no account. Publish an attribution, decide "fixed" and close again; or decide "accepted": they are not billed.`,
    evidence: { events },
  }));
};

const unmappable = async (ports: ClosePorts, plan: LoadedPlan): Promise<ExceptionDraft[]> => {
  const gaps = plan.gaps.map(({ payer, entity, missing }): ExceptionDraft => {
    const what =
      missing === 'customer' ? `account "${payer}" has no customer id in the ERP` : `there is no entity "${entity}"`;
    return {
      kind: 'missing-mapping',
      about: { account: payer, missing, entity },
      account: payer,
      message: `A document cannot be made: ${what}. Publish it, decide "fixed" and close again.`,
      evidence: { payer, entity, missing },
    };
  });
  const byEntity = new Map<string, Mappings>();
  const drafts: ExceptionDraft[] = [];
  for (const document of plan.documents) {
    const { entity } = document;
    const mappings = byEntity.get(entity) ?? (await mappingsNow(ports, await adapterOf(ports, entity)));
    byEntity.set(entity, mappings);
    const mapped = await mapDocument(document, mappings);
    if (!mapped.mapped) drafts.push(mapped.exception);
  }
  return [...gaps, ...drafts];
};
