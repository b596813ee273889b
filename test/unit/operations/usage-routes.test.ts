import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { lambdaSettle } from '../../../lambdas/operations/settlement.ts';
import { type UsagePorts, usageRoutes } from '../../../lambdas/operations/usage-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { TooManyObjects } from '../../../lambdas/usage/archive/archive.ts';
import { NotCountedYet, TooMuchToCount } from '../../../lambdas/usage/archive/archive-totals.ts';
import { FIRST_HASH } from '../../../lambdas/usage/ledger/chain.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { runSettlement } from '../../../lambdas/usage/settle/settlements.ts';
import type { Append } from '../../../lambdas/usage/types.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memorySettled, memorySettlements } from '../../twins/memory-projection.ts';
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
    settled: memorySettled(),
    settle: { start: async () => undefined },
    settlements: memorySettlements(),
    clock,
    ids: countingIds(),
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
    const busy = caller(usageRoutes({ ...ports, countedLedger: () => slow }));
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
    const call = caller(usageRoutes({ ...ports, subjects, ledger: slow }));
    const verify = async (query: Record<string, string>) =>
      (await call({ method: 'GET', path: '/v1/ledger/verification', query: { ...october, ...query } })).body;
    expect(await verify({})).toMatchObject({ appends: 4, next: 'd' });
    const rest = await verify({ after: 'd' });
    expect(rest).toMatchObject({ appends: 2 });
    expect(rest).not.toHaveProperty('next');
  });
});

describe('settlements', () => {
  const swept = { subjects: 2, busy: 0, settledDays: 7, clearedMarks: 1 };
  const setUp = () => {
    const own = manualClock('2026-11-02T00:00:00.000Z');
    const settlements = memorySettlements();
    const started: string[] = [];
    const settle = {
      start: async (settlementId: string) => {
        started.push(settlementId);
      },
    };
    const ports = { settle, settlements, clock: own, ids: countingIds() } as unknown as UsagePorts;
    const call = caller(usageRoutes(ports));
    const ask = (roles: Role[] = ['operator']) =>
      call({ method: 'POST', path: '/v1/usage/settlements', body: {}, roles });
    const look = (id: string | undefined) => call({ method: 'GET', path: `/v1/usage/settlements/${id}` });
    return { own, settlements, started, ask, look };
  };

  it('are started for operators, and looked at from then on', async () => {
    const { own, settlements, started, ask, look } = setUp();
    expect(await ask(['finance-preparer'])).toMatchObject(bad(403, 'ROLE_MISSING'));
    const asked = await ask();
    const settlementId = started[0] ?? '';
    expect(asked).toEqual({ status: 202, body: { settlementId, state: 'waiting' } });
    expect(await look(settlementId)).toEqual({ status: 200, body: { settlementId, state: 'waiting' } });
    await runSettlement(settlements, own, settlementId, async () => {
      expect((await look(settlementId)).body).toMatchObject({ state: 'running' });
      return swept;
    });
    expect((await look(settlementId)).body).toMatchObject({ state: 'done', ...swept });
  });

  it('say that they failed: by themselves, by never beginning, or by never ending', async () => {
    const { own, settlements, started, ask, look } = setUp();
    for (let n = 0; n < 3; n += 1) await ask();
    const [first = '', second = '', third = ''] = started;
    const failing = runSettlement(settlements, own, first, () => Promise.reject(new Error('down')));
    await expect(failing).rejects.toThrow('down');
    void runSettlement(settlements, own, second, () => new Promise(() => undefined));
    expect((await look(first)).body).toMatchObject({ state: 'failed', message: 'the sweep failed; its log says why' });
    own.advance(17 * 60_000);
    expect((await look(second)).body).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('did not end'),
    });
    expect((await look(third)).body).toMatchObject({ state: 'waiting' });
    own.advance(3_600_000);
    expect((await look(third)).body).toMatchObject({ state: 'failed', message: expect.stringContaining('not begin') });
  });

  it.each([['settlement-1'], ['nonsense'], ['settlement-9999999999999-x']])('are not known as %s', async (id) => {
    expect(await setUp().look(id)).toMatchObject(bad(404, 'NO_SUCH_SETTLEMENT'));
  });

  it('start the settle function without waiting for it', async () => {
    const lambda = mockClient(LambdaClient);
    await lambdaSettle(new LambdaClient({ region: 'us-east-1' }), 'settle').start('settlement-1');
    const { InvocationType, Payload } = lambda.commandCalls(InvokeCommand)[0]?.args[0].input ?? {};
    const payload = Buffer.from(Payload as Uint8Array).toString();
    expect([InvocationType, payload]).toEqual(['Event', '{"sweep":true,"settlementId":"settlement-1"}']);
  });
});
