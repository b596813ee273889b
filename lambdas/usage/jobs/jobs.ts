import type { AuditRecord } from '../../platform/audit-log.ts';
import type { Clock } from '../../platform/clock.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS } from '../ledger/writer-memory.ts';

/** What a job does, as `noun.verb`; also its action in the audit log. */
export type JobKind = `${string}.${string}`;

/** How far a job is: so many of something, e.g. 12 of 31 days. Without `of` nobody knows yet how many there will be. */
export type JobProgress = { readonly done: number; readonly of?: number; readonly unit: string };

/** A JSON object. */
export type JobDetails = Readonly<Record<string, unknown>>;

/** Long work that a person asked for, or a schedule, and how it stands. */
export type Job = {
  readonly jobId: string;
  readonly kind: JobKind;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** A person's name, or `schedule`. */
  readonly startedBy: string;
  /** When it was asked for. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly params: JobDetails;
  readonly progress?: JobProgress;
  /** What came out of it, when it is done. */
  readonly result?: JobDetails;
  /** Why it failed, one sentence. */
  readonly message?: string;
};

/** A job as it is kept. */
export type JobRecord = Job & {
  /** 1, 2, 3, ...: each write is under the revision before, so that of two runs of one job only one goes on. */
  readonly revision: number;
  /** When its run last wrote it. */
  readonly aliveAt: string;
  /** JSON: where the next run goes on. */
  readonly cursor?: unknown;
};

/** Jobs, where they are run and looked at. Reads are strongly consistent. */
export type Jobs = {
  get(jobId: string): Promise<JobRecord | undefined>;
  /** At most `limit` jobs from the newest on, or from after (older than) a job. */
  list(limit: number, after?: string): Promise<JobRecord[]>;
  /** Writes a job if its revision is still the one before `job.revision`. `false`: another run was first. */
  save(job: JobRecord): Promise<boolean>;
};

/** Jobs, where they are asked for. */
export type NewJobs = Pick<Jobs, 'save'> & {
  /** Keeps a new job and, in the same transaction, who asked for it in the audit log. */
  create(job: JobRecord): Promise<void>;
  /** Writes a job that is to go on, as `save` does, and in the same transaction who wanted that. */
  resume(job: JobRecord, by: string): Promise<boolean>;
};

/** The audit log's entry of a job that is asked for. */
export const askedFor = ({ kind, jobId, startedBy, params }: Job): AuditRecord => ({
  actor: startedBy,
  action: kind,
  target: jobId,
  details: params,
});

/** The audit log's entry of a job that is to go on. */
export const resumedBy = ({ kind, jobId }: Job, by: string): AuditRecord => ({
  actor: by,
  action: 'job.resume',
  target: jobId,
  details: { kind },
});

/** The id of a job that is asked for now: later ones sort behind it. `unique` tells those of one instant apart. */
export const jobIdOf = (clock: Clock, unique: string): string =>
  `job-${String(clock.nowMillis()).padStart(14, '0')}-${unique}`;

/** An asynchronous call that has not begun after so long will not. */
const BEGINS_MILLIS = 60 * 60_000;
/** A run that has not written for so long is dead: no function runs longer. */
const ALIVE_MILLIS = LONGEST_RUN_MILLIS + CLOCK_SKEW_MILLIS;

const NOT_BEGUN = 'it did not begin within an hour: see the dead letters of async-failures';
const DIED = 'its run died without a word; what it did stays, and "job resume" goes on from there';

/** A job as it stands at an instant, for people: one whose run died is failed, whatever it says of itself. */
export const jobAt = (record: JobRecord, nowMillis: number): Job => {
  const { revision: _, aliveAt, cursor: __, ...job } = record;
  const quiet = nowMillis - Date.parse(aliveAt);
  const failed = (message: string): Job => ({ ...job, state: 'failed', message });
  if (job.state === 'waiting' && quiet > BEGINS_MILLIS) return failed(NOT_BEGUN);
  if (job.state === 'running' && quiet > ALIVE_MILLIS) return failed(DIED);
  return job;
};
