import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { JobFunction } from './job-function.ts';
import type { JobKind } from './jobs.ts';
import { type JobWork, type RunPorts, runJob } from './run-job.ts';

/** The Lambda handler of a function that runs jobs. `works`: the work of each kind; `again` calls the function once more. */
export const jobHandler =
  (ports: RunPorts, works: Readonly<Record<JobKind, JobWork>>, again: JobFunction, logger: Logger) =>
  async ({ jobId }: { readonly jobId: string }, context: Context): Promise<void> => {
    logger.appendKeys({ correlationId: jobId });
    const work: JobWork = (run) => {
      const known = works[run.job.kind];
      if (known === undefined) throw new Error(`no work is known for ${run.job.kind}`);
      return known(run);
    };
    const job = await runJob(ports, jobId, context.getRemainingTimeInMillis(), work, again);
    logger.info('job', { kind: job.kind, state: job.state });
  };
