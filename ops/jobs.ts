import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import { nowMillis } from './clock.ts';
import { age, grouped } from './print.ts';
import type { Shower } from './shower.ts';

/** Long work that the API does on its own, and how it stands. */
export type Job<Result = Readonly<Record<string, unknown>>> = {
  readonly jobId: string;
  readonly kind: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly progress?: { readonly done: number; readonly of?: number; readonly unit: string };
  readonly result?: Result;
  readonly message?: string;
};

/** How far a job is, in words, e.g. `12 of 31 days`. */
export const progressOf = ({ progress }: Job<unknown>): string => {
  if (progress === undefined) return '';
  const { done, of, unit } = progress;
  return of === undefined ? `${grouped(done)} ${unit}` : `${grouped(done)} of ${grouped(of)} ${unit}`;
};

/** One line about how a job stands, e.g. `ledger.rebuild: 12 of 31 days, 40 s`. */
export const statusLine = (job: Job<unknown>, sinceMillis: number): string => {
  const parts = [progressOf(job) || job.state, age(sinceMillis / 1000)];
  return `${job.kind}: ${parts.join(', ')}`;
};

const SILENT: Shower = { line: () => undefined, end: () => undefined };

/** Between two looks at a job: often at first, then less. */
const LOOK_MILLIS = 300;
const LONGEST_LOOK_MILLIS = 3_000;

/**
 * Waits for a job and tells `show` how far it is. Answers its result; leaving with Ctrl-C leaves the job running.
 * @throws {Error} with the job's own words if it failed.
 */
export const waitForJob = async <Result>(
  api: ApiClient,
  started: Job<Result>,
  show: Shower = SILENT,
): Promise<Result> => {
  const begun = nowMillis();
  let job = started;
  try {
    for (let look = LOOK_MILLIS; job.state === 'waiting' || job.state === 'running'; look *= 1.2) {
      show.line(statusLine(job, nowMillis() - begun));
      await pause(Math.min(look, LONGEST_LOOK_MILLIS));
      job = await api.get<Job<Result>>(`/jobs/${job.jobId}`);
    }
  } finally {
    show.end();
  }
  if (job.state === 'failed' || job.result === undefined) throw new Error(`${job.jobId} failed: ${job.message}`);
  return job.result;
};
