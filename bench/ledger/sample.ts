import { billTotal } from './bill.ts';
import { NIGHTS } from './capacity.ts';
import { chance } from './chance.ts';
import type { PutRecord } from './counted-aws/services.ts';
import { type Counted, plus, since, times, total } from './counted-aws/usage.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { FUNCTIONS } from './functions.ts';
import { looksAtLimits } from './looks.ts';
import { leaveLateUsage } from './preparation.ts';
import { producers, type Way } from './producers.ts';
import { earlySettles, isSwept, midnight, sampledSweep } from './settling.ts';
import { type BatchSettings, LARGEST_BATCH, type StreamBatch, usageStream } from './stream.ts';
import { MONTH_SECONDS, traffic, type Workload } from './traffic.ts';
import { ingestWorker, postEvents } from './workers.ts';
import { BEGIN, makeWorld } from './world.ts';

/** The worker of a shard dies so often, or is replaced by Lambda, and its successor begins with an empty memory. */
export const CRASH_EVERY_SECONDS = 3 * 3_600;
/** Before a sample each account is seen once within so many seconds, so that the workers know of each that it has a limit. */
const PRELUDE_SECONDS = 60;

/** What is sampled of a month. */
export type SampleOptions = {
  readonly workload: Workload;
  readonly way: Way;
  readonly windowSeconds: number;
  readonly shards: number;
  /** Simulated before anything is counted, so that the workers are warm. */
  readonly warmSeconds: number;
  /** Simulated and counted. */
  readonly seconds: number;
  /** Simulated after the worker of one shard has died, to see what that costs. */
  readonly crashSeconds: number;
  /** Seconds between sweeps, as configured. */
  readonly sweepSeconds: number;
  /** Processor seconds that the simulation may take; what is too slow here is counted over a shorter time. */
  readonly patienceSeconds: number;
  /** A sweep looks at one in so many of the smaller accounts. */
  readonly sweepOneIn: number;
  /** Of so many batches one is delivered twice, the worker being alive. */
  readonly redeliverOneIn: number;
};

/** A month as the sample shows it. */
export type MonthSample = {
  readonly options: SampleOptions;
  /** Everything that is counted, for a month. */
  readonly counted: Counted;
  readonly events: number;
  /** What the death of one worker costs, until its successor is as warm. */
  readonly crashDollars: number;
  readonly facts: {
    /** How long was counted, in simulated seconds. */
    readonly seconds: number;
    /** Lines taken in the counted time. */
    readonly events: number;
    readonly accepted: number;
    readonly duplicates: number;
    readonly quarantined: number;
    readonly spilled: number;
    readonly batches: number;
    /** Bytes that an accepted event leaves in the ledger's table and in the archive, compressed. */
    readonly ledgerBytes: number;
    readonly archiveBytes: number;
    readonly metrics: number;
    /** Read units of a balance: of an account in the middle, in the middle of the month. */
    readonly balanceReads: number;
    /** Units that settling a day for good takes, at once. */
    readonly midnight: { readonly writes: number; readonly reads: number };
    readonly largestAppend: number;
    readonly rssMegabytes: number;
  };
};

/** A simulated stretch: what was counted, how many events were sent in it, and how many came out of the stream. */
type Stretch = { readonly counted: Counted; readonly seconds: number; readonly sent: number; readonly done: number };

/** Units that a sweep took of the tables of usage. */
const unitsOf = (sweep: Counted, kind: 'write' | 'read'): number =>
  total(sweep, `dynamodb.${kind}`, (cause) => cause === 'settle sweeps');

/** What is counted as events are sent; all else as they come out of the stream, a batch later. */
const WHEN_SENT: ReadonlySet<string> = new Set(['stream', 'POST /v1/events', FUNCTIONS.eventsApi.name]);

/** What a stretch would have cost with so many events sent and so many taken. */
const scaled = ({ counted, sent, done }: Stretch, sentEvents: number, doneEvents: number): Counted =>
  Object.fromEntries(
    Object.entries(counted).map(([line, byCause]) => [
      line,
      Object.fromEntries(
        Object.entries(byCause).map(([cause, quantity]) => [
          cause,
          quantity * (WHEN_SENT.has(cause) ? sentEvents / sent : doneEvents / done),
        ]),
      ),
    ]),
  );

/** Seconds between two batches of a shard: a dry run of the producers and the stream alone. */
const batchSeconds = (options: SampleOptions, settings: BatchSettings): number => {
  const stream = usageStream(options.shards, settings, usageCounter());
  const source = traffic(options.workload);
  // By HTTP each request is packed by account as the emitter does within a second.
  const send = producers(options.way === 'http' ? 'packed' : options.way);
  const seconds = Math.max(60, 2 * options.windowSeconds);
  let batches = 0;
  for (let second = 0; second < seconds; second += 1) {
    const at = BEGIN + second * 1000;
    batches += stream.put(send(source.second(at, false)).records, at).length + stream.due(at).length;
  }
  return Math.max(1, Math.min(options.windowSeconds, (seconds * options.shards) / Math.max(1, batches)));
};

/** Runs a sample and scales it to a month. Once per process, since the process is the workers'. */
export const sampleMonth = async (options: SampleOptions): Promise<MonthSample> => {
  const { workload, way, shards, warmSeconds, sweepOneIn } = options;
  const settings: BatchSettings = { windowSeconds: options.windowSeconds, ...LARGEST_BATCH };
  const arrived: PutRecord[] = [];
  const world = await makeWorld(workload, batchSeconds(options, settings), (records) => arrived.push(...records));
  const { usage, time, aws, lambda, history, share } = world;
  const stream = usageStream(shards, settings, usage);
  const source = traffic(workload);
  const send = producers(way);
  const random = chance(workload.seed + 2);
  const newWorker = () => ingestWorker(usage, { settlesEarly: false });
  const workers = Array.from({ length: shards }, newWorker);
  const facts = { accepted: 0, duplicates: 0, quarantined: 0, spilled: 0, batches: 0, largestAppend: 0, events: 0 };

  const ingest = async ({ shard, event }: StreamBatch): Promise<number> => {
    const worker = workers[shard];
    if (worker === undefined) throw new RangeError(`there is no shard ${shard}`);
    const { result } = await lambda.call(FUNCTIONS.ingest, () => worker(event));
    facts.accepted += result.accepted;
    facts.duplicates += result.duplicate;
    facts.spilled += result.spilled;
    facts.batches += 1;
    facts.quarantined += Object.values(result.quarantined).reduce((sum, count) => sum + count, 0);
    facts.largestAppend = Math.max(facts.largestAppend, result.largestAppend);
    return result.received;
  };
  let crashes = false;
  const deliver = async (batch: StreamBatch): Promise<void> => {
    time.set(batch.at);
    facts.events += await ingest(batch);
    const again = crashes || random.happens(1 / options.redeliverOneIn);
    // The next worker knows nothing.
    if (crashes) workers[batch.shard] = newWorker();
    crashes = false;
    if (again) await ingest(batch);
  };
  const sweeps: Counted[] = [];
  const sweepOffset = 1;
  let sweeping = false;
  let clock = 0;
  /**
   * Simulates a stretch, with a sweep at its end at the latest if there are to be any; answers what was counted in it but for
   * sweeps. It ends early when it has taken its share of the patience, and in no case before every shard has had a batch.
   */
  const simulate = async (seconds: number, share: number): Promise<Stretch> => {
    const [began, from, cpu, batches, events] = [
      usage.counted(),
      clock,
      process.cpuUsage(),
      facts.batches,
      facts.events,
    ];
    const isTooSlow = (): boolean => {
      const { user, system } = process.cpuUsage(cpu);
      return (user + system) / 1e6 > options.patienceSeconds * share;
    };
    let swept: Counted = {};
    let sentEvents = 0;
    for (let isLast = seconds === 0; !isLast; clock += 1) {
      const second = clock;
      const at = BEGIN + (second + 1) * 1000;
      const sent = source.second(at - 1000, true);
      sentEvents += sent.length;
      for (const { known } of sent) if (known) history.plant(known);
      const { records, requests } = send(sent);
      for (const request of requests) {
        time.set(at);
        usage.add('apigateway.request', 1, 'POST /v1/events');
        await lambda.call(FUNCTIONS.eventsApi, () => postEvents(request.map(({ line }) => line)));
      }
      for (const batch of [...stream.put([...records, ...arrived.splice(0)], at), ...stream.due(at)])
        await deliver(batch);
      isLast = (second + 1 >= from + seconds || isTooSlow()) && facts.batches - batches >= shards;
      if ((second + 1) % options.sweepSeconds !== 0 && !isLast) continue;
      if (!sweeping) continue;
      time.set(at);
      const before = usage.counted();
      sweeps.push(await sampledSweep(world, sweepOneIn, sweepOffset + sweeps.length));
      swept = plus(swept, since(before, usage.counted()));
    }
    const counted = plus(since(began, usage.counted()), times(swept, -1));
    return { counted, seconds: clock - from, sent: sentEvents, done: facts.events - events };
  };

  /** Each account once. */
  const prelude = async (): Promise<void> => {
    const ranks = random.shuffle(Array.from({ length: workload.accounts }, (_, rank) => rank));
    const pack = producers('packed');
    for (; clock < PRELUDE_SECONDS; clock += 1) {
      const at = BEGIN + (clock + 1) * 1000;
      const own = ranks.filter((_, n) => Math.floor((n * PRELUDE_SECONDS) / ranks.length) === clock);
      const sent = own.map((rank) => source.visit(rank, at - 1000));
      for (const batch of [...stream.put(pack(sent).records, at), ...stream.due(at)]) await deliver(batch);
    }
  };

  const midnights = await midnight(world, sweepOneIn);
  const early = await earlySettles(world, sweepOneIn);
  const looks = await looksAtLimits(world, sweepOneIn, CRASH_EVERY_SECONDS);
  const settled = plus(times(midnights, NIGHTS), early, looks.month);
  // Looks at limits are counted, also those of a worker that knows nothing: in the sample they see nothing.
  world.blind();
  await prelude();
  await simulate(warmSeconds, 0.3);
  sweeping = true;
  const isLookedAt = (rank: number): boolean => isSwept(rank, sweepOneIn, sweepOffset);
  const now = BEGIN + clock * 1000;
  // What comes until the next sweep is simulated.
  const untilSweep = Math.min(options.seconds, options.sweepSeconds - (clock % options.sweepSeconds));
  const unsettledSeconds = options.sweepSeconds - untilSweep;
  leaveLateUsage({ aws, history, now, random, isSwept: isLookedAt, unsettledSeconds }, workload, share);
  const sizes = () => [aws.tables('ledger').size().bytes, aws.objects.bytes('/archive/')] as const;
  const [ledgerBefore, archiveBefore] = sizes();
  Object.assign(facts, {
    accepted: 0,
    duplicates: 0,
    quarantined: 0,
    spilled: 0,
    batches: 0,
    largestAppend: 0,
    events: 0,
  });
  const steady = await simulate(options.seconds, 0.5);
  const [ledgerAfter, archiveAfter] = sizes();
  const counts = { ...facts };
  const sweepsSoFar = sweeps.length;
  crashes = true;
  const afterCrash = await simulate(options.crashSeconds, 0.2);
  // The sweep after the crash is one of its own.
  sweeps.length = sweepsSoFar;
  const crash = plus(afterCrash.counted, times(scaled(steady, afterCrash.sent, afterCrash.done), -1));
  const events = (steady.sent / steady.seconds) * MONTH_SECONDS;
  const sweepsOfMonth = MONTH_SECONDS / options.sweepSeconds;
  const month = plus(
    scaled(steady, events, events),
    times(plus(...sweeps), sweepsOfMonth / sweeps.length),
    settled,
    times(crash, (MONTH_SECONDS / CRASH_EVERY_SECONDS) * shards),
  );
  return {
    options,
    counted: month,
    events,
    crashDollars: billTotal(crash),
    facts: {
      ...counts,
      seconds: steady.seconds,
      ledgerBytes: (ledgerAfter - ledgerBefore) / counts.accepted,
      archiveBytes: (archiveAfter - archiveBefore) / counts.accepted,
      metrics: lambda.metrics(),
      balanceReads: looks.medianReads,
      midnight: { writes: unitsOf(midnights, 'write'), reads: unitsOf(midnights, 'read') },
      rssMegabytes: process.memoryUsage.rss() / 1024 ** 2,
    },
  };
};
