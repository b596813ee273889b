import { billTotal } from './bill.ts';
import { chance } from './chance.ts';
import type { PutRecord } from './counted-aws/services.ts';
import { type Counted, plus, since, times } from './counted-aws/usage.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { FUNCTIONS } from './functions.ts';
import { markDays } from './preparation.ts';
import { producers, type Way } from './producers.ts';
import { midnight, sampledSweep } from './settling.ts';
import { type BatchSettings, LARGEST_BATCH, type StreamBatch, usageStream } from './stream.ts';
import { MONTH_SECONDS, traffic, type Workload } from './traffic.ts';
import { ingestWorker, postEvents } from './workers.ts';
import { BEGIN, makeWorld } from './world.ts';

/** The worker of a shard dies so often, or is replaced by Lambda, and its successor begins with an empty memory. */
export const CRASH_EVERY_SECONDS = 3 * 3_600;
const DAY_SECONDS = 86_400;

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
    /** Lines sent in the counted time. */
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
    readonly largestAppend: number;
    readonly rssMegabytes: number;
  };
};

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
  const workers = Array.from({ length: shards }, () => ingestWorker(usage));
  const facts = { accepted: 0, duplicates: 0, quarantined: 0, spilled: 0, batches: 0, largestAppend: 0 };
  let events = 0;

  const ingest = async ({ shard, event }: StreamBatch): Promise<void> => {
    const worker = workers[shard];
    if (worker === undefined) throw new RangeError(`there is no shard ${shard}`);
    const { result } = await lambda.call(FUNCTIONS.ingest, () => worker(event));
    facts.accepted += result.accepted;
    facts.duplicates += result.duplicate;
    facts.spilled += result.spilled;
    facts.batches += 1;
    facts.quarantined += Object.values(result.quarantined).reduce((sum, count) => sum + count, 0);
    facts.largestAppend = Math.max(facts.largestAppend, result.largestAppend);
  };
  let crashes = false;
  const deliver = async (batch: StreamBatch): Promise<void> => {
    time.set(batch.at);
    await ingest(batch);
    const again = crashes || random.happens(1 / options.redeliverOneIn);
    // The next worker knows nothing.
    if (crashes) workers[batch.shard] = ingestWorker(usage);
    crashes = false;
    if (again) await ingest(batch);
  };
  const sweeps: Counted[] = [];
  /** Simulates a stretch, with a sweep at its end at the latest; answers what was counted in it but for sweeps. */
  const simulate = async (from: number, seconds: number): Promise<Counted> => {
    const began = usage.counted();
    let swept: Counted = {};
    for (let second = from; second < from + seconds; second += 1) {
      const at = BEGIN + (second + 1) * 1000;
      const sent = source.second(at - 1000, true);
      events += sent.length;
      for (const { known } of sent) if (known) history.plant(known);
      const { records, requests } = send(sent);
      for (const request of requests) {
        time.set(at);
        usage.add('apigateway.request', 1, 'POST /v1/events');
        await lambda.call(FUNCTIONS.eventsApi, () => postEvents(request.map(({ line }) => line)));
      }
      for (const batch of [...stream.put([...records, ...arrived.splice(0)], at), ...stream.due(at)])
        await deliver(batch);
      const isLast = second + 1 === from + seconds;
      if ((second + 1) % options.sweepSeconds !== 0 && !isLast) continue;
      time.set(at);
      const before = usage.counted();
      sweeps.push(await sampledSweep(world, sweepOneIn, second));
      swept = plus(swept, since(before, usage.counted()));
    }
    return plus(since(began, usage.counted()), times(swept, -1));
  };

  const settled = await midnight(world, sweepOneIn);
  await markDays({ usage, time, begin: BEGIN, random }, workload, share);
  await simulate(0, warmSeconds);
  sweeps.length = 0;
  const sizes = () => [aws.tables('ledger').size().bytes, aws.objects.bytes('/archive/')] as const;
  const [ledgerBefore, archiveBefore] = sizes();
  Object.assign(facts, { accepted: 0, duplicates: 0, quarantined: 0, spilled: 0, batches: 0, largestAppend: 0 });
  events = 0;
  const steady = await simulate(warmSeconds, options.seconds);
  const [ledgerAfter, archiveAfter] = sizes();
  const counts = { ...facts, events };
  const sweepsSoFar = sweeps.length;
  crashes = true;
  const afterCrash = await simulate(warmSeconds + options.seconds, options.crashSeconds);
  // The sweep after the crash is one of its own.
  sweeps.length = sweepsSoFar;
  const crash = plus(afterCrash, times(steady, -options.crashSeconds / options.seconds));
  const factor = MONTH_SECONDS / options.seconds;
  const sweepsOfMonth = MONTH_SECONDS / options.sweepSeconds;
  const month = plus(
    times(steady, factor),
    times(plus(...sweeps), sweepsOfMonth / sweeps.length),
    times(settled, MONTH_SECONDS / DAY_SECONDS),
    times(crash, (MONTH_SECONDS / CRASH_EVERY_SECONDS) * shards),
  );
  return {
    options,
    counted: month,
    events: counts.events * factor,
    crashDollars: billTotal(crash),
    facts: {
      ...counts,
      ledgerBytes: (ledgerAfter - ledgerBefore) / counts.accepted,
      archiveBytes: (archiveAfter - archiveBefore) / counts.accepted,
      metrics: lambda.metrics(),
      rssMegabytes: process.memoryUsage.rss() / 1024 ** 2,
    },
  };
};
