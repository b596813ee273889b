import { isDeepStrictEqual } from 'node:util';
import { manualClock } from '../../lambdas/platform/clock.ts';
import { countingIds } from '../../lambdas/platform/ids.ts';
import { addDays, daysOf, intervalOf, type Period, startOfDay } from '../../lambdas/platform/period.ts';
import { appendBatch } from '../../lambdas/usage/ledger/append-batch.ts';
import { meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import { writerMemory } from '../../lambdas/usage/ledger/writer-memory.ts';
import { verifyLedger } from '../../lambdas/usage/prove/verify.ts';
import { readBalance } from '../../lambdas/usage/read/balance.ts';
import { readPeriodUsage } from '../../lambdas/usage/read/period-usage.ts';
import { settleSweep } from '../../lambdas/usage/settle/settle-sweep.ts';
import type { CanonicalUsage } from '../../lambdas/usage/types.ts';
import { unreadArchive } from '../twins/memory-archive-lines.ts';
import { memoryLedger } from '../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../twins/memory-projection.ts';
import { METERS } from '../unit/usage/usage-fixtures.ts';
import { type Chance, chance } from './chance.ts';
import { expectedUsage } from './oracle.ts';
import { FIRST_DAY, LAST_DAY, makeEvents, SUBJECTS } from './traffic.ts';
import { type Process, world } from './world.ts';

/** What a run did, for the summary. */
export type SimulationReport = {
  readonly seed: number;
  readonly events: number;
  readonly deliveries: number;
  readonly appends: number;
  readonly deaths: number;
  readonly comparisons: number;
};

/** What must always hold did not. The message names the seed that shows it. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

const ZONES = ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Europe/Berlin', 'Asia/Tokyo'];
const meters = meterIndex(METERS);

/** Batches in which every event is delivered at least once, some several times, in any order. */
const deliveriesOf = (dice: Chance, events: readonly CanonicalUsage[]): CanonicalUsage[][] => {
  const all = dice.shuffle(events.flatMap((event) => Array.from({ length: 1 + dice.below(3) }, () => ({ ...event }))));
  const batches: CanonicalUsage[][] = [];
  while (all.length > 0) batches.push(all.splice(0, 1 + dice.below(12)));
  return batches;
};

/**
 * One seeded run: several writers append a month's events that arrive twice, late and out of order, while a settler
 * sweeps, calls fail, answers are lost and processes die at every await. Between any two steps the balance must be what
 * a fresh reading of the ledger gives; at the end everything must be counted exactly once.
 * @throws {Violation} naming the seed.
 */
export const simulate = async (seed: number): Promise<SimulationReport> => {
  const dice = chance(seed);
  // From days that are live, or to come, to an old month that is sent again.
  const clock = manualClock(`${addDays(FIRST_DAY, dice.below(9))}T00:00:00.000Z`);
  const real = {
    ledger: memoryLedger(),
    overlays: overlayReader(),
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    settled: memorySettled(),
    publisher: memoryPublisher(),
  };
  const ids = countingIds(`s${seed}`);
  const events = makeEvents(dice);
  const queue = deliveriesOf(dice, events);
  const accepted = new Map<string, number>();
  let [deliveries, deaths, comparisons, settling] = [0, 0, 0, true];

  const fail = (message: string): never => {
    throw new Violation(`seed ${seed}: ${message}`);
  };
  const under = new Map<Process, CanonicalUsage[]>();
  const stage = world(dice, { fails: 0.03, loses: 0.04, dies: 0.01 }, clock.nowMillis, (dead) => {
    deaths += 1;
    const batch = under.get(dead);
    under.delete(dead);
    // The stream delivers the batch again; a new worker knows nothing.
    if (batch !== undefined) {
      queue.unshift(batch);
      void writer(dead.name);
    } else void settler();
  });

  const errors: unknown[] = [];
  const guarded = (run: () => Promise<void>) => async (): Promise<void> => {
    try {
      await run();
    } catch (error) {
      errors.push(error);
    }
  };
  const writer = async (name: string): Promise<void> => {
    const process: Process = { name, dead: false, startedAt: clock.nowMillis() };
    const memory = writerMemory(dice.happens(0.3) ? 6_000 : undefined);
    const ports = {
      ledger: stage.port(process, { ...real.ledger, puts: async () => 0, items: undefined }),
      marks: stage.port(process, real.marks),
      subjects: stage.port(process, real.subjects),
    };
    await guarded(async () => {
      for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
        process.startedAt = clock.nowMillis();
        under.set(process, batch);
        deliveries += 1;
        const { ledger, marks, subjects } = ports;
        const result = await appendBatch(
          { ledger, archive: unreadArchive, marks, subjects, touched: memoryOverlays(), memory, clock, ids },
          batch,
          meters,
        );
        under.delete(process);
        for (const [n, outcome] of result.outcomes.entries()) {
          const { idHash } = batch[n] as CanonicalUsage;
          if (outcome === 'accepted') accepted.set(idHash, (accepted.get(idHash) ?? 0) + 1);
        }
        // What could not be written is spilled, and comes back.
        if (result.failed.length > 0) queue.push(result.failed.flatMap((group) => group.events));
      }
    })();
  };
  const sweepPorts = (process: Process) => ({
    overlays: real.overlays,
    ledger: stage.port(process, { ...real.ledger, puts: async () => 0, items: undefined }),
    marks: stage.port(process, real.marks),
    subjects: stage.port(process, real.subjects),
    settled: stage.port(process, real.settled),
    publisher: stage.port(process, real.publisher),
    clock,
    ids,
  });
  const settler = async (): Promise<void> => {
    while (settling && errors.length === 0) {
      const process: Process = { name: 'settler', dead: false, startedAt: clock.nowMillis() };
      // A sweep that fails is taken up by the next one.
      await settleSweep(sweepPorts(process), METERS).catch((error: unknown) => {
        if (!(error instanceof AggregateError) && !(error instanceof Error && error.name === 'NetworkError')) {
          errors.push(error);
        }
      });
      if (queue.length === 0 && under.size === 0) settling = false;
    }
  };

  const zone = dice.pick(ZONES);
  const period: Period = { start: addDays(FIRST_DAY, 1), end: addDays(LAST_DAY, 1), zone };
  const { from, to } = intervalOf(period);
  const subjects = SUBJECTS.map((subject) => ({ subject, from, to }));
  const request = { subjects, period, carryIn: {}, meters: METERS };
  const compare = async (): Promise<void> => {
    comparisons += 1;
    const fresh = await readPeriodUsage(real, request);
    const balance = await readBalance({ ...real, clock }, request);
    if (!isDeepStrictEqual(balance.usage, fresh.usage)) {
      fail(
        `at ${clock.now()} the balance is\n${JSON.stringify(balance.usage)}\nthe ledger\n${JSON.stringify(fresh.usage)}`,
      );
    }
    if (!isDeepStrictEqual(balance.carryOut, fresh.carryOut)) fail('the balance carries out other values');
  };
  const between = async (): Promise<void> => {
    clock.advance(dice.happens(0.003) ? dice.below(30 * 3_600_000) : dice.below(3_000));
    if (dice.happens(0.01)) await compare();
    const [error] = errors;
    if (error !== undefined) throw error;
  };

  for (const name of ['a', 'b', 'c']) void writer(name);
  // Two: a sweep by schedule, and one that somebody asked for.
  void settler();
  void settler();
  await stage.run(between);
  stage.calm();
  while (queue.length > 0) {
    void writer('last');
    await stage.run(between);
  }
  await check();
  return { seed, events: events.length, deliveries, appends: real.ledger.items.size, deaths, comparisons };

  /** Everything was counted once, the chains are whole, and after some days nothing is left unsettled. */
  async function check(): Promise<void> {
    const { items } = real.ledger;
    const held = new Map<string, string>();
    for (const item of items.values()) {
      const hex = Buffer.from(item.i).toString('hex');
      for (let at = 0; at < hex.length; at += 48) {
        const [idHash, bodyHash] = [hex.slice(at, at + 32), hex.slice(at + 32, at + 48)];
        if (held.has(idHash)) fail(`event ${idHash} is in the ledger twice`);
        held.set(idHash, bodyHash);
      }
    }
    for (const [idHash, times] of accepted) if (times > 1) fail(`event ${idHash} was called accepted ${times} times`);
    const counted = events.filter(({ idHash, bodyHash }) => held.get(idHash) === bodyHash);
    if (new Set(events.map(({ idHash }) => idHash)).size !== held.size) fail('an event was lost');
    if (counted.length !== held.size) fail('the ledger holds an event that nobody sent');

    const hashOf = new Map(counted.map(({ event, idHash }) => [event, idHash]));
    const dayEnds = daysOf(period).map((day) => ({ day, end: startOfDay(addDays(day, 1), zone) }));
    const expected = expectedUsage(
      counted.map(({ event }) => event),
      from,
      to,
      dayEnds,
      (event) => hashOf.get(event) ?? '',
    );
    const { usage } = await readPeriodUsage(real, request);
    const told = usage.map(({ meterVersion: _, unit: __, ...rest }) => rest);
    if (!isDeepStrictEqual(told, expected)) {
      fail(`the ledger says\n${JSON.stringify(told)}\nexpected\n${JSON.stringify(expected)}`);
    }
    for (const subject of SUBJECTS) {
      const { broken } = await verifyLedger(real, subject, FIRST_DAY, addDays(LAST_DAY, 2));
      if (broken.length > 0) fail(`a chain is broken: ${JSON.stringify(broken)}`);
    }
    // Two sweeps, days later: the first makes everything final, the second clears what was too young.
    for (let n = 0; n < 2; n += 1) {
      clock.advance(5 * 24 * 3_600_000);
      await settleSweep({ ...real, clock, ids }, METERS);
    }
    await compare();
    const withUsage = new Set(counted.map(({ event }) => `${event.subject}#${event.time.slice(0, 10)}`));
    const announced = new Set(
      real.publisher.published('usage.settled').flatMap(({ subject, days }) => days.map((day) => `${subject}#${day}`)),
    );
    for (const day of withUsage) if (!announced.has(day)) fail(`nobody was told that ${day} is settled`);
    for (const subject of SUBJECTS) {
      if ((await real.marks.marksOf(subject)).length > 0) fail(`${subject} still has dirty marks`);
    }
    const { read } = await readBalance({ ...real, clock }, request);
    const partial = zone === 'UTC' ? 0 : 2;
    if (read.queries > SUBJECTS.length * (3 + partial)) fail(`a settled period took ${read.queries} queries`);
  }
};
