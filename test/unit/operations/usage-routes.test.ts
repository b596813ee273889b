import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { lambdaSettlement } from '../../../lambdas/operations/settlement.ts';
import { usageRoutes } from '../../../lambdas/operations/usage-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import { TooManyLines } from '../../../lambdas/usage/archive-totals.ts';
import { FIRST_HASH } from '../../../lambdas/usage/chain.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger-store.ts';
import type { Append } from '../../../lambdas/usage/types.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { caller } from './call.ts';

const clock = manualClock('2026-11-02T00:00:00.000Z');
const bad = (status: number, code: string) => ({ status, body: { code } });

describe('usage and ledger', () => {
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
    slotAbove: async () => ({ appends: [], queries: 1, bytes: 0 }),
    day: async (subject, day) => ({
      appends: subject === 'org-01' && day === '2026-10-05' ? [forged] : [],
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
    ledger,
    countedLedger: () => ledger,
    subjects: {
      list: async () =>
        ['org-01', 'org-02'].map((subject) => ({
          subject,
          firstSeenAt: '2026-10-05T10:00:00.000Z',
          watchedFrom: '2026-10-04',
        })),
    },
    catalog: memoryCatalog([attribution]),
    count: async () => ({ received: 5, duplicate: 1, quarantined: { SCHEMA: 2 }, expected: new Map() }),
    settlement: { run: async () => ({ settledDays: 3 }) },
    clock,
  };
  const call = caller(usageRoutes(ports));
  const october = { start: '2026-10-01', end: '2026-11-01' };

  it('tells what came in and what became of it', async () => {
    expect((await call({ method: 'GET', path: '/v1/usage/totals', query: october })).body).toEqual({
      received: 5,
      accepted: 1,
      duplicate: 1,
      late: 1,
      quarantined: { SCHEMA: 2 },
      waiting: 1,
      unattributed: [{ subject: 'org-01', events: 1, firstSeen: '2026-10-05T10:00:00.000Z' }],
    });
  });

  it('says when a period is too much for one request', async () => {
    const busy = caller(usageRoutes({ ...ports, count: () => Promise.reject(new TooManyLines('too many')) }));
    expect(await busy({ method: 'GET', path: '/v1/usage/totals', query: october })).toMatchObject(
      bad(413, 'RANGE_TOO_LARGE'),
    );
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

  it('runs the settle sweep for operators', async () => {
    const settle = (roles: Role[]) => call({ method: 'POST', path: '/v1/usage/settlements', body: {}, roles });
    expect(await settle(['operator'])).toEqual({ status: 200, body: { settledDays: 3 } });
    expect(await settle(['finance-preparer'])).toMatchObject(bad(403, 'ROLE_MISSING'));
  });

  it('waits for the settle function, and says when it failed', async () => {
    const lambda = mockClient(LambdaClient);
    const settlement = lambdaSettlement(new LambdaClient({ region: 'us-east-1' }), 'settle');
    const payload = (value: unknown) => Buffer.from(JSON.stringify(value)) as never;
    lambda
      .on(InvokeCommand)
      .resolvesOnce({ Payload: payload({ subjects: 2, settledDays: 7, clearedMarks: 0 }) })
      .resolvesOnce({ FunctionError: 'Unhandled', Payload: payload({ errorMessage: 'x' }) })
      .resolves({});
    expect(await settlement.run()).toEqual({ settledDays: 7 });
    await expect(settlement.run()).rejects.toMatchObject({ problem: { status: 502, code: 'SETTLE_FAILED' } });
    await expect(settlement.run()).rejects.toThrow('without settledDays');
  });
});
