import { isDeepStrictEqual } from 'node:util';
import { countingIds } from '../../lambdas/platform/ids.ts';
import { addDays, intervalOf, type Period } from '../../lambdas/platform/period.ts';
import type { KinesisRecord } from '../../lambdas/usage/events/decode.ts';
import { makeIngest, makeRespill } from '../../lambdas/usage/ingest/ingest.ts';
import { handleSpill, type SpillBatch } from '../../lambdas/usage/ingest/spill.ts';
import { readBalance } from '../../lambdas/usage/read/balance.ts';
import { readPeriodUsage } from '../../lambdas/usage/read/period-usage.ts';
import { settleSweep } from '../../lambdas/usage/settle/settle-sweep.ts';
import { type Chance, chance } from './chance.ts';
import { checkLedger, Violation } from './checks.ts';
import { companyCatalog, FIRST_DAY, LAST_DAY, METERS, STRANGER, SUBJECTS } from './company.ts';
import { eventSource } from './event-source.ts';
import { type FaultCounts, ratesOf } from './faults.ts';
import { limitKeyOf } from './oracle.ts';
import { type Arrival, makeProducers } from './producers.ts';
import { isForeseen, simFunction } from './sandboxes.ts';
import { simSpillQueue } from './spill-queue.ts';
import { makeStage, type Stage } from './stage.ts';
import { type SimStream, simStream } from './stream.ts';
import { makeTraffic, type SentLine } from './traffic.ts';
import { type House, ingestPortsOf, type Mutant, makeTwins, sweepPortsOf, type Twins } from './wiring.ts';

/** What a run did. */
export type SimulationReport = {
  readonly seed: number;
  readonly steps: number;
  /** Lines that came into the stream, and events that were counted. */
  readonly lines: number;
  readonly events: number;
  readonly deliveries: number;
  readonly spilled: number;
  readonly appends: number;
  readonly sweeps: number;
  readonly comparisons: number;
  readonly faults: Readonly<FaultCounts>;
};

const ZONES = ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Europe/Berlin', 'Asia/Tokyo'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** After so many steps nothing goes wrong any more, so that every run comes to an end. */
const STEPS_UNTIL_CALM = 12_000;

/** Compares, between any two steps, what people see with what money sees. */
const comparer = (dice: Chance, stage: Stage, twins: Twins, period: Period) => {
  const { from, to } = intervalOf(period);
  const request = {
    subjects: [...SUBJECTS, STRANGER].map((subject) => ({ subject, from, to })),
    period,
    carryIn: {},
    meters: METERS,
  };
  let comparisons = 0;
  return {
    comparisons: () => comparisons,
    compare: async () => {
      comparisons += 1;
      // The reader's clock differs from others too.
      const nowMillis = () => stage.clock.nowMillis() + dice.below(29_000) - dice.below(29_000);
      const clock = { nowMillis, now: () => new Date(nowMillis()).toISOString() };
      const fresh = await readPeriodUsage(twins, request);
      const balance = await readBalance({ ...twins, clock }, request);
      if (!isDeepStrictEqual(balance.usage, fresh.usage)) {
        throw new Violation(
          `at ${stage.clock.now()} the balance is\n${JSON.stringify(balance.usage)}\nthe ledger says\n${JSON.stringify(fresh.usage)}`,
        );
      }
      if (!isDeepStrictEqual(balance.carryOut, fresh.carryOut)) {
        throw new Violation('the balance carries out other values than the ledger');
      }
      return balance.read.queries;
    },
  };
};

/** After some days nothing is left to settle, everybody was told, and a settled period takes few queries. */
const checkSettled = async (
  twins: Twins,
  days: ReadonlySet<string>,
  period: Period,
  queries: number,
): Promise<void> => {
  const announced = new Set(
    twins.publisher
      .published('usage.settled')
      .flatMap(({ subject, days: own }) => own.map((day) => `${subject}#${day}`)),
  );
  for (const day of days) if (!announced.has(day)) throw new Violation(`nobody was told that ${day} is settled`);
  for (const subject of [...SUBJECTS, STRANGER]) {
    if ((await twins.marks.marksOf(subject)).length > 0) throw new Violation(`${subject} still has dirty marks`);
  }
  const partial = period.zone === 'UTC' ? 0 : 2;
  if (queries > (SUBJECTS.length + 1) * (3 + partial)) throw new Violation(`a settled period took ${queries} queries`);
};

const LOOKS = 4;

/** For each limit and period of the account some lines that bring a look at it; of a conflict only one body does. */
const limitedLines = (arrivals: readonly Arrival[]): SentLine[] => {
  const byLimit = new Map<string, Map<string, SentLine>>();
  for (const { sent } of arrivals) {
    const key = sent.event === undefined ? undefined : limitKeyOf(sent.event);
    if (key === undefined) continue;
    const lines = byLimit.get(key) ?? new Map<string, SentLine>();
    byLimit.set(key, lines);
    if (lines.size < LOOKS) lines.set(JSON.stringify([sent.event?.id, sent.event?.data]), sent);
  }
  return [...byLimit.values()].flatMap((lines) => [...lines.values()]);
};

/**
 * One seeded run of the whole path: producers send a month's events, some of them twice, late, out of order or broken; a
 * stream that is resharded delivers them to several consumers, which archive, judge, append, look at limits and spill;
 * sweeps settle; and at every await calls fail, answers are lost, processes die. Between any two steps the balance must be
 * what a fresh reading of the ledger gives; at the end everything must be counted exactly once.
 * @throws {Violation} when it is not.
 */
export const simulate = async (seed: number, mutant: Mutant = {}): Promise<SimulationReport> => {
  const dice = chance(seed);
  const traffic = makeTraffic(dice);
  const rates = ratesOf(dice);
  const horizonDays = dice.pick([8, 400, 400]);
  const period: Period = { start: addDays(FIRST_DAY, 1), end: addDays(LAST_DAY, 1), zone: dice.pick(ZONES) };
  const stage = makeStage(dice, new Date(traffic.begins).toISOString(), rates, dice.pick([100, 400, 1500]));
  const faults: FaultCounts = stage.faults;
  const platform = { stage, dice, rates, faults };
  const plain = makeTwins();
  const twins = mutant.twins?.(plain) ?? plain;
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const acceptedOnce = new Set<string>();
  const house: House = {
    stage,
    dice,
    ids: countingIds(`s${seed}`),
    twins,
    catalog: companyCatalog(),
    mutant,
    appended: ({ accepted }) => {
      for (const { slot, idHash } of accepted) {
        const id = `${slot.subject} ${slot.start} ${idHash}`;
        if (acceptedOnce.has(id)) onError(new Violation(`${id} was called accepted twice`));
        acceptedOnce.add(id);
      }
    },
  };

  const settings = { lateAfterHours: 24, horizonDays };
  const respill = simFunction<SpillBatch, Awaited<ReturnType<typeof handleSpill>>>(
    platform,
    'spill',
    (process) => {
      const run = makeRespill(ingestPortsOf(house, process, spill.queue), settings);
      const failed = (_: string, error: Error) => {
        if (!isForeseen(error)) onError(error);
      };
      return (batch) => handleSpill(batch, { respill: run, done: () => undefined, failed });
    },
    onError,
  );
  const spill = simSpillQueue(platform, respill.invoke);
  const ingest = simFunction<readonly KinesisRecord[], unknown>(
    platform,
    'ingest',
    (process) => {
      const run = makeIngest(ingestPortsOf(house, process, spill.queue), settings);
      return (Records) => run({ Records });
    },
    onError,
  );
  const stream: SimStream = simStream(dice, (shard) => source.arrived(shard));
  const source = eventSource({ ...platform, stream: 'usage' }, ingest.invoke);
  const sweep = simFunction<undefined, unknown>(
    platform,
    'settle',
    (process) => () => settleSweep(sweepPortsOf(house, process), METERS),
    onError,
  );
  let sweeps = 0;
  const startSweep = (): void => {
    sweeps += 1;
    void sweep.invoke(undefined);
  };
  const producers = makeProducers(platform, stream);

  const ends = traffic.deliveries.at(-1)?.at ?? traffic.begins;
  const someTime = () => traffic.begins + dice.below(ends - traffic.begins + DAY);
  for (const delivery of traffic.deliveries) stage.at(delivery.at, () => producers.send(delivery));
  for (let n = dice.below(4); n > 0; n -= 1) {
    stage.at(someTime(), () => {
      stream.reshard();
      faults.reshard += 1;
    });
  }
  // By schedule, when somebody asks for one, and two at once; many of them while something is appended.
  for (let n = 3 + dice.below(12); n > 0; n -= 1) {
    const at = dice.pick(traffic.deliveries).at + dice.below(dice.pick([10_000, 60_000, 10 * MINUTE, 12 * HOUR]));
    stage.at(at, startSweep);
    if (dice.happens(0.4)) stage.at(at + dice.below(40_000), startSweep);
  }

  const { compare, comparisons } = comparer(dice, stage, twins, period);
  const share = dice.pick([0.002, 0.006]);
  let calm = false;
  const calmDown = (): void => {
    calm = true;
    for (const each of [stage, source, spill]) each.calm();
  };
  const between = async (): Promise<void> => {
    const [error] = errors;
    if (error !== undefined) throw error;
    if (!calm && stage.steps() > STEPS_UNTIL_CALM) calmDown();
    if (dice.happens(share)) await compare();
  };
  await stage.run(between);
  calmDown();
  // Only events bring a look at limits, and a worker trusts what it read for some time: some are sent once more.
  stage.clock.advance(2 * HOUR);
  for (const sent of limitedLines(producers.arrivals)) {
    producers.send({ at: 0, partitionKey: sent.event?.subject ?? '', form: 'plain', lines: [sent] });
  }
  await stage.run(between);
  if (spill.left() > 0) throw new Violation(`${spill.left()} messages are left in the spill queue`);

  const held = await checkLedger(twins, producers.arrivals, { horizonDays, period, clock: stage.clock });
  // Two sweeps, days later: the first makes everything final, the second clears what was too young.
  for (let n = 0; n < 2; n += 1) {
    stage.clock.advance(5 * DAY);
    startSweep();
    await stage.run(between);
  }
  const days = new Set(held.map(({ subject, time }) => `${subject}#${time.slice(0, 10)}`));
  await checkSettled(twins, days, period, await compare());
  return {
    seed,
    steps: stage.steps(),
    lines: producers.arrivals.length,
    events: held.length,
    deliveries: source.deliveries(),
    spilled: spill.sent(),
    appends: twins.ledger.items.size,
    sweeps,
    comparisons: comparisons(),
    faults,
  };
};
