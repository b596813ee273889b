import { NO_REGION } from '../platform/metric-names.ts';
import type { AccountProgress } from './records.ts';

/** How many of these things lie in which sales region. Regions without any are left out. */
export const countByRegion = (
  things: readonly { readonly account?: string }[],
  accounts: readonly Pick<AccountProgress, 'account' | 'salesRegion'>[],
): ReadonlyMap<string, number> => {
  const regions = new Map(accounts.map(({ account, salesRegion }) => [account, salesRegion]));
  const byRegion = Map.groupBy(things, ({ account = '' }) => regions.get(account) ?? NO_REGION);
  return new Map([...byRegion].map(([region, some]) => [region, some.length]));
};
