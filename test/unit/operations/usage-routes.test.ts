import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { type UsagePorts, usageRoutes } from '../../../lambdas/operations/usage-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { TooManyObjects } from '../../../lambdas/usage/archive/archive.ts';
import { NotCountedYet, TooMuchToCount } from '../../../lambdas/usage/archive/archive-totals.ts';
import { countedDays } from '../../../lambdas/usage/archive/counted-days.ts';
import { FIRST_HASH } from '../../../lambdas/usage/ledger/chain.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import type { Append } from '../../../lambdas/usage/types.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { memoryOverlays } from '../../twins/memory-overlays.ts';
import { caller } from './call.ts';

const clock = manualClock('2026-11-02T00:00:00.000Z');
const bad = (status: number, code: string) => ({ status, body: { code } });

describe('usage totals', () => {
  const first: Omit<Append, 'hash'> = {
    format: 1,
    slot: { subject: 'org-01', start: '2026-10-05T09:30:00.000Z' },
    version: 1,
    ids: [{ idHash: '0'.repeat(32), bodyHash: '0'.repeat(16) }],
    states: {},
    pointers: [{ key: 'k', line: 0 }],
    late: 1,
    newestTime: '2026-10-05T09:30:00.000Z',
    appendedAt: '2026-10-05T10:00:00.000Z',
    full: false,
    previousHash: FIRST_HASH,
  };
  const forged: Append = { ...first, hash: contentHash('forged') };
  const ledger: LedgerStore = {
    putIfAbsent: async () => 'taken',
    slotAbove: async () => ({ appends: [], overlays: [], queries: 1, bytes: 0 }),
    day: async (subject, day) => ({
      appends: subject === 'org-01' && day === '2026-10-05' ? [forged] : [],
      overlays: [],
      queries: 1,
      bytes: 0,
    }),
  };
  const attribution: CatalogEntry = {
    kind: 'attribution',
    id: 'org-02',
    version: 1,
    effectiveFrom: '2024-01-01T00:00:00.000Z',
    hash: '',
    publishedAt: '2024-01-01T00:00:00.000Z',
    proposedBy: 'a',
    publishedBy: 'b',
    body: { subject: 'org-02', account: 'acct-02' },
  };
  const ports = {
    countedDays: countedDays(ledger, memoryOverlays()),
    subjects: {
      list: async () =>
        ['org-01', 'org-02'].map((subject) => ({
          subject,
          firstSeenAt: '2026-10-05T10:00:00.000Z',
          watchedFrom: '2026-10-04',
        })),
    },
    catalog: memoryCatalog([attribution]),
    count: async () => ({
      received: 9,
      duplicate: 1,
      quarantined: { SCHEMA: 2 },
      released: 1,
      writtenOff: 2,
      expected: new Map(),
      elsewhere: 1,
    }),
    starter: { jobs: memoryJobs(memoryAuditLog(clock)), functions: {}, clock, ids: countingIds() },
    clock,
  };
  const call = caller(usageRoutes(ports));
  const october = { start: '2026-10-01', end: '2026-11-01' };

  it('tells what came in and what became of it', async () => {
    expect((await call({ method: 'GET', path: '/v1/usage/totals', query: october })).body).toEqual({
      received: 9,
      accepted: 1,
      cancelled: 0,
      backfilled: 0,
      late: 1,
      cancellations: 0,
      duplicate: 1,
      quarantined: { SCHEMA: 2 },
      released: 1,
      writtenOff: 2,
      waiting: 2,
      unattributed: [{ subject: 'org-01', events: 1, firstSeen: '2026-10-05T10:00:00.000Z' }],
    });
  });

  it.each([
    [new TooMuchToCount('too many'), 413, 'RANGE_TOO_LARGE'],
    [new TooManyObjects('too many'), 413, 'RANGE_TOO_LARGE'],
    [new NotCountedYet('too slow'), 503, 'NOT_COUNTED_YET'],
  ])('says when a period is too much for one request: %s', async (error, status, code) => {
    const busy = caller(usageRoutes({ ...ports, count: () => Promise.reject(error) }));
    const answer = await busy({ method: 'GET', path: '/v1/usage/totals', query: october });
    expect(answer).toMatchObject(bad(status, code));
  });

  it('gives up counting the ledger when the time is up', async () => {
    const slow: LedgerStore = {
      ...ledger,
      day: (...range) => {
        clock.advance(3_000);
        return ledger.day(...range);
      },
    };
    const busy = caller(usageRoutes({ ...ports, countedDays: countedDays(slow, memoryOverlays()) }));
    const answer = await busy({ method: 'GET', path: '/v1/usage/totals', query: october });
    expect(answer).toMatchObject(bad(503, 'NOT_COUNTED_YET'));
  });

  it.each([
    [{}],
    [{ start: '2026-10-01' }],
    [{ start: '2026-10-01', end: '2026-10-01' }],
    [{ start: '2026-02-30', end: '2026-03-01' }],
    [{ start: '2025-01-01', end: '2026-10-01' }],
  ])('refuses the dates %j', async (query) => {
    expect(await call({ method: 'GET', path: '/v1/usage/totals', query })).toMatchObject(bad(400, 'BAD_REQUEST'));
  });
});

it('settles as a job of whom asks', async () => {
  const own = manualClock('2026-11-02T00:00:00.000Z');
  const jobs = memoryJobs(memoryAuditLog(own));
  const called: string[] = [];
  const functions = {
    'usage.settle': async ({ jobId }: { readonly jobId: string }) => {
      called.push(jobId);
    },
  };
  const starter = { jobs, functions, clock: own, ids: countingIds() };
  const call = caller(usageRoutes({ starter } as unknown as UsagePorts));
  const ask = (roles: Role[]) => call({ method: 'POST', path: '/v1/usage/settlements', body: {}, roles });
  expect(await ask(['finance-preparer'])).toMatchObject(bad(403, 'ROLE_MISSING'));
  expect(await ask(['operator'])).toMatchObject({
    status: 202,
    body: { jobId: called[0], kind: 'usage.settle', state: 'waiting', startedBy: 'olga' },
  });
});
