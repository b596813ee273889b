import type { CloseMachine } from '../close/machine-client.ts';
import type { JobFunction } from '../usage/jobs/job-function.ts';

/** A preview that is resumed more often than this has something else wrong with it. */
const MOST_TRIES = 20;

/**
 * Runs the job of a preview by its state machine. A machine takes each name once: a job that is resumed runs under the next
 * one, and finds what is done; one that is still running is left alone.
 */
export const previewJob =
  (machine: CloseMachine): JobFunction =>
  async ({ jobId }) => {
    for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
      const name = attempt === 1 ? jobId : `${jobId}-${attempt}`;
      const { executionArn, started } = await machine.start(name, { jobId });
      if (started || !(await machine.hasEnded(executionArn))) return;
    }
    throw new Error(`${jobId} was started ${MOST_TRIES} times: ask for the preview again`);
  };
