import { chainsOf, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { ledgerOfEnvironment } from '../../../lambdas/usage/ledger/ledger-wiring.ts';
import { parseStateKey } from '../../../lambdas/usage/ledger/state.ts';
import type { Totals } from './types.ts';

/** The measures that ours and the alternatives can be compared by, by meter. */
const MEASURES: Readonly<Record<string, string>> = { api_calls: 'api', ai_summaries: 'ai' };

/** What the ledger says that was used, from every append of the given days (`<subject>#<day>`). */
export const ledgerTotals = async (days: Iterable<string>): Promise<Totals> => {
  const ledger = ledgerOfEnvironment();
  const totals = new Map<string, number>();
  for (const place of days) {
    const at = place.lastIndexOf('#');
    const subject = place.slice(0, at);
    const { appends } = await ledger.day(subject, place.slice(at + 1));
    for (const { states } of chainsOf(appends).map(foldChain)) {
      for (const [key, state] of Object.entries(states)) {
        const measure = MEASURES[parseStateKey(key)?.meter ?? ''];
        if (measure === undefined || state.class !== 'scalar') continue;
        const name = `${subject} ${measure}`;
        totals.set(name, (totals.get(name) ?? 0) + Number(state.sum));
      }
    }
  }
  return totals;
};
