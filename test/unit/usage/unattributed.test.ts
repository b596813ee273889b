import { beforeEach, describe, expect, it, vi } from 'vitest';
import { subjectsOf, unattributed } from '../../../lambdas/catalog/attribution.ts';
import type { Attribution, CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { ledgerUsage } from '../../../lambdas/close/usage-port.ts';
import { usageReportRoutes } from '../../../lambdas/operations/usage-report-routes.ts';
import { intervalOf } from '../../../lambdas/platform/period.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import { readUnattributed } from '../../../lambdas/usage/read/unattributed.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { driftOfUsage, unattributedUsage } from '../../../ops/commands/usage-reports.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryFindings } from '../../twins/memory-walk.ts';
import { caller } from '../operations/call.ts';
import { api, METERS } from './usage-fixtures.ts';
import { makeWorld, quantities } from './usage-world.ts';

const attribution = (subject: string, account: string, effectiveFrom: string): CatalogEntry<Attribution> => ({
  kind: 'attribution',
  id: subject,
  version: 1,
  effectiveFrom,
  hash: '',
  publishedAt: '2026-11-01T00:00:00.000Z',
  proposedBy: 'a',
  publishedBy: 'b',
  body: { subject, account },
});

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

const report = async (entries: readonly CatalogEntry<Attribution>[], after?: string, isTimeUp = () => false) => {
  const catalog = memoryCatalog(entries);
  const page = { isTimeUp, ...(after === undefined ? {} : { after }) };
  return readUnattributed(
    world.ports,
    (subjects, interval) => unattributed(catalog, subjects, interval),
    '2026-09-01',
    page,
  );
};

const settled = async (...events: Parameters<typeof world.append>) => {
  world.clock.set('2026-11-09T12:00:00.000Z');
  await world.append(...events);
  world.clock.set('2026-11-10T02:00:00.000Z');
  await settleSweep(world.ports, METERS);
};

describe('unattributed usage', () => {
  it('is told by subject, with its events, days, age and meters', async () => {
    await settled(
      api('a', '2026-10-05T09:30:00.000Z', 1, 'read', 'org-90'),
      api('b', '2026-10-05T09:31:00.000Z', 1, 'read', 'org-90'),
      api('c', '2026-10-07T20:00:00.000Z', 1, 'read', 'org-90'),
      api('d', '2026-10-07T20:00:00.000Z', 1, 'read', 'org-01'),
    );
    expect(await report([attribution('org-01', 'acct-01', '2024-01-01T00:00:00.000Z')])).toEqual({
      subjects: [
        {
          subject: 'org-90',
          events: 3,
          days: 2,
          firstUsage: '2026-10-05T09:30:00.000Z',
          lastUsage: '2026-10-07T20:00:00.000Z',
          ageDays: 35,
          meters: ['average', 'calls', 'largest', 'latest', 'people', 'requests', 'smallest'].filter((meter) =>
            METERS.some(({ id, body }) => id === meter && body.eventType === 'api'),
          ),
        },
      ],
    });
  });

  it('is told of live days, and of days that were somebody’s in part', async () => {
    await settled(
      api('a', '2026-10-05T09:30:00.000Z', 1),
      api('b', '2026-10-05T12:30:00.000Z', 1),
      api('c', '2026-11-09T11:00:00.000Z', 1),
      api('d', '2026-11-09T11:30:00.000Z', 1, 'read', 'org-02'),
    );
    const noon = [attribution('org-01', 'acct-01', '2026-10-05T12:00:00.000Z')];
    const { subjects } = await report(noon);
    expect(subjects).toMatchObject([
      { subject: 'org-01', events: 1, days: 1, firstUsage: '2026-10-05T09:30:00.000Z' },
      { subject: 'org-02', events: 1, days: 1, firstUsage: '2026-11-09T11:30:00.000Z', ageDays: 0 },
    ]);
  });

  it('is read page by page, as many subjects as there is time for, with few queries each', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `org-${String(n).padStart(2, '0')}`);
    await settled(...names.map((name, n) => api(`e-${n}`, '2026-10-05T09:30:00.000Z', 1, 'read', name)));
    const day = vi.spyOn(world.ports.ledger, 'day');
    const first = await report([], undefined, () => true);
    expect(first).toMatchObject({ next: 'org-07' });
    const rest = await report([], first.next);
    expect(rest).not.toHaveProperty('next');
    expect([...first.subjects, ...rest.subjects].map(({ subject }) => subject)).toEqual(names);
    // Yesterday, today and tomorrow; all else is settled.
    expect(day).toHaveBeenCalledTimes(3 * names.length);
  });

  it('is asked for over the API and at the command line', async () => {
    await settled(
      api('a', '2026-10-05T09:30:00.000Z', 1, 'read', 'org-90'),
      api('b', '2026-11-05T09:30:00.000Z', 1, 'read', 'org-91'),
    );
    const call = caller(
      usageReportRoutes({
        ...world.ports,
        catalog: memoryCatalog([]),
        horizonDays: 400,
        drift: { list: async () => [{ field: 'api/2 plan', events: 3, firstSeenAt: 'a', lastSeenAt: 'b' }] },
      }),
    );
    const get = async <T>(path: string, query: Record<string, string | undefined> = {}) => {
      const given = Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]));
      return (await call({ method: 'GET', path: `/v1${path}`, query: given })).body as T;
    };
    expect(await get('/usage/unattributed', { start: '2026-11-01' })).toMatchObject({ items: [{ subject: 'org-91' }] });
    expect(await get('/usage/drift')).toMatchObject({ items: [{ field: 'api/2 plan', events: 3 }] });
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await unattributedUsage({ get } as never, undefined);
    await driftOfUsage({ get } as never);
    const text = write.mock.calls.map(([each]) => each).join('');
    write.mockRestore();
    expect(text).toMatch(/\napi\/2 plan +3 /);
    expect(text).toMatch(/^subject +events +days +first usage +last usage +age +meters\n/);
    expect(text).toMatch(/\norg-90 +1 +1 +2026-10-05 09:30 +2026-10-05 09:30 +35 d +.*calls/);
    expect(text.indexOf('org-90')).toBeLessThan(text.indexOf('org-91'));
  });
});

describe('an attribution that reaches backwards', () => {
  it('makes usage the account’s from its date on, and moves nothing', async () => {
    await settled(
      api('a', '2026-10-05T09:30:00.000Z', 1, 'read', 'org-90'),
      api('b', '2026-10-15T09:30:00.000Z', 10, 'read', 'org-90'),
      api('c', '2026-10-25T09:30:00.000Z', 100, 'read', 'org-90'),
    );
    const october = { start: '2026-10-01', end: '2026-11-01', zone: 'Etc/UTC' };
    const interval = intervalOf(october);
    const before = [...world.ports.ledger.items.values()].map((item) => structuredClone(item));
    const seen = async (entries: readonly CatalogEntry<Attribution>[]) => {
      const catalog = memoryCatalog(entries);
      const spans = await subjectsOf(catalog, 'acct-90', interval);
      const { usage } = await readPeriodUsage(world.ports, {
        subjects: spans,
        period: october,
        carryIn: {},
        meters: METERS,
      });
      return {
        calls: quantities(usage).calls,
        exception: await ledgerUsage({ ...world.ports, catalog, findings: memoryFindings() }).ownerless(interval),
        report: (await report(entries)).subjects.map(({ events }) => events),
      };
    };
    expect(await seen([])).toEqual({ calls: undefined, exception: [{ subject: 'org-90', events: 3 }], report: [3] });
    const later = [attribution('org-90', 'acct-90', '2026-10-10T00:00:00.000Z')];
    expect(await seen(later)).toEqual({ calls: '110', exception: [{ subject: 'org-90', events: 1 }], report: [1] });
    const earlier = [attribution('org-90', 'acct-90', '2026-10-01T00:00:00.000Z')];
    expect(await seen(earlier)).toEqual({ calls: '111', exception: [], report: [] });
    expect([...world.ports.ledger.items.values()]).toEqual(before);
  });
});
