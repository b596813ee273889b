import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { JobFunction } from './job-function.ts';
import { type Job, type JobKind, type JobRecord, type Jobs, jobAt, jobIdOf, type NewJobs } from './jobs.ts';

/** What starting jobs needs. `functions`: which function runs a kind of job. */
export type StartPorts = {
  readonly jobs: NewJobs;
  readonly functions: Readonly<Record<JobKind, JobFunction>>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next'>;
};

const functionOf = (functions: StartPorts['functions'], kind: JobKind): JobFunction => {
  const run = functions[kind];
  if (run === undefined) throw new Error(`no function runs ${kind}`);
  return run;
};

/**
 * Starts a job: keeps it as `waiting`, with its entry in the audit log, then calls its function.
 * @throws what the call throws; the job is failed then.
 */
export const startJob = async (
  { jobs, functions, clock, ids }: StartPorts,
  { kind, params, startedBy }: Pick<Job, 'kind' | 'params' | 'startedBy'>,
): Promise<Job> => {
  const run = functionOf(functions, kind);
  const now = clock.now();
  const record = {
    jobId: jobIdOf(clock, ids.next()),
    kind,
    state: 'waiting' as const,
    startedBy,
    startedAt: now,
    params,
    revision: 1,
    aliveAt: now,
  };
  await jobs.create(record);
  try {
    await run({ jobId: record.jobId });
  } catch (error) {
    const message = 'its function could not be called: ask for it again';
    await jobs.save({ ...record, state: 'failed', message, endedAt: clock.now(), revision: 2 });
    throw error;
  }
  return jobAt(record, clock.nowMillis());
};

/**
 * Calls the function of a failed job once more; it goes on where its last run wrote that it was.
 * @throws {ProblemError} 404 or 409 if there is no such job, or none that failed.
 */
export const resumeJob = async (
  { jobs, functions, clock }: Omit<StartPorts, 'jobs' | 'ids'> & { readonly jobs: Jobs & NewJobs },
  jobId: string,
  by: string,
): Promise<Job> => {
  const record = await jobs.get(jobId);
  if (record === undefined) throw new ProblemError(404, 'NO_SUCH_JOB', `there is no job ${jobId}`);
  const stands = jobAt(record, clock.nowMillis());
  if (stands.state !== 'failed') {
    throw new ProblemError(409, 'JOB_NOT_FAILED', `${jobId} is ${stands.state}: only a failed job is resumed`);
  }
  const { message: _, endedAt: __, ...rest } = record;
  const waiting: JobRecord = { ...rest, state: 'waiting', revision: record.revision + 1, aliveAt: clock.now() };
  if (!(await jobs.resume(waiting, by))) {
    throw new ProblemError(409, 'JOB_NOT_FAILED', `${jobId} has gone on meanwhile: look at it again`);
  }
  await functionOf(functions, record.kind)({ jobId });
  return jobAt(waiting, clock.nowMillis());
};
