import { beforeEach, describe, expect, it } from 'vitest';
import { walkRoutes } from '../../../lambdas/operations/walk-routes.ts';
import { correctionOf } from '../../../lambdas/usage/events/corrections.ts';
import { runJob } from '../../../lambdas/usage/jobs/run-job.ts';
import type { ArchivePointer, CanonicalUsage, UsageEvent } from '../../../lambdas/usage/types.ts';
import type { SameIdFinding } from '../../../lambdas/usage/walk/same-id.ts';
import { applySameIdRule } from '../../../lambdas/usage/walk/same-id-rule.ts';
import { walkForClose, walkJob } from '../../../lambdas/usage/walk/walk-requests.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { caller } from '../operations/call.ts';
import { api, usage } from '../usage/usage-fixtures.ts';
import { makeWalkWorld } from './walk-world.ts';

const OTHER = '//larkspur.example/mobile';

/** A walked ledger with the routes that decide over it; what is put on the stream is appended when `deliver` is called. */
const setUp = () => {
  const world = makeWalkWorld();
  const { clock, audit, findings } = world;
  const archived = new Map<string, UsageEvent>();
  const stream: string[] = [];
  const keyOf = ({ key, line }: ArchivePointer) => `${key}#${line}`;
  const send = async (...events: CanonicalUsage[]) => {
    const placed = events.map((each) => ({
      ...each,
      pointer: { key: 'events/x', line: archived.size + events.indexOf(each) },
    }));
    for (const { pointer, event } of placed) archived.set(keyOf(pointer), event);
    await world.append(...placed);
  };
  const archive = {
    line: async (pointer: ArchivePointer) => {
      const event = archived.get(keyOf(pointer));
      if (event === undefined) throw new Error('nothing was archived there');
      const position = { stream: 'usage', shard: 's', sequence: '1', index: 0 };
      return {
        format: 1 as const,
        position,
        receivedAt: event.time,
        encoding: 'utf8' as const,
        line: JSON.stringify(event),
      };
    },
  };
  const decide = {
    findings,
    archive,
    stream: {
      put: async (lines: readonly { readonly line: string }[]) => {
        stream.push(...lines.map(({ line }) => line));
        return [];
      },
    },
    clock,
  };
  const deliver = async () => {
    for (const line of stream.splice(0)) {
      const { id, subject, time, type, data, source } = JSON.parse(line) as UsageEvent;
      const made = usage({ id, subject, time, type, data });
      const event = { ...made.event, source };
      await send({ ...made, event, ...correctionOf(event) });
    }
  };
  const jobs = memoryJobs(audit);
  const works = {
    'ledger.walk': walkJob(world.walkPorts, 600_000),
    'same-id.rule': applySameIdRule({ ...decide, subjects: world.ports.subjects }),
  };
  const functions = { 'ledger.walk': async () => undefined, 'same-id.rule': async () => undefined };
  const call = caller(
    walkRoutes({
      ...decide,
      subjects: world.ports.subjects,
      starter: { jobs, functions, clock, ids: world.ports.ids },
    }),
  );
  const run = async (path: string, body: unknown) => {
    const { status, body: started } = await call({ method: 'POST', path, body });
    expect(status).toBe(202);
    const { jobId, kind } = started as { jobId: string; kind: keyof typeof works };
    return runJob({ jobs, clock }, jobId, 600_000, works[kind]);
  };
  return { ...world, call, run, send, stream, deliver };
};

let world: ReturnType<typeof setUp>;
beforeEach(() => {
  world = setUp();
});

const settleAndWalk = async () => {
  await world.settle();
  await world.walk();
};
const pathOf = (finding: SameIdFinding | undefined) => `/v1/ledger/same-ids/${finding?.findingId}`;
const bad = (status: number, code: string) => ({ status, body: { code } });

const [FIRST, AGAIN] = ['2026-10-05T00:00:00.000Z', '2026-10-06T12:00:00.000Z'];

describe('an id that came again', () => {
  beforeEach(async () => {
    await world.send(api('a', FIRST, 1));
    world.clock.advance(1000);
    await world.send(api('a', AGAIN, 1));
    await settleAndWalk();
  });

  it('is listed and shown with the event', async () => {
    const [finding] = world.findings.all();
    expect(await world.call({ method: 'GET', path: '/v1/ledger/same-ids' })).toEqual({
      status: 200,
      body: { items: [finding] },
    });
    expect(await world.call({ method: 'GET', path: pathOf(finding) })).toMatchObject({
      status: 200,
      body: { finding, event: { id: 'a', source: '//larkspur.example/platform' } },
    });
    expect(await world.call({ method: 'GET', path: '/v1/ledger/same-ids/none' })).toMatchObject(
      bad(404, 'NO_SUCH_FINDING'),
    );
  });

  it('is one event when the first stands: the others are cancelled by lines, and a walk that sees it settles it', async () => {
    const [finding] = world.findings.all();
    const path = `${pathOf(finding)}/decision`;
    const body = { keep: 'first', reason: 'a retry' };
    expect(await world.call({ method: 'POST', path, body, roles: ['success'] })).toMatchObject(
      bad(403, 'ROLE_MISSING'),
    );
    expect(await world.call({ method: 'POST', path, body: { ...body, keep: 'none' } })).toMatchObject(
      bad(400, 'BAD_REQUEST'),
    );
    expect(await world.call({ method: 'POST', path, body: { keep: 'all' } })).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await world.call({ method: 'POST', path, body })).toMatchObject({
      status: 200,
      body: { finding: { state: 'cancelling' } },
    });
    // Asked again, the same line is put again: nothing is lost if the first try died before the stream.
    expect(await world.call({ method: 'POST', path, body })).toMatchObject({ status: 200 });
    expect(world.stream).toHaveLength(2);
    expect(new Set(world.stream).size).toBe(1);
    expect(JSON.parse(world.stream[0] ?? '')).toMatchObject({
      type: 'meterbridge.cancellation',
      subject: 'org-01',
      time: AGAIN,
      data: { id: 'a', source: '//larkspur.example/platform' },
    });
    expect(await world.call({ method: 'POST', path, body: { ...body, keep: 'all' } })).toMatchObject(
      bad(409, 'CANCELLATION_UNDER_WAY'),
    );
    expect((await world.audit.list(0, 9)).map(({ actor, action, details }) => [actor, action, details.keep])).toEqual([
      ['olga', 'same-id.decide', 'first'],
    ]);

    await world.deliver();
    await settleAndWalk();
    expect(world.findings.all()[0]).toMatchObject({
      state: 'settled',
      places: [{ cancelled: false }, { cancelled: true }],
    });
    expect(await world.call({ method: 'POST', path, body })).toMatchObject(bad(409, 'FINDING_SETTLED'));
    expect(await world.findings.decidersOf('org-01', { from: AGAIN, to: '2026-11-01T00:00:00.000Z' })).toEqual([
      'olga',
    ]);
  });

  it('is several events when all count', async () => {
    const path = `${pathOf(world.findings.all()[0])}/decision`;
    expect(await world.call({ method: 'POST', path, body: { keep: 'all', reason: 'two uploads' } })).toMatchObject({
      status: 200,
      body: { finding: { state: 'settled', decisions: [{ keep: 'all', by: 'olga' }] } },
    });
    expect(world.stream).toEqual([]);
    expect(await world.call({ method: 'GET', path: '/v1/ledger/same-ids' })).toMatchObject({ body: { items: [] } });
  });
});

describe('a rule', () => {
  const of = (source: string, event: CanonicalUsage): CanonicalUsage => {
    const sent = { ...event.event, source };
    return { ...event, event: sent, idHash: event.idHash.replace(/^./, source === OTHER ? 'f' : '0') };
  };

  it('decides all open findings of a producer in an interval, and no others; done again it changes nothing', async () => {
    const ids = Array.from({ length: 120 }, (_, n) => `e${n}`);
    const twice = (id: string, n: number, source: string) => {
      const at = (day: number) =>
        `2026-10-${String(day).padStart(2, '0')}T${String(n % 24).padStart(2, '0')}:00:00.000Z`;
      return [of(source, api(id, at(3), 1)), of(source, api(id, at(4), 1))];
    };
    for (const [n, id] of ids.entries())
      await world.send(...twice(id, n, n % 3 === 0 ? OTHER : '//larkspur.example/platform'));
    await world.send(
      of(OTHER, api('before', '2026-09-01T00:00:00.000Z', 1)),
      of(OTHER, api('before', '2026-09-02T00:00:00.000Z', 1)),
    );
    await settleAndWalk();
    expect(world.findings.all()).toHaveLength(121);

    const rule = {
      source: OTHER,
      from: '2026-10-01',
      to: '2026-10-04T00:00:00Z',
      keep: 'first',
      reason: 'stamps the time of sending',
    };
    const { result, jobId } = await world.run('/v1/ledger/same-id-rules', rule);
    expect(result).toEqual({ looked: 120, decided: 40, cancelled: 40 });
    expect(world.stream).toHaveLength(40);
    const decided = world.findings.all().filter(({ state }) => state === 'cancelling');
    expect(decided.map(({ decisions }) => decisions.at(-1)?.rule)).toEqual(Array(40).fill(jobId));
    expect((await world.audit.list(0, 9)).map(({ actor, action, details }) => [actor, action, details.source])).toEqual(
      [['olga', 'same-id.rule', OTHER]],
    );
    expect((await world.run('/v1/ledger/same-id-rules', rule)).result).toMatchObject({ decided: 0, cancelled: 0 });
    expect(
      await world.call({ method: 'POST', path: '/v1/ledger/same-id-rules', body: { ...rule, to: rule.from } }),
    ).toMatchObject(bad(400, 'BAD_REQUEST'));
  });
});

describe('a walk that is asked for', () => {
  it('is a job that tells what it did', async () => {
    await world.send(api('a', FIRST, 1));
    await world.settle();
    const job = await world.run('/v1/ledger/walks', { through: '2026-10-31' });
    expect(job).toMatchObject({
      state: 'done',
      result: { root: { number: 1 }, through: '2026-10-31', appends: 1, broken: 0, brokenChains: [] },
    });
    expect(await world.call({ method: 'POST', path: '/v1/ledger/walks', body: { through: 'soon' } })).toMatchObject(
      bad(400, 'BAD_REQUEST'),
    );
  });

  it('by a close refuses over a broken chain of its days', async () => {
    await world.send(api('a', FIRST, 1));
    await world.settle();
    const request = { since: world.clock.now(), from: '2026-10-01', through: '2026-10-31' };
    expect(await walkForClose(world.walkPorts, request, 600_000)).toEqual({ ok: true, done: true });
    const [key, item] = [...world.ports.ledger.items][0] ?? [];
    if (key === undefined || item === undefined) throw new Error('the ledger is empty');
    world.ports.ledger.items.set(key, { ...item, l: 7 });
    world.clock.advance(1000);
    // Nothing was settled anew: the day is looked at because something of it is.
    await world.send(api('b', '2026-10-05T08:00:00.000Z', 1));
    const again = { ...request, since: world.clock.now() };
    expect(await walkForClose(world.walkPorts, again, 600_000)).toMatchObject({ ok: false, code: 'LEDGER_BROKEN' });
    const november = { ...again, from: '2026-11-01', through: '2026-10-31' };
    expect(await walkForClose(world.walkPorts, november, 600_000)).toEqual({ ok: true, done: true });
    expect(await walkForClose(world.walkPorts, again, 90_000)).toMatchObject({ ok: false });
    const later = { ...again, since: '2027-01-01T00:00:00.000Z' };
    expect(await walkForClose(world.walkPorts, later, 0)).toEqual({ ok: true, done: false });
  });
});
