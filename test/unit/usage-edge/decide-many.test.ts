import { describe, expect, it } from 'vitest';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import type { Job } from '../../../lambdas/usage/jobs/jobs.ts';
import { runJob } from '../../../lambdas/usage/jobs/run-job.ts';
import { startJob } from '../../../lambdas/usage/jobs/start-job.ts';
import { type ManyParams, releaseMany, writeOffMany } from '../../../lambdas/usage/quarantine/decide-many.ts';
import type { QuarantinePorts } from '../../../lambdas/usage/quarantine/release.ts';
import { memoryJobs } from '../../twins/memory-jobs.ts';
import { eventText } from './events.ts';
import { releaseWorld } from './release-world.ts';

type Decided = 'quarantine.release' | 'quarantine.write-off';

const LONG = 15 * 60_000;

/** Jobs that decide about a quarantine; a job runs when it is told to. */
const setUp = () => {
  const world = releaseWorld();
  const jobs = memoryJobs(world.audit);
  const ids = countingIds();
  const work = { 'quarantine.release': releaseMany, 'quarantine.write-off': writeOffMany };
  const start = async (kind: Decided, params: Partial<ManyParams>): Promise<Job> => {
    const functions = { [kind]: async () => undefined };
    const whole = { filter: {}, why: 'schema mended', preview: false, ...params };
    return startJob({ jobs, functions, clock: world.clock, ids }, { kind, params: whole, startedBy: 'olga' });
  };
  const run = (
    job: Job,
    ports: QuarantinePorts = world.ports,
    remaining = LONG,
    again?: () => Promise<void>,
  ): Promise<Job> =>
    runJob({ jobs, clock: world.clock }, job.jobId, remaining, work[job.kind as Decided](ports), again);
  const states = () => [...world.quarantine.entries.values()].map(({ state }) => state).sort();
  return { ...world, jobs, start, run, states };
};

/** Lines of a type that is not known yet, and how the world comes to know it: they are judged by another name. */
const unknown = (n: number): string => eventText({ id: `e-${n}`, type: 'com.larkspur.new' });
const mended = (ports: QuarantinePorts): QuarantinePorts => ({
  ...ports,
  judge: (line) => ports.judge(line.replace('com.larkspur.new', 'com.larkspur.api.requests')),
});

const arrived = async (count: number) => {
  const world = setUp();
  await world.arrive(...Array.from({ length: count }, (_, n) => unknown(n)));
  world.clock.advance(1_000);
  return { ...world, ports: mended(world.ports) };
};

describe('a release by filter', () => {
  it('puts what would pass now, and says of the others why not', async () => {
    const { arrive, start, run, states, ports, waiting, quarantine, audit, clock } = await arrived(40);
    await arrive('no json', eventText({ id: 'c', data: { count: -1, endpoint: 'read' } }));
    clock.advance(1_000);
    const job = await start('quarantine.release', {});
    expect(await run(job, ports)).toMatchObject({
      state: 'done',
      result: { looked: 42, passed: 40, known: 0, refused: { NOT_JSON: 1, SCHEMA: 1 } },
      progress: { done: 42, unit: 'entries' },
    });
    expect(states()).toEqual([...Array(40).fill('released'), 'waiting', 'waiting']);
    expect(new Set(waiting).size).toBe(40);
    expect(await quarantine.outcomes(job.jobId, 9)).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ code: 'SCHEMA', path: '/data/count' })]),
    );
    const { entries } = await quarantine.list({ job: job.jobId }, 99);
    expect(entries).toHaveLength(40);
    expect(entries[0]).toMatchObject({
      release: { by: 'olga', note: 'schema mended', job: job.jobId, position: { stream: 'usage' } },
    });
    // Who asked, and each chunk with the entries that it changed.
    const records = await audit.list(0, 99);
    expect(records.every(({ action, target }) => action === 'quarantine.release' && target === job.jobId)).toBe(true);
    expect(records.flatMap(({ details }) => (details.entries as string[] | undefined) ?? [])).toHaveLength(40);
  });

  it('changes nothing in a preview', async () => {
    const { arrive, start, run, states, ports, waiting, audit, clock } = await arrived(3);
    await arrive('no json', eventText(), unknown(1).replace('com.larkspur.new', 'com.larkspur.api.requests'));
    clock.advance(1_000);
    const done = await run(await start('quarantine.release', { preview: true }), ports);
    expect(done.result).toEqual({ looked: 4, passed: 3, known: 1, refused: { NOT_JSON: 1 } });
    expect(states()).toEqual(Array(4).fill('waiting'));
    expect(waiting).toEqual([]);
    expect(await audit.list(0, 9)).toHaveLength(1);
  });

  it('takes only what the filter means and what was there when it was asked for', async () => {
    const { arrive, start, run, states, ports, clock } = await arrived(2);
    const job = await start('quarantine.release', { filter: { code: 'UNKNOWN_TYPE', subject: 'org-02' } });
    expect((await run(job, ports)).result).toMatchObject({ looked: 0, passed: 0 });
    clock.advance(-3_600_000);
    const before = await start('quarantine.release', { filter: { code: 'UNKNOWN_TYPE' } });
    clock.advance(3_600_000);
    await arrive(unknown(9));
    expect((await run(before, ports)).result).toMatchObject({ looked: 0 });
    expect(states()).toEqual(Array(3).fill('waiting'));
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'that dies at effect %i goes on where it was, and counts every entry once',
    async (dies) => {
      const { start, run, states, ports, waiting, audit, jobs } = await arrived(40);
      const job = await start('quarantine.release', {});
      let effects = 0;
      const once =
        <A extends unknown[], R>(effect: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          effects += 1;
          if (effects === dies * 7 + 1) throw new Error('died before');
          const result = await effect(...args);
          if (effects === dies * 7 + 4) throw new Error('died after');
          return result;
        };
      const { quarantine, stream } = ports;
      const mortal = {
        ...ports,
        quarantine: { ...quarantine, decide: once(quarantine.decide), finish: once(quarantine.finish) },
        stream: { put: once(stream.put) },
      };
      for (let n = 0; n < 3; n += 1) await run(job, mortal).catch(() => undefined);
      expect(await jobs.get(job.jobId)).toMatchObject({ state: 'done', result: { looked: 40, passed: 40 } });
      expect(states()).toEqual(Array(40).fill('released'));
      expect(new Set(waiting).size).toBe(40);
      const entries = (await audit.list(0, 99)).flatMap(
        ({ details }) => (details.entries as string[] | undefined) ?? [],
      );
      expect(entries.sort()).toEqual([...new Set(entries)].sort());
      expect(entries).toHaveLength(40);
    },
  );

  it('goes on in another run when the time is up', async () => {
    const { start, run, states, ports, jobs } = await arrived(40);
    const job = await start('quarantine.release', {});
    let calls = 0;
    const again = async () => {
      calls += 1;
    };
    // Two minutes are kept back for what is under way: with less there is time for nothing.
    await run(job, ports, 60_000, again);
    expect(calls).toBe(1);
    expect((await jobs.get(job.jobId))?.state).toBe('running');
    expect((await run(job, ports)).result).toMatchObject({ looked: 40, passed: 40 });
    expect(states()).toEqual(Array(40).fill('released'));
  });

  it('leaves alone what somebody else decides at the same time', async () => {
    const { start, run, states, ports, quarantine } = await arrived(3);
    const job = await start('quarantine.release', {});
    const [first] = [...quarantine.entries.values()];
    let isFirst = true;
    const racing: QuarantinePorts = {
      ...ports,
      quarantine: {
        ...quarantine,
        decide: async (changes, record) => {
          if (isFirst && first) {
            isFirst = false;
            const entry = { ...first, state: 'written-off' as const };
            await quarantine.decide([{ entry, from: 'waiting' }], { ...record, actor: 'otto' });
          }
          return quarantine.decide(changes, record);
        },
      },
    };
    expect((await run(job, racing)).result).toEqual({ looked: 3, passed: 2, known: 0, refused: { CHANGED: 1 } });
    expect(states()).toEqual(['released', 'released', 'written-off']);
    expect(await quarantine.outcomes(job.jobId, 9)).toMatchObject([{ id: first?.id, code: 'CHANGED' }]);
  });
});

describe('a write-off by filter', () => {
  it('writes off what it means, with the reason, once', async () => {
    const { start, run, states, quarantine, arrive, clock } = await arrived(20);
    await arrive('no json');
    clock.advance(1_000);
    const params = { filter: { code: 'UNKNOWN_TYPE' as const }, why: 'a test' };
    const preview = await run(await start('quarantine.write-off', { ...params, preview: true }));
    expect(preview.result).toMatchObject({ passed: 20 });
    const job = await start('quarantine.write-off', params);
    expect((await run(job)).result).toEqual({ looked: 20, passed: 20, known: 0, refused: {} });
    expect(states()).toEqual(['waiting', ...Array(20).fill('written-off')]);
    const { entries } = await quarantine.list({ job: job.jobId, state: 'written-off' }, 1);
    expect(entries[0]?.writeOff).toMatchObject({ by: 'olga', reason: 'a test', job: job.jobId });
  });
});
