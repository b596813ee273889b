import { addDays } from '../../lambdas/platform/period.ts';
import { closeBackfill, revertBackfill } from '../../lambdas/usage/corrections/close-backfill.ts';
import { restateRange } from '../../lambdas/usage/corrections/restate-range.ts';
import { sealBackfill } from '../../lambdas/usage/corrections/seal.ts';
import { type Job, type JobDetails, type JobKind, jobIdOf } from '../../lambdas/usage/jobs/jobs.ts';
import { type JobWork, runJob } from '../../lambdas/usage/jobs/run-job.ts';
import { LONGEST_RUN_MILLIS } from '../../lambdas/usage/ledger/writer-memory.ts';
import { FIRST_DAY, LAST_DAY } from './company.ts';
import type { PlannedBackfill } from './events.ts';
import { simFunction } from './sandboxes.ts';
import type { Platform, Process } from './stage.ts';
import { correctionPortsOf, type House } from './wiring.ts';

/** Long work that people ask for, run by the product's own function for it. */
export type SimJobs = {
  /** States all days anew with the meters that are published. */
  restateAll(): void;
  /** Opens, seals, closes and reverts a backfill as planned. */
  follow(plan: PlannedBackfill): void;
};

const MINUTE = 60_000;
const DAYS = { start: addDays(FIRST_DAY, -1), end: addDays(LAST_DAY, 2) };

/** The function's work, by kind of job. */
const worksOf = (house: House, process: Process): Readonly<Record<JobKind, JobWork>> => {
  const ports = correctionPortsOf(house, process);
  return {
    'backfill.seal': sealBackfill(ports),
    'backfill.close': closeBackfill(ports),
    'backfill.revert': revertBackfill(ports),
    'ledger.restate': restateRange({ ...ports, ...ports.restate, overlays: ports.usage.overlays.status }),
  };
};

export const makeJobs = (platform: Platform, house: House, onError: (error: unknown) => void): SimJobs => {
  const { stage, dice } = platform;
  const { twins, ids } = house;
  const call = simFunction<string, unknown>(
    platform,
    'corrections',
    (process) => {
      const works = worksOf(house, process);
      const jobs = stage.port(process, twins.jobs);
      const again = async ({ jobId }: { readonly jobId: string }): Promise<void> => {
        stage.at(stage.clock.nowMillis(), () => void call.invoke(jobId));
      };
      return (jobId) =>
        runJob(
          { jobs, clock: process.clock },
          jobId,
          LONGEST_RUN_MILLIS,
          (run) => works[run.job.kind]?.(run) ?? Promise.reject(new Error(`no work is known for ${run.job.kind}`)),
          again,
        );
    },
    onError,
  );
  const soon = (millis: number, run: () => void): void => stage.at(stage.clock.nowMillis() + millis, run);

  /** One call of the function, which the platform repeats as long as it fails. */
  const attempt = async (jobId: string, then: () => void): Promise<void> => {
    const { status } = await call.invoke(jobId);
    if (status === 'done') then();
    else soon(dice.below(20 * MINUTE), () => void attempt(jobId, then));
  };
  /** Calls the function until the job has ended; sometimes twice at once. `then` is told how it ended. */
  const pursue = async (jobId: string, then: (job: Job) => void): Promise<void> => {
    let open = dice.happens(0.1) ? 2 : 1;
    const over = async (): Promise<void> => {
      open -= 1;
      if (open > 0) return;
      const job = await twins.jobs.get(jobId);
      if (job?.state === 'done' || job?.state === 'failed') then(job);
      // Each run took the other for the one that goes on: a person resumes the job.
      else soon(dice.below(20 * MINUTE), () => void pursue(jobId, then));
    };
    for (let n = open; n > 0; n -= 1) void attempt(jobId, () => void over());
  };
  const start = async (
    kind: JobKind,
    params: JobDetails,
    then: (job: Job) => void = () => undefined,
  ): Promise<void> => {
    const now = stage.clock.now();
    const jobId = jobIdOf(stage.clock, ids.next());
    const about = { jobId, kind, state: 'waiting' as const, startedBy: 'ada', startedAt: now, params };
    await twins.jobs.create({ ...about, revision: 1, aliveAt: now });
    await pursue(jobId, then);
  };

  return {
    restateAll: () => void start('ledger.restate', DAYS),
    follow: ({ id: backfillId, opensAt, sealsAt, closes, reverts }) => {
      const revert = () => void start('backfill.revert', { backfillId, reason: 'it was wrong' });
      stage.at(opensAt, () => {
        const opened = { by: 'ada', at: stage.clock.now() };
        const record = { actor: 'ada', action: 'backfill.open', target: backfillId, details: {} };
        void twins.backfills.create({ backfillId, state: 'open', reason: 'it was missing', opened }, record);
        if (reverts !== undefined && dice.happens(0.3)) soon(reverts, revert);
      });
      const close = () =>
        void start('backfill.close', { backfillId }, () => {
          if (reverts !== undefined) soon(reverts, revert);
        });
      stage.at(sealsAt, () => {
        void start('backfill.seal', { backfillId }, ({ state }) => {
          if (state === 'done' && closes !== undefined) soon(closes, close);
        });
      });
    },
  };
};
