import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Clock } from '../../platform/clock.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { JobFunction } from './job-function.ts';
import type { Job, JobDetails, JobProgress, JobRecord, Jobs } from './jobs.ts';

/** A run of a job as its work sees it. */
export type JobRun = {
  readonly job: Job;
  /** Where the run before said that it was; `undefined` in the first one. JSON, as it was saved. */
  readonly cursor: unknown;
  /**
   * Says how far the work is, and where another run would go on. What the cursor counts as done must be done.
   * @throws {LostJob} if another run has taken the job over.
   */
  save(progress: JobProgress, cursor: unknown): Promise<void>;
  /** Whether it is time to save and answer `later`. */
  isTimeUp(): boolean;
};

/** The work of a job: its result, or `later` if there is more to do from the saved cursor on. */
export type JobWork = (run: JobRun) => Promise<JobDetails | 'later'>;

/** What running a job needs. */
export type RunPorts = { readonly jobs: Pick<Jobs, 'get' | 'save'>; readonly clock: Clock };

/** Another run of the same job is at it: this one must stop. */
export class LostJob extends Error {
  override readonly name = 'LostJob';
}

/** A run ends so long before its function's time does: what is under way must still be finished and saved. */
const MARGIN_MILLIS = 2 * 60_000;

/** Why a job failed, as people are told: a problem in its own words, anything else as what its log tells. */
const messageOf = (error: unknown): string =>
  error instanceof ProblemError ? error.problem.detail : 'it failed unforeseen; its log says why';

/**
 * Runs a job, or goes on with it, and keeps how it stands. A call is at least once: a second run of a job that is done
 * does nothing, and of two runs at once the one that began later goes on. A problem (`ProblemError`) ends the job.
 * @param remainingMillis how long the function may still run
 * @param again calls the function once more, for work that does not fit into one run
 * @throws any other error of the work, so that the platform counts it and tries again: from the cursor on.
 */
export const runJob = async (
  { jobs, clock }: RunPorts,
  jobId: string,
  remainingMillis: number,
  work: JobWork,
  again: JobFunction = () => Promise.reject(new Error('this job does not fit into one run')),
): Promise<Job> => {
  const deadline = clock.nowMillis() + remainingMillis - MARGIN_MILLIS;
  const found = await jobs.get(jobId);
  if (found === undefined) throw new Error(`there is no job ${jobId}`);
  if (found.state === 'done') return found;

  let record = found;
  // A write whose answer was lost is found there by the client's own second try: it is no other run's.
  const isThere = async (written: JobRecord): Promise<boolean> =>
    canonicalJson(await jobs.get(jobId)) === canonicalJson(written);
  const save = async (change: Partial<JobRecord>): Promise<void> => {
    const next = { ...record, ...change, revision: record.revision + 1, aliveAt: clock.now() };
    if (!(await jobs.save(next)) && !(await isThere(next))) throw new LostJob(`another run is at ${jobId}`);
    record = next;
  };
  const { message: _, endedAt: __, ...rest } = found;
  record = rest;
  await save({ state: 'running' });
  try {
    const result = await work({
      job: record,
      cursor: record.cursor,
      save: (progress, cursor) => save({ progress, cursor }),
      isTimeUp: () => clock.nowMillis() > deadline,
    });
    if (result === 'later') await again({ jobId });
    else await save({ state: 'done', result, endedAt: clock.now() });
    return record;
  } catch (error) {
    if (error instanceof LostJob) return record;
    const failed = { ...record, state: 'failed' as const, message: messageOf(error), endedAt: clock.now() };
    // Where another run has taken over, how it stands is that one's to say.
    await jobs.save({ ...failed, revision: record.revision + 1, aliveAt: clock.now() });
    if (error instanceof ProblemError) return failed;
    throw error;
  }
};
