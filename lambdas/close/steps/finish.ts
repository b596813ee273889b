import { firstOf } from '../first-of.ts';
import { type ClosePorts, ok, refused, type StepResult } from '../ports.ts';
import { closeOf, endStep } from '../progress.ts';
import { type StaleDates, staleOpenings } from '../stale-openings.ts';
import { CLOSE_STEPS, type CloseStep } from '../types.ts';

/** More accounts than this are not listed in a record: then all of the dates are rated again. */
const MOST_ACCOUNTS = 500;

const noteOf = ({ start, end, accounts }: StaleDates): string =>
  `What passes on to the period from ${start} to ${end} has changed: it is rated again for ${firstOf(accounts)}.`;

/**
 * Is the close done? Not while an approved document is not in the ERP: then it fails, and goes on when started again.
 * Closed periods that were rated with something else than this one leaves are rated again, each leading to the next,
 * until nothing changes any more.
 */
export const finish = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  const manifests = await ports.store.manifests(record.closeId);
  const stuck = manifests.filter(({ status }) => !['posted', 'returned', 'expired', 'superseded'].includes(status));
  if (stuck.length > 0) {
    const which = stuck.map(({ entity, status }) => `${entity} (${status})`).join(', ');
    return refused(
      'POSTING_STUCK',
      `Not everything that was approved is posted: ${which}. Mend the cause, start again.`,
    );
  }
  const open = (await ports.store.exceptions(record)).filter(({ state }) => state === 'open').length;
  const { start, end, supersededBy } = record;
  const again = manifests.some(({ status }) => status === 'superseded') ? supersededBy : undefined;
  const stale = (await staleOpenings(ports, record)).filter((each) => again === undefined || each.start !== start);
  const notes = [
    ...(open === 0 ? [] : [`${open} exceptions are open: decide them, then close these dates again.`]),
    ...(again === undefined ? [] : ['What waited for approval was superseded: these dates are closed once more.']),
    ...stale.map(noteOf),
  ];
  await endStep(ports, record, 'done', { done: 1, total: 1, notes });
  await ports.store.changeClose(record.closeId, { status: 'done', endedAt: ports.clock.now() });
  if (again !== undefined) await ports.rateAgain({ start, end, startedBy: again });
  for (const { accounts, ...dates } of stale) {
    await ports.rateAgain({ ...dates, ...(accounts.length > MOST_ACCOUNTS ? {} : { accounts }) });
  }
  return ok({ openExceptions: open, ratedAgain: stale.length });
};

/** Longer texts are cut: a record is for people, the log has the rest. */
const MESSAGE = 1000;

/** What a caught error says: the message inside a Lambda's answer, else the text as it is. */
const wordsOf = (message: string): string => {
  try {
    const parsed: unknown = JSON.parse(message);
    const inner = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'errorMessage') : undefined;
    return typeof inner === 'string' ? inner : message;
  } catch {
    return message;
  }
};

const isStep = (text: string): text is CloseStep => CLOSE_STEPS.some((step) => step === text);

/** Writes down why a close failed, where everyone sees it. The last state before Close failed. */
export const recordFailure = async (
  ports: ClosePorts,
  input: { readonly closeId: string; readonly failedStep: string; readonly code: string; readonly message: string },
): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  const step: CloseStep = isStep(input.failedStep) ? input.failedStep : 'done';
  const message = wordsOf(input.message).slice(0, MESSAGE);
  const before = record.steps[step];
  const notes = before.notes && before.notes.length > 0 ? before.notes : [message];
  const now = ports.clock.now();
  await ports.store.setStep(record.closeId, step, { ...before, state: 'failed', notes, endedAt: now });
  await ports.store.changeClose(record.closeId, {
    status: 'failed',
    endedAt: now,
    failure: { step, code: input.code, message },
  });
  return ok();
};
