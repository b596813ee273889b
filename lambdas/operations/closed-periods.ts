import type { CatalogReader } from '../catalog/types.ts';
import type { AccountStore } from '../close/close-store.ts';
import { intervalOf } from '../platform/period.ts';
import { limitPeriod } from '../usage/limits/limit-period.ts';
import type { BackfillChange } from '../usage/types.ts';

/** What finding out needs. */
export type ClosedPeriodPorts = {
  readonly catalog: Pick<CatalogReader, 'list'>;
  readonly results: Pick<AccountStore, 'resultEndingAt'>;
};

/**
 * Tells which closes have billed a period of an account that a change touches. The change is of a calendar month; the
 * account's own periods may begin on another day, so the one that holds its first instant and the one that holds its last
 * are looked for.
 */
export const closedPeriods =
  ({ catalog, results }: ClosedPeriodPorts) =>
  async ({ account, period }: BackfillChange): Promise<string[]> => {
    if (account === undefined) return [];
    const { from, to } = intervalOf(period);
    const instants = [from, new Date(Date.parse(to) - 1).toISOString()];
    const ends = await Promise.all(
      instants.map(async (instant) => {
        const contracts = await catalog.list('contract', { effectiveAt: instant });
        return limitPeriod(contracts.find(({ body }) => body.account === account)?.body, instant).end;
      }),
    );
    const found = await Promise.all([...new Set(ends)].map((end) => results.resultEndingAt(account, end)));
    return found.flatMap((result) => (result === undefined ? [] : [result.closeId]));
  };
