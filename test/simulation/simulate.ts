import { countingIds } from '../../lambdas/platform/ids.ts';
import { addDays, type Period } from '../../lambdas/platform/period.ts';
import { type Chance, chance } from './chance.ts';
import { checkLedger } from './checks.ts';
import { FIRST_DAY, LAST_DAY, makeCompany } from './company.ts';
import { checkSettled, comparer } from './compare.ts';
import { eventSource } from './event-source.ts';
import { type FaultCounts, ratesOf } from './faults.ts';
import { makeFunctions } from './functions.ts';
import { positionText } from './held.ts';
import { makeJobs } from './jobs.ts';
import { limitKeyOf } from './oracle.ts';
import { type Arrival, makeProducers } from './producers.ts';
import { makeStage, type Platform } from './stage.ts';
import { type SimStream, simStream } from './stream.ts';
import { type Delivery, makeTraffic, type SentLine, type Traffic } from './traffic.ts';
import { Violation } from './violation.ts';
import { type House, type Mutant, makeTwins, type Twins } from './wiring.ts';

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
/** Every writer that read the catalog before a publication has ended: a minute of cache, the longest run, and more. */
const UNTIL_KNOWN = 20 * MINUTE;

const LOOKS = 4;

/** For each limit and period of the account some lines that bring a look at it: none in quarantine or of a backfill. */
const limitedLines = (arrivals: readonly Arrival[], { quarantine }: Twins): SentLine[] => {
  const refused = new Set([...quarantine.entries.values()].map(({ position }) => positionText(position)));
  const byLimit = new Map<string, Map<string, SentLine>>();
  for (const { sent, position } of arrivals) {
    const key = sent.event === undefined || refused.has(position) ? undefined : limitKeyOf(sent.event);
    if (key === undefined || sent.event?.backfill !== undefined) continue;
    const lines = byLimit.get(key) ?? new Map<string, SentLine>();
    byLimit.set(key, lines);
    if (lines.size < LOOKS) lines.set(JSON.stringify([sent.event?.id, sent.event?.data]), sent);
  }
  return [...byLimit.values()].flatMap((lines) => [...lines.values()]);
};

/** The house of a run, and what went wrong in it that no fault explains. */
const makeHouse = (seed: number, { stage, dice }: Platform, mutant: Mutant) => {
  const errors: unknown[] = [];
  const accepted = new Set<string>();
  const company = makeCompany();
  const twins = makeTwins(company, stage.clock);
  const house: House = {
    stage,
    dice,
    ids: countingIds(`s${seed}`),
    twins: mutant.twins?.(twins) ?? twins,
    company,
    mutant,
    appended: (outcome) => {
      for (const { slot, idHash } of outcome.accepted) {
        const id = `${slot.subject} ${slot.start} ${slot.overlay ?? 'live'} ${idHash}`;
        if (accepted.has(id)) errors.push(new Violation(`${id} was called accepted twice`));
        accepted.add(id);
      }
    },
  };
  return { house, errors };
};

const isLate = ({ at, lines }: Delivery): boolean =>
  lines.some(({ event }) => event !== undefined && at - Date.parse(event.time) > HOUR);

/** When things happen beside the traffic. */
const schedule = (
  { stage, dice, faults }: Platform,
  { company }: House,
  { begins, deliveries }: Traffic,
  does: { readonly reshard: () => void; readonly sweep: () => void; readonly restate: () => void },
): void => {
  const ends = deliveries.at(-1)?.at ?? begins;
  const someTime = () => begins + dice.below(ends - begins + DAY);
  for (let n = dice.below(4); n > 0; n -= 1) {
    stage.at(someTime(), () => {
      does.reshard();
      faults.reshard += 1;
    });
  }
  // By schedule, when somebody asks for one, and two at once; most of them while something late is appended.
  const late = deliveries.filter(isLate);
  for (let n = 3 + dice.below(9); n > 0; n -= 1) {
    const near = dice.pick(late.length > 0 && dice.happens(0.7) ? late : deliveries);
    const at = near.at + dice.below(dice.pick([MINUTE, 5 * MINUTE, 10 * MINUTE, 12 * HOUR]));
    stage.at(at, does.sweep);
    if (dice.happens(0.4)) stage.at(at + dice.below(40_000), does.sweep);
  }
  if (!dice.happens(0.25)) return;
  stage.at(someTime(), () => {
    company.publish(stage.clock.now());
    stage.at(stage.clock.nowMillis() + UNTIL_KNOWN, does.restate);
  });
};

/**
 * One seeded run of the whole path: producers send a month's events, some of them twice, late, out of order or broken; a
 * stream that is resharded delivers them to several consumers, which archive, judge, append, look at limits and spill;
 * sweeps settle; and at every await calls fail, answers are lost, processes die. Between any two steps the balance must be
 * what a fresh reading of the ledger gives; at the end everything must be counted exactly once.
 * @throws {Violation} when it is not.
 */
export const simulate = async (seed: number, mutant: Mutant = {}): Promise<SimulationReport> => {
  const dice: Chance = chance(seed);
  const traffic = makeTraffic(dice);
  const { begins, deliveries, backfills } = traffic;
  const rates = ratesOf(dice);
  const horizonDays = dice.pick([8, 400, 400]);
  const period: Period = { start: addDays(FIRST_DAY, 1), end: addDays(LAST_DAY, 1), zone: dice.pick(ZONES) };
  const stage = makeStage(dice, new Date(begins).toISOString(), rates, dice.pick([100, 400, 1500]));
  const faults: FaultCounts = stage.faults;
  const platform: Platform = { stage, dice, rates, faults };
  const { house, errors } = makeHouse(seed, platform, mutant);
  const { twins, company } = house;
  const settings = { lateAfterHours: 24, horizonDays };
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const { ingest, spill, sweep } = makeFunctions(platform, house, settings, onError);
  const { restateAll, follow } = makeJobs(platform, house, onError);
  const stream: SimStream = simStream(dice, (shard) => source.arrived(shard));
  const source = eventSource({ ...platform, stream: stream.name }, ingest.invoke);
  const producers = makeProducers(platform, stream);
  let sweeps = 0;
  const startSweep = (): void => {
    sweeps += 1;
    void sweep.invoke(undefined);
  };
  for (const delivery of deliveries) stage.at(delivery.at, () => producers.send(delivery));
  for (const plan of backfills) follow(plan);
  const does = { reshard: stream.reshard, sweep: startSweep, restate: restateAll };
  schedule(platform, house, traffic, does);

  const { compare, comparisons } = comparer(house, period);
  const share = dice.pick([0.001, 0.004]);
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
  for (const sent of limitedLines(producers.arrivals, twins)) {
    producers.send({ at: 0, partitionKey: sent.event?.subject ?? '', form: 'plain', lines: [sent] });
  }
  await stage.run(between);
  if (spill.left() > 0) throw new Violation(`${spill.left()} messages are left in the spill queue`);

  const held = await checkLedger(twins, producers.arrivals, { horizonDays, period, company, clock: stage.clock });
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
