import type { AccountProgress } from './records.ts';

/** Where things are counted whose account has no plan in this close, or that have no account. */
const NO_REGION = 'none';

/** How many of these things lie in which sales region. Regions without any are left out. */
export const countByRegion = (
  things: readonly { readonly account?: string }[],
  accounts: readonly Pick<AccountProgress, 'account' | 'salesRegion'>[],
): ReadonlyMap<string, number> => {
  const regions = new Map(accounts.map(({ account, salesRegion }) => [account, salesRegion]));
  const byRegion = Map.groupBy(things, ({ account = '' }) => regions.get(account) ?? NO_REGION);
  return new Map([...byRegion].map(([region, some]) => [region, some.length]));
};
