import { describe, expect, it } from 'vitest';
import { ledgerRoutes } from '../../../lambdas/operations/ledger-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { FIRST_HASH } from '../../../lambdas/usage/ledger/chain.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import type { Subjects } from '../../../lambdas/usage/ledger/subjects.ts';
import type { BalancePorts } from '../../../lambdas/usage/settle/settled-fragments.ts';
import type { Append } from '../../../lambdas/usage/types.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { memorySettled } from '../../twins/memory-projection.ts';
import { lineOf, proofWorld } from '../usage/proof-world.ts';
import { caller } from './call.ts';

const clock = manualClock('2026-11-02T00:00:00.000Z');
const called: string[] = [];
const jobs = memoryJobs(memoryAuditLog(clock));
const starter = {
  jobs,
  functions: {
    'ledger.rebuild': async ({ jobId }: { readonly jobId: string }) => {
      called.push(jobId);
    },
  },
  clock,
  ids: countingIds(),
};
const signedNothing = {
  proofs: {
    list: async function* () {},
    read: () => Promise.reject(new Error('there is no root')),
  },
  publicKey: async () => new Uint8Array(),
  audit: memoryAuditLog(clock),
};
const bad = (status: number, code: string) => ({ status, body: { code } });

describe('verification of the ledger', () => {
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
  const ports = {
    ledger,
    subjects: {
      get: async (subject: string) => (['org-01', 'org-02'].includes(subject) ? { subject } : undefined),
      list: async () =>
        ['org-01', 'org-02'].map((subject) => ({
          subject,
          firstSeenAt: '2026-10-05T10:00:00.000Z',
          watchedFrom: '2026-10-04',
        })),
    },
    settled: memorySettled(),
    clock,
  } as unknown as BalancePorts;
  const catalog = memoryCatalog();
  const call = caller(ledgerRoutes({ usage: ports, catalog, starter, ...signedNothing }));
  const october = { start: '2026-10-01', end: '2026-11-01' };

  it('verifies the chains of one subject or of all', async () => {
    const verify = (query: Record<string, string>) =>
      call({ method: 'GET', path: '/v1/ledger/verification', query: { ...october, ...query } });
    expect((await verify({})).body).toMatchObject({
      slots: 1,
      appends: 1,
      broken: [{ subject: 'org-01', start: '2026-10-05T09:30:00.000Z' }],
    });
    expect((await verify({ subject: 'org-02' })).body).toEqual({ slots: 0, appends: 0, broken: [] });
    expect(await verify({ subject: 'org-77' })).toMatchObject(bad(404, 'NO_SUCH_SUBJECT'));
  });

  it('verifies as many subjects as there is time for, and goes on where it ended', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const subjects = {
      list: async () => names.map((subject) => ({ subject, firstSeenAt: '', watchedFrom: '2026-10-04' })),
    };
    const slow: LedgerStore = {
      ...ledger,
      day: (_, day) => {
        clock.advance(1_000);
        return ledger.day('org-01', day);
      },
    };
    const call = caller(
      ledgerRoutes({
        usage: { ...ports, subjects: subjects as unknown as Subjects, ledger: slow },
        catalog,
        starter,
        ...signedNothing,
      }),
    );
    const verify = async (query: Record<string, string>) =>
      (await call({ method: 'GET', path: '/v1/ledger/verification', query: { ...october, ...query } })).body;
    // Day by day: six subjects at a time, a second each.
    expect(await verify({})).toMatchObject({ appends: 0, next: '2026-10-04#f' });
    expect(await verify({ after: '2026-10-04#f' })).toMatchObject({ appends: 6, next: '2026-10-08#f' });
    expect(await verify({ after: '2026-10-05#d' })).toMatchObject({ appends: 2 });
    const rest = await verify({ after: '2026-10-30#f' });
    expect(rest).toMatchObject({ appends: 0 });
    expect(rest).not.toHaveProperty('next');
    expect(
      await call({ method: 'GET', path: '/v1/ledger/verification', query: { ...october, after: 'f' } }),
    ).toMatchObject(bad(400, 'BAD_REQUEST'));
  });
});

it('tells the figures of each day of each subject, page by page', async () => {
  const world = proofWorld();
  await world.deliver([
    [lineOf('a', 'org-01', '2026-10-05T00:00:00Z', 'api.requests', { count: 3, endpoint: 'read' })],
    [lineOf('b', 'org-02', '2026-10-06T00:00:00Z', 'seats.changed', { seats: 4 })],
  ]);
  const call = caller(ledgerRoutes({ usage: world.ports, catalog: world.catalog, starter, ...signedNothing }));
  const figures = async (query: Record<string, string>) => {
    const asked = { start: '2026-10-05', end: '2026-10-08', ...query };
    const { body } = await call({ method: 'GET', path: '/v1/ledger/figures', query: asked });
    return body as { items: { subject: string; day: string; usage: Record<string, unknown>[] }[]; next?: string };
  };
  const { items, next } = await figures({});
  expect(next).toBeUndefined();
  expect(items.map(({ subject, day }) => `${subject} ${day}`)).toEqual([
    'org-01 2026-10-05',
    'org-02 2026-10-06',
    'org-02 2026-10-07',
  ]);
  const calls = { meter: 'calls', aggregation: 'SUM', dimensions: { endpoint: 'read' }, quantity: '3' };
  expect(items[0]).toMatchObject({ overflow: 0, usage: expect.arrayContaining([expect.objectContaining(calls)]) });
  expect((await figures({ subject: 'org-02', after: '2026-10-06#org-02' })).items).toMatchObject([
    { day: '2026-10-07', usage: [{ meter: 'seats', aggregation: 'LATEST', quantity: '4' }] },
  ]);
});

it('starts a rebuild as a job, for operators', async () => {
  const world = proofWorld();
  await world.deliver([[lineOf('a', 'org-01', '2026-10-05T00:00:00Z', 'seats.changed', { seats: 4 })]]);
  const call = caller(ledgerRoutes({ usage: world.ports, catalog: world.catalog, starter, ...signedNothing }));
  const rebuild = (body: object, roles: readonly Role[] = ['operator']) =>
    call({ method: 'POST', path: '/v1/ledger/rebuilds', body, roles });
  const october = { start: '2026-10-01', end: '2026-11-01' };
  expect(await rebuild({ ...october, subject: 'org-01' })).toMatchObject({
    status: 202,
    body: { kind: 'ledger.rebuild', params: { ...october, subject: 'org-01' }, startedBy: 'olga' },
  });
  expect(called).toHaveLength(1);
  expect(await rebuild(october, ['finance-preparer'])).toMatchObject(bad(403, 'ROLE_MISSING'));
  expect(await rebuild({ ...october, subject: 'org-77' })).toMatchObject(bad(404, 'NO_SUCH_SUBJECT'));
  expect(await rebuild({ start: '2026-10-01' })).toMatchObject(bad(400, 'BAD_REQUEST'));
  expect(await rebuild({ start: '2026-01-01', end: '2026-11-01' })).toMatchObject(bad(400, 'BAD_REQUEST'));
});
