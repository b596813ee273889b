import { moneyOf, totalsOf } from '../money.ts';
import { ok, type StepResult } from '../ports.ts';
import { closeOf } from '../progress.ts';
import { type RatingPorts, rateAccount } from '../rate-account.ts';
import type { CloseRecord } from '../types.ts';

/** One item of the distributed map. */
export type RateChunk = { readonly closeId: string; readonly accounts: readonly string[] };

/** Rates a chunk of accounts, one after another: their usage is large, and the map runs chunks side by side. */
export const rateAccounts = async (ports: RatingPorts, input: RateChunk): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  let excepted = 0;
  for (const account of input.accounts) {
    if ((await rateAccount(ports, record, account)) === 'excepted') excepted += 1;
  }
  await countRated(ports, record);
  return ok({ rated: input.accounts.length - excepted, excepted });
};

/**
 * Writes how many accounts are done. Counted anew each time, so a repeat never counts twice; chunks that end at the same
 * moment may show an older figure for a moment, and Judge the results writes the last word.
 */
const countRated = async (ports: RatingPorts, record: CloseRecord): Promise<void> => {
  const accounts = await ports.store.accounts(record.closeId);
  const done = accounts.filter(({ state }) => state !== 'open').length;
  const before = (await ports.store.close(record.closeId))?.steps.rate;
  if (before?.state === 'done' || (before?.done ?? 0) > done) return;
  await ports.store.setStep(record.closeId, 'rate', {
    state: 'running',
    done,
    total: accounts.length,
    totals: totalsOf(accounts.flatMap(({ rated }) => (rated ? moneyOf(rated.totals) : []))),
    startedAt: before?.startedAt ?? ports.clock.now(),
  });
};
