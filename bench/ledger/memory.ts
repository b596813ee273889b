import { fork } from 'node:child_process';
import path from 'node:path';
import { countedAws } from './counted-aws/endpoint.ts';
import { usageCounter } from './counted-aws/usage-counter.ts';
import { virtualTime } from './counted-aws/virtual-time.ts';
import { FUNCTIONS, prepareProcess } from './functions.ts';
import { lambdaService } from './lambda.ts';
import { publishEntries } from './preparation.ts';
import { referenceCatalog } from './reference-catalog.ts';
import type { StreamBatch } from './stream.ts';
import { MONTHS, traffic } from './traffic.ts';
import { ingestWorker } from './workers.ts';
import { BEGIN } from './world.ts';

/** Memory of a consumer's process after so many ids, with everything in it: also AWS in memory, which keeps little here. */
export type MemoryStep = { readonly ids: number; readonly rssMegabytes: number; readonly heapMegabytes: number };

/** The batches of another process, one at a time. */
const batchesOf = (file: string) => {
  const child = fork(path.join(import.meta.dirname, file));
  const next = (): Promise<StreamBatch> =>
    new Promise((resolve, reject) => {
      const failed = (code: number | null): void => reject(new Error(`${file} ended with ${code}`));
      child.once('exit', failed);
      child.once('message', (batch) => {
        child.off('exit', failed);
        resolve(batch as StreamBatch);
      });
      child.send('next');
    });
  return { next, end: () => child.disconnect() };
};

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
  publishEntries(aws, referenceCatalog(MONTHS.large, traffic(MONTHS.large).share));
  const worker = ingestWorker(usage);
  const source = batchesOf('memory-source.ts');
  const steps: MemoryStep[] = [];
  for (let ids = 0; ids < most; ) {
    const batch = await source.next();
    time.set(batch.at);
    const { result } = await lambda.call(FUNCTIONS.ingest, () => worker(batch.event));
    ids += result.accepted;
    aws.objects.stored.clear();
    if (ids < (steps.length + 1) * (most / 5)) continue;
    const { rss, heapUsed } = process.memoryUsage();
    steps.push({ ids, rssMegabytes: rss / 1024 ** 2, heapMegabytes: heapUsed / 1024 ** 2 });
  }
  source.end();
  return steps;
};
