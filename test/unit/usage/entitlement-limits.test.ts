import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract } from '../../../lambdas/catalog/types.ts';
import { lookAfter } from '../../../lambdas/usage/corrections/look-after.ts';
import type { JobRun } from '../../../lambdas/usage/jobs/run-job.ts';
import { limitsOf } from '../../../lambdas/usage/limits/account-limits.ts';
import { makeLookAgain } from '../../../lambdas/usage/limits/look-again.ts';
import { makeThresholds } from '../../../lambdas/usage/limits/thresholds.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryCrossings } from '../../twins/memory-crossings.ts';
import { correctionsWorld } from './corrections-world.ts';
import { cancellation, METERS, usage } from './usage-fixtures.ts';

const entry = (kind: CatalogEntry['kind'], id: string, body: unknown): CatalogEntry => ({
  ...(METERS[0] as CatalogEntry),
  kind,
  id,
  body,
});

const CONTRACT: Contract = {
  id: 'contract-01',
  account: 'acct-01',
  payer: 'acct-01',
  covers: ['acct-02'],
  entity: 'larkspur-inc',
  currency: 'USD',
  zone: 'UTC',
  start: '2026-01-01',
  end: '2027-01-01',
  anchorDay: 1,
  cadence: 'monthly',
  priceBook: 'list-usd',
  items: [],
  policy: 'standard',
  entitlements: [
    { feature: 'sso', description: 'Single sign-on' },
    { feature: 'calls', description: 'API calls', meter: 'calls', limit: '100' },
    { feature: 'none', description: 'Nothing', meter: 'calls', limit: '0' },
    { feature: 'requests', description: 'Requests', meter: 'requests', limit: '2', thresholds: [100] },
  ],
};

const LIMIT = { id: 'team-calls', plan: 'team', meter: 'calls', quantity: '1000', thresholds: [100] };

const catalogOf = () =>
  memoryCatalog([
    ...METERS,
    entry('contract', 'contract-01', CONTRACT),
    entry('limit', 'team-calls', LIMIT),
    entry('account', 'acct-01', { id: 'acct-01', name: 'A', salesRegion: 'us', entity: 'e', plan: 'team' }),
    entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    entry('attribution', 'org-02', { subject: 'org-02', account: 'acct-02' }),
  ]);

const at = (line: number, id: string, count: number, child = false): CanonicalUsage => ({
  ...usage(
    {
      id,
      subject: child ? 'org-02' : 'org-01',
      time: '2026-10-05T00:00:00.000Z',
      type: 'api',
      data: { count, endpoint: 'read' },
    },
    line,
  ),
  stamp: { account: child ? 'acct-02' : 'acct-01', plan: 'team', salesRegion: 'us' },
});

const worldOf = (...lines: readonly CanonicalUsage[]) => {
  const { ports, append, clock } = correctionsWorld(lines, '2026-11-10T00:00:00.000Z');
  const crossings = memoryCrossings();
  const look = makeThresholds({ catalog: catalogOf(), balance: ports, crossings, publisher: ports.publisher, clock });
  return {
    take: async (...events: CanonicalUsage[]) => {
      await append(...events);
      expect(await look(events, 'c-1')).toEqual([]);
      expect(await look(events, 'c-1')).toEqual([]);
    },
    told: () =>
      ports.publisher
        .published('usage.threshold-crossed')
        .map(({ account, limit, percent, quantity }) => [account, limit, percent, quantity]),
  };
};

describe('limits looked at again', () => {
  const world = (...lines: readonly CanonicalUsage[]) => {
    const { ports, append, clock } = correctionsWorld(lines, '2026-11-10T00:00:00.000Z');
    const crossings = memoryCrossings();
    const { publisher } = ports;
    const again = makeLookAgain({ catalog: catalogOf(), balance: ports, crossings, publisher, clock });
    const told = () => publisher.published('usage.threshold-crossed').map(({ limit, percent }) => [limit, percent]);
    return { again, append, told };
  };

  it('are told where usage came without an event, and again where it was taken back between', async () => {
    const [a, b] = [at(0, 'a', 60), at(2, 'b', 70)];
    const cancel = cancellation(a, 'x', 1);
    const { again, append, told } = world(a, cancel, b);
    const days = [
      { subject: 'org-01', day: '2026-10-05' },
      { subject: 'nobody', day: '2026-10-05' },
    ];
    await append(a);
    expect(await again(days, 'job-1')).toEqual({ looked: 3, failed: 0 });
    expect(await again(days, 'job-1')).toEqual({ looked: 3, failed: 0 });
    expect(told()).toEqual([['entitlement.calls', 50]]);
    await append(cancel);
    await again(days, 'job-2');
    await append(b);
    await again(days, 'job-3');
    expect(told()).toEqual([
      ['entitlement.calls', 50],
      ['entitlement.calls', 50],
    ]);
  });

  it('follow the work of a job, whose end they do not hold up', async () => {
    const seen: unknown[] = [];
    const pages = {
      places: async (_: string, __: number, after?: string) => ({
        items: [{ backfill: 'b', subject: 'org-01', day: after === undefined ? '2026-10-05' : '2026-10-06' }],
        ...(after === undefined ? { next: '1' } : {}),
      }),
    };
    const again = async (days: unknown) => {
      seen.push(days);
      return { looked: 1, failed: 2 };
    };
    const run = { job: { jobId: 'job-1', params: { backfillId: 'b' } } } as unknown as JobRun;
    expect(await lookAfter(async () => ({ days: 2 }), pages, again)(run)).toEqual({
      days: 2,
      limits: 1,
      limitsNotLookedAt: 2,
    });
    expect(seen).toEqual([
      [
        { subject: 'org-01', day: '2026-10-05' },
        { subject: 'org-01', day: '2026-10-06' },
      ],
    ]);
    expect(await lookAfter(async () => 'later', pages, again)(run)).toBe('later');
    expect(seen).toHaveLength(1);
  });

  it('stop no other look where one fails', async () => {
    const { ports, append, clock } = correctionsWorld([at(0, 'a', 60)], '2026-11-10T00:00:00.000Z');
    await append(at(0, 'a', 60));
    const crossings = memoryCrossings();
    const publisher = { publish: () => Promise.reject(new Error('the bus is down')) };
    const again = makeLookAgain({ catalog: catalogOf(), balance: ports, crossings, publisher, clock });
    expect(await again([{ subject: 'org-01', day: '2026-10-05' }], 'j')).toEqual({ looked: 2, failed: 1 });
  });
});

describe('limits that a contract agrees', () => {
  it('are those of entitlements with a meter and something included, beside those of the plan', async () => {
    const asked = { account: 'acct-01', plan: 'team' };
    const limits = await limitsOf(catalogOf(), asked, '2026-10-05T00:00:00.000Z');
    expect(limits.map(({ limit }) => [limit.id, limit.quantity, limit.thresholds])).toEqual([
      ['team-calls', '1000', [100]],
      ['entitlement.calls', '100', [50, 80, 100]],
      ['entitlement.requests', '2', [100]],
    ]);
    expect(limits[1]).toMatchObject({ account: 'acct-01', accounts: ['acct-01', 'acct-02'] });
  });

  it('hold only while the contract does', async () => {
    const asked = { account: 'acct-01', plan: 'team' };
    for (const instant of ['2025-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z']) {
      expect((await limitsOf(catalogOf(), asked, instant)).map(({ limit }) => limit.id)).toEqual(['team-calls']);
    }
  });

  it('are told at 50, 80 and 100 percent, or at the percents that the contract names, each once', async () => {
    const [a, b, c] = [at(0, 'a', 55), at(1, 'b', 30), at(2, 'c', 20)];
    const { take, told } = worldOf(a, b, c);
    await take(a);
    await take(b);
    await take(c);
    expect(told()).toEqual([
      ['acct-01', 'entitlement.calls', 50, '55'],
      ['acct-01', 'entitlement.calls', 80, '85'],
      ['acct-01', 'entitlement.requests', 100, '2'],
      ['acct-01', 'entitlement.calls', 100, '105'],
    ]);
  });

  it('are told again after a correction took usage back', async () => {
    const [a, b] = [at(0, 'a', 60), at(2, 'b', 70)];
    const cancel = { ...cancellation(a, 'x', 1), stamp: a.stamp } as CanonicalUsage;
    const { take, told } = worldOf(a, cancel, b);
    await take(a);
    await take(cancel);
    await take(b);
    expect(told()).toEqual([
      ['acct-01', 'entitlement.calls', 50, '60'],
      ['acct-01', 'entitlement.calls', 50, '70'],
    ]);
  });

  it('count what the covered accounts use, and are told of the account of the contract', async () => {
    const [a, b] = [at(0, 'a', 30), at(1, 'b', 25, true)];
    const { take, told } = worldOf(a, b);
    await take(a);
    await take(b);
    expect(told()).toContainEqual(['acct-01', 'entitlement.calls', 50, '55']);
    expect(told().every(([account]) => account === 'acct-01')).toBe(true);
  });
});
