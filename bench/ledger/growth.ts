import { causeWatcher } from './causes.ts';
import { countedAws } from './counted-aws/endpoint.ts';
import { type Counted, since } from './counted-aws/usage.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { virtualTime } from './counted-aws/virtual-time.ts';
import { wireItem } from './counted-aws/wire.ts';
import { FUNCTIONS, prepareProcess } from './functions.ts';
import { lambdaService } from './lambda.ts';
import { producers } from './producers.ts';
import { referenceCatalog } from './reference-catalog.ts';
import { LARGEST_BATCH, usageStream } from './stream.ts';
import { FAULTS, traffic, type Workload } from './traffic.ts';
import { ingestWorker, settle, walk } from './workers.ts';
import { BEGIN } from './world.ts';

/** Always as fast, always as many accounts: only the ledger grows. Late events are at most a day late. */
export const GROWTH: Workload = { ...FAULTS, eventsPerSecond: 100, accounts: 200, duplicatesDaysLater: 0, lateDays: 0 };
const WINDOW_SECONDS = 10;
const SWEEP_SECONDS = 900;

/** What it costs to go from one power of ten to the next. */
export type Stretch = {
  /** Events at its end. */
  readonly events: number;
  /** Events and counts of the stretch alone. */
  readonly taken: number;
  readonly counted: Counted;
  /** Milliseconds of processor time of the functions. */
  readonly processor: number;
  /** Bytes in the tables at its end, and memory of the process with them. */
  readonly stored: number;
  readonly rssMegabytes: number;
};

/** A ledger that grew, and the walk over all of it in the night after. */
export type Growth = {
  readonly stretches: readonly Stretch[];
  readonly walk: {
    readonly events: number;
    readonly counted: Counted;
    /** Bytes that the walk leaves in the data bucket and among the proofs. */
    readonly bytes: number;
  };
};

const DAY_MILLIS = 86_400_000;

/** Fills one ledger from nothing to `most` events. Once per process. */
export const grow = async (most: number): Promise<Growth> => {
  const time = virtualTime(BEGIN);
  prepareProcess(time);
  const usage = usageCounter();
  const aws = countedAws({ usage, time, watch: causeWatcher(time.now) });
  const lambda = lambdaService(usage, time, aws);
  const source = traffic(GROWTH);
  for (const entry of referenceCatalog(GROWTH, source.share)) {
    const key = { pk: entry.kind, sk: `${entry.id}#00000001` };
    aws.tables('catalog').put(key.pk, key.sk, wireItem({ ...key, entry }));
  }
  const stream = usageStream(1, { windowSeconds: WINDOW_SECONDS, ...LARGEST_BATCH }, usage);
  const send = producers('packed');
  const worker = ingestWorker(usage);
  const stretches: Stretch[] = [];
  let [events, taken, processor, accepted] = [0, 0, 0, 0];
  let before = usage.counted();
  for (let second = 0; events < most; second += 1) {
    const at = BEGIN + (second + 1) * 1000;
    const sent = source.second(at - 1000, true);
    events += sent.length;
    taken += sent.length;
    for (const batch of [...stream.put(send(sent).records, at), ...stream.due(at)]) {
      time.set(batch.at);
      const call = await lambda.call(FUNCTIONS.ingest, () => worker(batch.event));
      processor += call.processor;
      accepted += call.result.accepted;
    }
    if ((second + 1) % SWEEP_SECONDS === 0) {
      time.set(at);
      processor += (await lambda.call(FUNCTIONS.settle, settle)).processor;
    }
    if (events < 10 ** (4 + stretches.length)) continue;
    const now = usage.counted();
    stretches.push({
      events: 10 ** (4 + stretches.length),
      taken,
      counted: since(before, now),
      processor,
      stored: aws.tables('ledger').size().bytes + aws.tables('projection').size().bytes,
      rssMegabytes: process.memoryUsage.rss() / 1024 ** 2,
    });
    [before, taken, processor] = [now, 0, 0];
  }
  // The night after: the days are settled for good, then walked.
  const night = Math.ceil(time.nowMillis() / DAY_MILLIS) * DAY_MILLIS;
  time.set(night + 3_600_000);
  await lambda.call(FUNCTIONS.settle, settle);
  time.set(night + 7_200_000);
  const beforeWalk = usage.counted();
  const sizes = () => aws.objects.bytes('/data/') + aws.objects.bytes('/proofs/');
  const kept = sizes();
  await lambda.call(FUNCTIONS.walk, walk);
  const counted = since(beforeWalk, usage.counted());
  return { stretches, walk: { events: accepted, counted, bytes: sizes() - kept } };
};
