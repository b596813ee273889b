import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { mapBounded } from '../../lambdas/platform/bounded.ts';
import type { ContestResult } from './contest.ts';
import type { Stretch } from './growth.ts';
import type { Job } from './job.ts';
import type { MemoryStep } from './memory.ts';
import type { MonthSample } from './sample.ts';

/** What each kind of job answers. */
export type Results = {
  readonly month: MonthSample;
  readonly contestant: ContestResult;
  readonly growth: readonly Stretch[];
  readonly memory: readonly MemoryStep[];
};

/** A consumer's heap may have so many megabytes in the job that looks at its memory. */
const HEAP_MEGABYTES = 384;

const run = <K extends Job['kind']>(job: Extract<Job, { kind: K }>): Promise<Results[K]> =>
  new Promise((resolve, reject) => {
    const execArgv = job.kind === 'memory' ? [`--max-old-space-size=${HEAP_MEGABYTES}`] : [];
    const child = fork(path.join(import.meta.dirname, 'job.ts'), [JSON.stringify(job)], { execArgv });
    let result: Results[K] | undefined;
    child.on('message', (message) => {
      result = message as Results[K];
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result === undefined) reject(new Error(`a ${job.kind} job ended with ${code} and without a result`));
      else resolve(result);
    });
  });

/** Runs jobs of one kind, as many at a time as the machine has processors. Results are in the order of the jobs. */
export const runJobs = <K extends Job['kind']>(jobs: readonly Extract<Job, { kind: K }>[]): Promise<Results[K][]> =>
  mapBounded(jobs, Math.max(1, availableParallelism()), (job) => run<K>(job));
