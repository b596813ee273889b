import type { CatalogEntry, Contract, Entitlement } from '../../../lambdas/catalog/types.ts';
import { makeReadEntitlements } from '../../../lambdas/usage/entitlements/read-entitlements.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import type { BalancePorts } from '../../../lambdas/usage/settle/settled-fragments.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { api, METERS } from './usage-fixtures.ts';
import { makeWorld, seats } from './usage-world.ts';

const entry = (kind: CatalogEntry['kind'], id: string, body: unknown): CatalogEntry => ({
  ...(METERS[0] as CatalogEntry),
  kind,
  id,
  body,
});

export const ENTITLEMENTS: readonly Entitlement[] = [
  { feature: 'calls', description: 'API calls', meter: 'calls', limit: '2000', enforcement: 'hard' },
  { feature: 'extra', description: 'More API calls', meter: 'calls', limit: '900' },
  { feature: 'seats', description: 'Seats', meter: 'seats', limit: '10', enforcement: 'hard' },
  { feature: 'requests', description: 'Requests, not limited', meter: 'requests' },
  { feature: 'sso', description: 'Single sign-on' },
];

const CONTRACT: Contract = {
  id: 'contract-01',
  account: 'acct-01',
  payer: 'acct-01',
  entity: 'larkspur-inc',
  currency: 'USD',
  zone: 'UTC',
  start: '2026-01-01',
  anchorDay: 1,
  cadence: 'monthly',
  priceBook: 'list-usd',
  items: [],
  policy: 'standard',
  entitlements: ENTITLEMENTS,
};

const account = (id: string) =>
  entry('account', id, { id, name: id, salesRegion: 'us', entity: 'larkspur-inc', plan: 'team' });

/** Ports that count every read of a store. */
const counted = (ports: BalancePorts) => {
  let reads = 0;
  const count =
    <A extends readonly unknown[], R>(read: (...args: A) => R) =>
    (...args: A): R => {
      reads += 1;
      return read(...args);
    };
  const usage: BalancePorts = {
    ...ports,
    ledger: { ...ports.ledger, day: count(ports.ledger.day), slotAbove: count(ports.ledger.slotAbove) },
    subjects: { ...ports.subjects, get: count(ports.subjects.get), list: count(ports.subjects.list) },
    marks: { ...ports.marks, marksOf: count(ports.marks.marksOf) },
    settled: {
      ...ports.settled,
      days: count(ports.settled.days),
      heads: count(ports.settled.heads),
      lasts: count(ports.settled.lasts),
    },
  };
  return { usage, reads: () => reads };
};

/** What of the story below is another one. */
type Told = Partial<Pick<Contract, 'zone' | 'cadence' | 'entitlements' | 'covers' | 'end'>> & {
  /** Days of October with 100 calls and 2 seats more each; 9 if absent. */
  readonly days?: number;
};

/** October 2026: 100 calls a day, all settled, 50 more this morning; it is noon of the day after. */
export const october = async ({ days = 9, ...terms }: Told = {}) => {
  const world = makeWorld();
  const { ports, clock, append } = world;
  const dayOf = (n: number) => `2026-10-${String(n).padStart(2, '0')}`;
  for (let n = 1; n <= days; n += 1) {
    clock.set(`${dayOf(n)}T12:00:00.000Z`);
    await append(api(`c-${n}`, clock.now(), 100), seats(`s-${n}`, clock.now(), n));
  }
  clock.set(`${dayOf(days + 1)}T02:00:00.000Z`);
  await settleSweep(ports, METERS);
  clock.set(`${dayOf(days + 1)}T12:00:00.000Z`);
  await append(api('today', `${dayOf(days + 1)}T08:00:00.000Z`, 50));
  const { usage, reads } = counted(ports);
  const catalog = memoryCatalog([
    ...METERS,
    account('acct-01'),
    account('acct-02'),
    entry('contract', 'contract-01', { ...CONTRACT, ...terms }),
    entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    entry('attribution', 'org-02', { subject: 'org-02', account: 'acct-02' }),
  ]);
  return { ...world, ask: makeReadEntitlements({ catalog, usage, clock }), reads, catalog, usage };
};
