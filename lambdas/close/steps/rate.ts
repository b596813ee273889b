import { ok, type StepResult } from '../ports.ts';
import { closeOf } from '../progress.ts';
import { type RatingPorts, rateAccount } from '../rate-account.ts';

/** One item of the distributed map. */
export type RateChunk = { readonly closeId: string; readonly accounts: readonly string[] };

/**
 * Rates a chunk of accounts, one after another: their usage is large, and the map runs chunks side by side. How many are
 * done is counted as they end, each once; what a death leaves uncounted, Judge the results counts.
 */
export const rateAccounts = async (ports: RatingPorts, input: RateChunk): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  let [excepted, ended] = [0, 0];
  for (const account of input.accounts) {
    const { state, isNew } = await rateAccount(ports, record, account);
    if (state === 'excepted') excepted += 1;
    if (isNew) ended += 1;
  }
  if (ended > 0) await ports.store.countDone(record.closeId, 'rate', ended);
  return ok({ rated: input.accounts.length - excepted, excepted });
};
