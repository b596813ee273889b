import { beforeEach, describe, expect, it } from 'vitest';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { runJob } from '../../../lambdas/usage/jobs/run-job.ts';
import { startJob } from '../../../lambdas/usage/jobs/start-job.ts';
import { type RebuildResult, rebuildLedger } from '../../../lambdas/usage/prove/rebuild.ts';
import { shadowOf } from '../../../lambdas/usage/prove/shadow-ledger.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { cancelLine, lineOf, PROOF_METERS, type ProofWorld, proofWorld, traffic } from './proof-world.ts';

const MINUTE = 60_000;
const OCTOBER = { start: '2026-10-01', end: '2026-10-08' };

const api = (id: string, time: string, count: number, more = {}) =>
  lineOf(id, 'org-01', time, 'api.requests', { count, endpoint: 'read' }, more);

/** Runs rebuilds of a world, each in as many runs as its time makes of it. */
const rebuilder = (world: ProofWorld) => {
  const { clock } = world;
  const jobs = memoryJobs(memoryAuditLog(clock));
  const table = memoryLedger();
  const ids = countingIds();
  const work = rebuildLedger({
    usage: world.ports,
    catalog: world.catalog,
    archive: world.archive,
    quarantine: world.quarantine,
    shadow: (jobId) =>
      shadowOf(table, jobId, async ({ pk, sk }) => {
        table.items.delete(`${pk} ${sk}`);
      }),
    settings: { lateAfterHours: 6, horizonDays: 400 },
    ids,
  });
  const rebuild = async (params: object = OCTOBER, runMillis = 15 * MINUTE) => {
    const functions = { 'ledger.rebuild': async () => undefined };
    const started = await startJob(
      { jobs, functions, clock, ids },
      {
        kind: 'ledger.rebuild',
        params: { ...params },
        startedBy: 'olga',
      },
    );
    let runs = 0;
    let isOpen = true;
    while (isOpen) {
      isOpen = false;
      runs += 1;
      await runJob({ jobs, clock }, started.jobId, runMillis, work, async () => {
        isOpen = true;
      });
    }
    const { result, state, message } = (await jobs.get(started.jobId)) ?? {};
    expect([state, message]).toEqual(['done', undefined]);
    return { result: result as unknown as RebuildResult, runs, left: table.items.size };
  };
  return rebuild;
};

let world: ProofWorld;
beforeEach(async () => {
  world = proofWorld();
  await traffic(world);
  world.clock.advance(60 * MINUTE);
  await settleSweep(world.ports, PROOF_METERS);
});

const tamper = (part: string, change: (item: Record<string, unknown>) => object | undefined): void => {
  const [key, item] = [...world.ledger.items].find(([name]) => name.includes(part)) ?? [];
  if (key === undefined || item === undefined) throw new Error(`the ledger has no ${part}`);
  const changed = change(item);
  if (changed === undefined) world.ledger.items.delete(key);
  else world.ledger.items.set(key, changed as typeof item);
};

describe('a rebuild', () => {
  it('finds everything the same: settled days, balances, and the ledger made again from the archive', async () => {
    const { result, left, runs } = await rebuilder(world)();
    expect(result).toMatchObject({ different: 0, differences: [], stale: 0, refused: 0, moving: 0 });
    const ids = new Set(
      world.ledger
        .appends()
        .flatMap(({ slot, ids }) =>
          slot.start >= OCTOBER.start ? ids.map(({ idHash }) => `${slot.start}${idHash}`) : [],
        ),
    );
    expect(result).toMatchObject({ ids: ids.size, balances: 2 });
    expect(result.settledDays).toBeGreaterThan(0);
    expect(result.lines).toBeGreaterThan(0);
    expect([left, runs]).toEqual([0, 1]);
  });

  it('goes on where it was when its time is up, and finds the same', async () => {
    const whole = await rebuilder(world)();
    const { read } = world.archive;
    const { days } = world.ports.settled;
    const slow: ProofWorld = {
      ...world,
      archive: {
        ...world.archive,
        read: async (key) => {
          world.clock.advance(MINUTE);
          return read(key);
        },
      },
      ports: {
        ...world.ports,
        settled: {
          ...world.ports.settled,
          days: async (...range) => {
            world.clock.advance(MINUTE);
            return days(...range);
          },
        },
      },
    };
    const parts = await rebuilder(slow)({ ...OCTOBER }, 2 * MINUTE + 1);
    expect(parts.runs).toBeGreaterThan(2);
    expect(parts.result).toEqual(whole.result);
    expect(parts.left).toBe(0);
  });

  it('takes one subject for itself', async () => {
    const { result } = await rebuilder(world)({ ...OCTOBER, subject: 'org-02' });
    expect(result).toMatchObject({ different: 0, balances: 1, ids: 3, lines: 3 });
  });

  it('finds what the ledger lost, and what it has that never arrived', async () => {
    tamper('org-02#2026-10-01', () => undefined);
    await world.ports.ledger.putIfAbsent({
      ...(world.ledger.appends()[0] as ReturnType<typeof world.ledger.appends>[0]),
      slot: { subject: 'org-01', start: '2026-10-05T00:00:00.000Z' },
    });
    const { result } = await rebuilder(world)();
    const told = result.differences.map(({ what, subject, day }) => `${what} ${subject} ${day}`);
    expect(told).toContain('IDS org-02 2026-10-01');
    expect(told).toContain('IDS org-01 2026-10-05');
    expect(told).toContain('SETTLED_DAY org-02 2026-10-01');
    expect(result.differences.find(({ day }) => day === '2026-10-05')?.message).toContain('the archive does not give');
  });

  it('finds a state that is another than its events give, in the ledger and in a settled day', async () => {
    const chain = world.ledger.appends().filter(({ slot }) => slot.start === '2026-10-04T00:00:00.000Z');
    const append = chain[0];
    const [key, state] = Object.entries(append?.states ?? {}).find(([name]) => name.includes('calls')) ?? [];
    if (append === undefined || key === undefined || state?.class !== 'scalar') throw new Error('no such append');
    tamper('org-01#2026-10-04', () => undefined);
    await world.ports.ledger.putIfAbsent({ ...append, states: { ...append.states, [key]: { ...state, sum: '10' } } });
    const { result } = await rebuilder(world)();
    expect(result.differences.map(({ what, day }) => `${what} ${day}`)).toEqual([
      'SETTLED_DAY 2026-10-04',
      'BALANCE 2026-10-01',
      'STATES 2026-10-04',
    ]);
    expect(result.differences[2]?.message).toMatch(/under \["calls".*"sum":"10".*"sum":"9"/);
  });

  it('compares by their ids what moves meanwhile, and knows what is stale', async () => {
    const rebuild = rebuilder(world);
    const day = world.ports.ledger.day;
    let once = true;
    world.ports.ledger.day = async (...range) => {
      if (once) {
        once = false;
        world.clock.advance(MINUTE);
        await world.deliver([[api('meanwhile', '2026-10-04T00:01:00Z', 1)]]);
      }
      return day(...range);
    };
    const { result } = await rebuild();
    expect(result).toMatchObject({ different: 0, moving: 1, stale: 1 });
  });

  it('knows a slot with more keys than one may have, and the overlays of a backfill', async () => {
    const users = Array.from({ length: 300 }, (_, n) =>
      lineOf(`m${n}`, 'org-03', '2026-10-02T00:00:00Z', 'ai.summaries', {
        summaries: 1,
        model: `model-${(n * 77) % 300}`,
      }),
    );
    await world.deliver([users.slice(0, 100)]);
    await world.deliver([users.slice(100)]);
    world.overlays.stand({ backfill: 'bf-1', state: 'open', isFixed: false });
    const late = (id: string, count: number) => api(id, '2026-10-01T00:05:00Z', count, { backfill: 'bf-1' });
    await world.deliver([
      [late('new', 100), late('a', 7_000)],
      [cancelLine('bx', 'b', 'org-01', '2026-10-01T07:30:00Z', { backfill: 'bf-1' })],
    ]);
    world.overlays.stand({ backfill: 'bf-1', state: 'closed', isFixed: true, closedAt: '2026-11-10T00:00:00.000Z' });
    const versions = { '2026-10-01T00:00:00.000Z': 1, '2026-10-01T07:30:00.000Z': 1 };
    world.overlays.pin({ backfill: 'bf-1', subject: 'org-01', day: '2026-10-01' }, versions);
    await world.ports.marks.mark({ subject: 'org-01', day: '2026-10-01', at: world.clock.now(), token: 'closing' });
    world.clock.advance(60 * MINUTE);
    await settleSweep(world.ports, PROOF_METERS);
    const { result } = await rebuilder(world)();
    expect(result).toMatchObject({ different: 0, differences: [] });
  });
});
