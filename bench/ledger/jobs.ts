import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { mapBounded } from '../../lambdas/platform/bounded.ts';
import { spoken } from '../../scripts/clock.mjs';
import type { ContestResult } from './contest.ts';
import type { Stretch } from './growth.ts';
import type { Job } from './job.ts';
import type { MemoryStep } from './memory.ts';
import type { Walk } from './nightly.ts';
import type { MonthSample } from './sample.ts';

/** What each kind of job answers. */
export type Results = {
  readonly month: MonthSample;
  readonly contestant: ContestResult;
  readonly growth: readonly Stretch[];
  readonly walk: Walk;
  readonly memory: readonly MemoryStep[];
};

/** What V8 may have, in megabytes: a consumer whose memory is looked at (without a limit garbage lies), and a simulation. */
const CONSUMER = ['--max-old-space-size=320', '--max-semi-space-size=16'];
const SIMULATION = ['--max-old-space-size=3072'];

const run = <K extends Job['kind']>(job: Extract<Job, { kind: K }>): Promise<Results[K]> =>
  new Promise((resolve, reject) => {
    const execArgv = job.kind === 'memory' ? CONSUMER : SIMULATION;
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

const nameOf = (job: Job): string => {
  if (job.kind === 'contestant') return job.name;
  if (job.kind !== 'month') return job.kind;
  const { workload, way, windowSeconds } = job.options;
  return `${workload.eventsPerSecond} events a second, ${windowSeconds} s, ${way}`;
};

/**
 * Runs jobs of one kind, as many at a time as the machine has processors, and tells of each when it is done. Results are in
 * the order of the jobs.
 */
export const runJobs = <K extends Job['kind']>(jobs: readonly Extract<Job, { kind: K }>[]): Promise<Results[K][]> =>
  mapBounded(jobs, Math.max(1, availableParallelism()), async (job) => {
    const began = performance.now();
    const result = await run<K>(job);
    process.stdout.write(`  measured: ${nameOf(job)} (${spoken(performance.now() - began)})\n`);
    return result;
  });
