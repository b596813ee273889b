import { prod } from '../../lib/config/prod.ts';
import { causeWatcher } from './causes.ts';
import { countedAws } from './counted-aws/endpoint.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { virtualTime } from './counted-aws/virtual-time.ts';
import { FUNCTIONS, prepareProcess } from './functions.ts';
import { lambdaService } from './lambda.ts';
import { publishEntries } from './preparation.ts';
import { producers } from './producers.ts';
import { referenceCatalog } from './reference-catalog.ts';
import { LARGEST_BATCH, usageStream } from './stream.ts';
import { DAY_SECONDS, traffic, type Workload } from './traffic.ts';
import { ingestWorker, settle, walk } from './workers.ts';
import { BEGIN } from './world.ts';

const SWEEP_SECONDS = prod.ingest.settleSweepMinutes * 60;
/** Milliseconds into the day at which the nightly walk begins. */
const WALK_MILLIS = prod.ledger.walkHour * 3_600_000;

/** What went into the ledger so far. */
export type Filled = { readonly events: number; readonly accepted: number; readonly processor: number };

/** A ledger with nothing in it, which is filled at a steady rate. Once per process. */
export const emptyLedger = (workload: Workload, windowSeconds: number) => {
  const time = virtualTime(BEGIN);
  prepareProcess(time);
  const usage = usageCounter();
  const aws = countedAws({ usage, time, watch: causeWatcher(time.now) });
  const lambda = lambdaService(usage, time, aws);
  const source = traffic(workload);
  publishEntries(aws, referenceCatalog(workload, source.share));
  const stream = usageStream(1, { windowSeconds, ...LARGEST_BATCH }, usage);
  const send = producers('packed');
  const worker = ingestWorker(usage);

  /** Second by second, up to so many events; what went in is told after each. `processor`: milliseconds of the functions. */
  async function* fill(most: number): AsyncGenerator<Filled> {
    let [events, accepted, processor] = [0, 0, 0];
    for (let second = 0; events < most; second += 1) {
      const at = BEGIN + (second + 1) * 1000;
      const sent = source.second(at - 1000, true);
      events += sent.length;
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
      if (at % (DAY_SECONDS * 1000) === WALK_MILLIS) {
        time.set(at);
        processor += (await lambda.call(FUNCTIONS.walk, walk)).processor;
      }
      yield { events, accepted, processor };
    }
  }
  return { time, usage, aws, lambda, fill };
};
