import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CatalogEntry, CatalogKind } from '../../lambdas/catalog/types.ts';
import { subjectOf } from './events.ts';
import { MONTH_SECONDS, type Workload } from './traffic.ts';

const root = path.resolve(import.meta.dirname, '../..');

const entry = (kind: CatalogKind, id: string, body: unknown): CatalogEntry => ({
  kind,
  id,
  version: 1,
  effectiveFrom: '2024-01-01T00:00:00.000Z',
  hash: '0'.repeat(64),
  publishedAt: '2024-01-01T00:00:00.000Z',
  proposedBy: 'ada@larkspur.example',
  publishedBy: 'grace@larkspur.example',
  body,
});

/** The example company's entries of a kind, as they are. */
const example = (kind: CatalogKind): CatalogEntry[] =>
  globSync(`catalog/${kind}/*.json`, { cwd: root })
    .sort()
    .map((file) => {
      const { id, body } = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as { id: string; body: unknown };
      return entry(kind, id, body);
    });

/** API calls of an average event: 72 % are calls, of 1 to 50 each. */
export const CALLS_PER_EVENT = 0.72 * 25.5;

/** Plans, each with a limit four times that of the one before; an account has the smallest that holds its month. */
const LIMITS = Array.from({ length: 16 }, (_, n) => 1_000 * 4 ** n);

/**
 * The catalog of a reference month: the example company's meters, and for each account an attribution, a contract and a
 * plan with a limit on API calls (thresholds at 80 and 100 %). About one account in six crosses 80 % of its limit.
 */
export const referenceCatalog = ({ accounts, eventsPerSecond }: Workload, share: (rank: number) => number) => {
  const perAccount = Array.from({ length: accounts }, (_, rank): CatalogEntry[] => {
    const id = `acct-${String(rank + 1).padStart(5, '0')}`;
    const calls = share(rank) * eventsPerSecond * MONTH_SECONDS * CALLS_PER_EVENT;
    const plan = `plan-${LIMITS.findIndex((limit) => limit >= calls)}`;
    const contract = example('contract')[rank % 24]?.body as object;
    return [
      entry('attribution', subjectOf(rank), { subject: subjectOf(rank), account: id }),
      entry('account', id, { ...(example('account')[rank % 24]?.body as object), id, plan }),
      entry('contract', `contract-${rank + 1}`, {
        ...contract,
        // Its limits are those of the plan: what the example's contracts agree is another size of company.
        entitlements: [],
        id: `contract-${rank + 1}`,
        account: id,
        payer: id,
        start: '2024-01-01',
        anchorDay: 1,
        zone: 'UTC',
      }),
    ];
  });
  const limits = LIMITS.map((quantity, n) =>
    entry('limit', `limit-${n}`, {
      id: `limit-${n}`,
      plan: `plan-${n}`,
      meter: 'api_calls',
      quantity: String(quantity),
      thresholds: [80, 100],
    }),
  );
  return [...example('meter'), ...limits, ...perAccount.flat()];
};
