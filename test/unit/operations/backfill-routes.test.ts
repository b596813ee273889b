import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { backfillRoutes } from '../../../lambdas/operations/backfill-routes.ts';
import { closedPeriods } from '../../../lambdas/operations/closed-periods.ts';
import { correctionRoutes } from '../../../lambdas/operations/correction-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import type { PackedRecord } from '../../../lambdas/usage/receive/usage-stream.ts';
import type { Backfill, BackfillChange } from '../../../lambdas/usage/types.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryBackfills } from '../../twins/memory-backfills.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { correctionsWorld } from '../usage/corrections-world.ts';
import { api, cancellation } from '../usage/usage-fixtures.ts';
import { caller } from './call.ts';

const NOW = '2026-11-20T00:00:00.000Z';
const T = '2026-10-05T11:50:00.000Z';

const makeWorld = () => {
  const clock = manualClock(NOW);
  const audit = memoryAuditLog(clock);
  const backfills = memoryBackfills(audit);
  const records: PackedRecord[] = [];
  const stream = {
    put: async (packs: readonly PackedRecord[]) => {
      records.push(...packs);
    },
  };
  const called: string[] = [];
  const run = async ({ jobId }: { readonly jobId: string }) => {
    called.push(jobId);
  };
  const kinds = ['backfill.seal', 'backfill.close', 'backfill.revert', 'ledger.restate'];
  const ids = countingIds();
  const jobs = memoryJobs(audit);
  const starter = { jobs, functions: Object.fromEntries(kinds.map((kind) => [kind, run])), clock, ids };
  const closedBy = async ({ account }: BackfillChange) => (account === 'acct-01' ? ['close-20261001-20261101-1'] : []);
  const { ports, append } = correctionsWorld([]);
  const call = caller([
    ...backfillRoutes({ backfills, stream, audit, starter, closedBy, clock, ids }),
    ...correctionRoutes({ ledger: ports.ledger, stream, audit, starter }),
  ]);
  const lines = () => records.flatMap(({ data }) => gunzipSync(data).toString('utf8').trim().split('\n'));
  return { call, backfills, audit, jobs, called, lines, append };
};

const line = (id: string, more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ ...api(id, T, 1).event, ...more });

describe('backfills over the API', () => {
  let world: ReturnType<typeof makeWorld>;
  const open = async (): Promise<string> => {
    const { status, body } = await world.call({
      method: 'POST',
      path: '/v1/backfills',
      body: { reason: 'October was counted twice' },
    });
    expect(status).toBe(201);
    return (body as Backfill).backfillId;
  };
  const post = (id: string, what: string, body: unknown = {}) =>
    world.call({ method: 'POST', path: `/v1/backfills/${id}/${what}`, body });
  beforeEach(() => {
    world = makeWorld();
  });

  it('are opened with a reason, listed and shown', async () => {
    const id = await open();
    const shown = await world.call({ method: 'GET', path: `/v1/backfills/${id}` });
    expect(shown.body).toEqual({
      backfillId: id,
      state: 'open',
      reason: 'October was counted twice',
      opened: { by: 'olga', at: NOW },
    });
    expect((await world.call({ method: 'GET', path: '/v1/backfills' })).body).toEqual({ items: [shown.body] });
    expect((await world.audit.list(0, 9)).map(({ actor, action, target }) => [actor, action, target])).toEqual([
      ['olga', 'backfill.open', id],
    ]);
    const without = await world.call({ method: 'POST', path: '/v1/backfills', body: {} });
    expect(without).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(await world.call({ method: 'GET', path: '/v1/backfills/bf-0' })).toMatchObject({ status: 404 });
  });

  it('take lines, each in its own words, and name the backfill in them', async () => {
    const id = await open();
    const exact = line('a').replace('"count":1', '"count": 1.10');
    const { status, body } = await post(id, 'lines', {
      lines: [
        exact,
        line('b', { backfill: id }),
        line('c', { backfill: 'bf-other' }),
        '{',
        line('d', { releasedfrom: 'q-1' }),
      ],
    });
    expect(status).toBe(202);
    expect(
      (body as { results: { status: string; code?: string }[] }).results.map((each) => each.code ?? each.status),
    ).toEqual(['received', 'received', 'OTHER_BACKFILL', 'NOT_JSON', 'ATTRIBUTE_NOT_ALLOWED']);
    expect(world.lines().map((text) => (JSON.parse(text) as { backfill: string }).backfill)).toEqual([id, id]);
    // Numbers keep their notation: nothing was parsed and written again.
    expect(world.lines()[0]).toContain('"count":1.10');
    expect((await world.audit.list(1, 9)).map(({ action, details }) => [action, details])).toEqual([
      ['backfill.load', { lines: 5 }],
    ]);
    expect(await post(id, 'lines', { lines: [] })).toMatchObject({ status: 400 });
    expect(await post('bf-0', 'lines', { lines: [line('a')] })).toMatchObject({ status: 404 });
  });

  it('are sealed, closed and reverted by jobs, each from where it may be', async () => {
    const id = await open();
    expect(await post(id, 'close')).toMatchObject({ status: 409, body: { code: 'BACKFILL_STATE' } });
    const sealing = await post(id, 'seal');
    expect(sealing).toMatchObject({ status: 202, body: { kind: 'backfill.seal', params: { backfillId: id } } });
    expect(world.called).toHaveLength(1);
    const reverting = await post(id, 'revert', { reason: 'the wrong file' });
    expect(reverting).toMatchObject({ body: { params: { backfillId: id, reason: 'the wrong file' } } });
    expect(await post(id, 'revert')).toMatchObject({ status: 400 });
    const backfill = (await world.backfills.get(id)) as Backfill;
    await world.backfills.change({ ...backfill, state: 'reverted' }, 'open', {
      actor: 'olga',
      action: 'backfill.revert',
      target: id,
      details: {},
    });
    for (const what of ['seal', 'close', 'lines']) {
      expect(await post(id, what, { lines: [line('a')] })).toMatchObject({
        status: 409,
        body: { code: 'BACKFILL_STATE' },
      });
    }
  });

  it('tell what they change, and which of it was billed', async () => {
    const id = await open();
    const change = (account: string | undefined): BackfillChange => ({
      ...(account === undefined ? { subject: 'org-09' } : { account }),
      period: { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' },
      meter: 'calls',
      unit: 'call',
      dimensions: {},
      before: '5',
      after: '7',
    });
    await world.backfills.keepChanges(id, { owner: 'A-acct-01', changes: [change('acct-01')] });
    await world.backfills.keepChanges(id, { owner: 'S-org-09', changes: [change(undefined)] });
    const path = `/v1/backfills/${id}/changes`;
    expect(await world.call({ method: 'GET', path })).toMatchObject({ status: 409 });
    const backfill = (await world.backfills.get(id)) as Backfill;
    const audit = { actor: 'olga', action: 'backfill.seal', target: id, details: {} };
    await world.backfills.change({ ...backfill, state: 'sealed' }, 'open', audit);
    const { body } = await world.call({ method: 'GET', path, roles: ['finance-preparer'] });
    expect(body).toMatchObject({
      items: [
        { account: 'acct-01', before: '5', after: '7', closedBy: ['close-20261001-20261101-1'] },
        { subject: 'org-09', closedBy: [] },
      ],
    });
  });

  it('are changed by operators only', async () => {
    const body = { reason: 'why not' };
    const roles = ['finance-approver' as const];
    expect(await world.call({ method: 'POST', path: '/v1/backfills', body, roles })).toMatchObject({ status: 403 });
    const cancel = { method: 'POST' as const, path: '/v1/usage/cancellations', body, roles };
    expect(await world.call(cancel)).toMatchObject({ status: 403 });
  });
});

describe('cancellations over the API', () => {
  it('are lines that ingest takes, say how the ledger had the event, and are audited', async () => {
    const world = makeWorld();
    const [a, b] = [api('a', T, 1), api('b', T, 2)];
    await world.append(a, b, cancellation(b, 'c'));
    const event = (id: string) => ({
      subject: 'org-01',
      source: a.event.source,
      id,
      time: '2026-10-05T13:50:00+02:00',
    });
    const body = { events: ['a', 'b', 'x'].map(event), reason: 'sent by a test' };
    const first = await world.call({ method: 'POST', path: '/v1/usage/cancellations', body });
    expect(first).toEqual({
      status: 202,
      body: {
        items: [
          { id: 'a', known: 'counted' },
          { id: 'b', known: 'cancelled' },
          { id: 'x', known: 'unknown' },
        ],
      },
    });
    const verdicts = world.lines().map((text) => validate(text, NOW, { horizonDays: 400 }));
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, true, true]);
    const [line] = verdicts;
    expect(line?.ok === true && line.event).toMatchObject({
      time: T,
      data: { id: 'a', source: a.event.source, reason: 'sent by a test' },
    });
    // Asked for once more, it is the very same line.
    await world.call({ method: 'POST', path: '/v1/usage/cancellations', body });
    expect(new Set(world.lines()).size).toBe(3);
    expect((await world.audit.list(0, 9)).map(({ action, details }) => [action, details.reason])).toEqual([
      ['usage.cancel', 'sent by a test'],
      ['usage.cancel', 'sent by a test'],
    ]);
  });

  it('say what is missing', async () => {
    const world = makeWorld();
    const post = (body: unknown) => world.call({ method: 'POST', path: '/v1/usage/cancellations', body });
    const event = { subject: 'org-01', source: '//x', id: 'a', time: 'yesterday' };
    expect(await post({ events: [event], reason: 'r' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('/events/0/time') },
    });
    expect(await post({ events: [], reason: 'r' })).toMatchObject({ status: 400 });
    expect(await post({ events: [{ ...event, time: T }] })).toMatchObject({ status: 400 });
    const whole = { ...event, time: T };
    const tooLong = [
      { events: [whole], reason: 'r'.repeat(2_001) },
      { events: [{ ...whole, id: 'i'.repeat(257) }], reason: 'r' },
      { events: Array.from({ length: 101 }, () => whole), reason: 'r' },
    ];
    for (const body of tooLong) expect(await post(body)).toMatchObject({ status: 400 });
    expect(world.lines()).toEqual([]);
  });

  it('start a job for a new meter over old usage', async () => {
    const world = makeWorld();
    const body = { start: '2026-10-01', end: '2026-11-01', subject: 'org-01' };
    const { body: job } = await world.call({ method: 'POST', path: '/v1/ledger/restatements', body });
    expect(job).toMatchObject({ kind: 'ledger.restate', params: body, startedBy: 'olga' });
  });
});

describe('a period that was billed', () => {
  it('is found by the account’s own anchor', async () => {
    const contract = { id: 'c', account: 'acct-01', zone: 'UTC', anchorDay: 15, start: '2026-01-01' };
    const asked: string[] = [];
    const closedBy = closedPeriods({
      catalog: { list: async () => [{ body: contract }] as never },
      results: {
        resultEndingAt: async (_, end) => {
          asked.push(end);
          return end === '2026-10-15' ? ({ closeId: 'close-1' } as never) : undefined;
        },
      },
    });
    const change = { account: 'acct-01', period: { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' } };
    expect(await closedBy(change as BackfillChange)).toEqual(['close-1']);
    expect(asked.sort()).toEqual(['2026-10-15', '2026-11-15']);
    expect(await closedBy({ ...change, account: undefined } as unknown as BackfillChange)).toEqual([]);
  });
});
