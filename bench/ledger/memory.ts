import { countedAws } from './counted-aws/endpoint.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { virtualTime } from './counted-aws/virtual-time.ts';
import { wireItem } from './counted-aws/wire.ts';
import { FUNCTIONS, prepareProcess } from './functions.ts';
import { lambdaService } from './lambda.ts';
import { producers } from './producers.ts';
import { referenceCatalog } from './reference-catalog.ts';
import { LARGEST_BATCH, usageStream } from './stream.ts';
import { MONTHS, traffic } from './traffic.ts';
import { ingestWorker } from './workers.ts';
import { BEGIN } from './world.ts';

/** The month's stream has so many shards; the consumer of one of them is looked at. */
const SHARDS = 2;

/** Memory of a consumer's process after so many ids, everything in it, the benchmark's own too. */
export type MemoryStep = { readonly ids: number; readonly rssMegabytes: number; readonly heapMegabytes: number };

/**
 * One consumer takes the large month's events until it has seen `most` ids. The ledger keeps nothing here, so what is left
 * in the process is the consumer's own. Once per process.
 */
export const remember = async (most: number): Promise<MemoryStep[]> => {
  const time = virtualTime(BEGIN);
  prepareProcess(time);
  const usage = usageCounter();
  const aws = countedAws({ usage, time, forgetful: (table) => table === 'ledger' });
  const lambda = lambdaService(usage, time, aws);
  const workload = { ...MONTHS.large, duplicates: 0 };
  const source = traffic(workload);
  for (const entry of referenceCatalog(workload, source.share)) {
    const key = { pk: entry.kind, sk: `${entry.id}#00000001` };
    aws.tables('catalog').put(key.pk, key.sk, wireItem({ ...key, entry }));
  }
  const stream = usageStream(SHARDS, { windowSeconds: 60, ...LARGEST_BATCH }, usage);
  const send = producers('packed');
  const worker = ingestWorker(usage);
  const steps: MemoryStep[] = [];
  let ids = 0;
  for (let second = 0; ids < most; second += 1) {
    const at = BEGIN + (second + 1) * 1000;
    for (const batch of [...stream.put(send(source.second(at - 1000, false)).records, at), ...stream.due(at)]) {
      if (batch.shard !== 0) continue;
      time.set(batch.at);
      const { result } = await lambda.call(FUNCTIONS.ingest, () => worker(batch.event));
      ids += result.accepted;
      aws.objects.stored.clear();
      if (ids < (steps.length + 1) * (most / 5)) continue;
      const { rss, heapUsed } = process.memoryUsage();
      steps.push({ ids, rssMegabytes: rss / 1024 ** 2, heapMegabytes: heapUsed / 1024 ** 2 });
    }
  }
  return steps;
};
