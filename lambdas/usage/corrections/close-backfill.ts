import { mapBounded } from '../../platform/bounded.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { JobDetails } from '../jobs/jobs.ts';
import type { JobRun, JobWork } from '../jobs/run-job.ts';
import type { DirtyMarks } from '../ledger/dirty-marks.ts';
import type { Backfill } from '../types.ts';
import { type BackfillStore, backfillOf, deedOf, mustBe, standsOtherwise } from './backfill.ts';
import type { BackfillParams } from './seal.ts';

/** What closing and reverting need. */
export type ClosePorts = {
  readonly backfills: BackfillStore;
  readonly marks: Pick<DirtyMarks, 'mark'>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next'>;
};

const PLACES_PER_PAGE = 1_000;
const MARKS_AT_A_TIME = 32;

/**
 * Marks every day on which the backfill has something, so that readers look into the ledger there. A mark may be cleared by
 * a settle that begins 21 minutes after it; whoever set it has ended by then, so the change of state that follows within
 * the same run is always seen by that settle.
 * @throws {ProblemError} if there are more days than one run can mark.
 */
const markAll = async (
  { backfills, marks, clock, ids }: ClosePorts,
  run: JobRun,
  backfillId: string,
): Promise<number> => {
  let [done, after]: [number, string | undefined] = [0, undefined];
  do {
    const page = await backfills.places(backfillId, PLACES_PER_PAGE, after);
    const fixed = page.items.filter(({ versions = {} }) => Object.keys(versions).length > 0);
    await mapBounded(fixed, MARKS_AT_A_TIME, ({ subject, day }) =>
      marks.mark({ subject, day, at: clock.now(), token: ids.next() }),
    );
    done += fixed.length;
    after = page.next;
    await run.save({ done, unit: 'days' }, undefined);
    if (after !== undefined && run.isTimeUp()) {
      const detail = `${backfillId} touches more days than can be marked in one run: revert it and load it as several`;
      throw new ProblemError(409, 'BACKFILL_TOO_LARGE', detail);
    }
  } while (after !== undefined);
  return done;
};

const changeTo = async (
  { backfills }: ClosePorts,
  from: Backfill,
  to: Backfill,
  action: string,
  details: JobDetails,
): Promise<void> => {
  const deed = to.reverted ?? to.closed;
  if (deed === undefined) throw new TypeError('a change is somebody’s deed');
  if (await backfills.change(to, from.state, deedOf(to, action, deed, details))) return;
  const stands = await backfillOf(backfills, from.backfillId);
  // Another run of the job may have been first.
  if (stands.state !== to.state) throw standsOtherwise(stands);
};

/** The work of the job `backfill.close`: marks its days, then makes it count, all of it by one write. */
export const closeBackfill =
  (ports: ClosePorts): JobWork =>
  async (run) => {
    const { backfillId } = run.job.params as BackfillParams;
    const backfill = await backfillOf(ports.backfills, backfillId);
    if (backfill.state === 'closed') return { days: 0 };
    mustBe(backfill, 'sealed');
    const days = await markAll(ports, run, backfillId);
    const closed = { by: run.job.startedBy, at: ports.clock.now() };
    await changeTo(ports, backfill, { ...backfill, state: 'closed', closed }, 'close', { days, job: run.job.jobId });
    return { days };
  };

/** What is asked for when a backfill is reverted. */
export type RevertParams = BackfillParams & { readonly reason: string };

/**
 * The work of the job `backfill.revert`: nothing of it counts, or ever will. Where it counted, its days are marked first;
 * where it did not, there is nothing to look for.
 */
export const revertBackfill =
  (ports: ClosePorts): JobWork =>
  async (run) => {
    const { backfillId, reason } = run.job.params as RevertParams;
    const backfill = await backfillOf(ports.backfills, backfillId);
    if (backfill.state === 'reverted') return { days: 0 };
    const days = backfill.state === 'closed' ? await markAll(ports, run, backfillId) : 0;
    const reverted = { by: run.job.startedBy, at: ports.clock.now(), reason };
    const details = { days, reason, job: run.job.jobId };
    await changeTo(ports, backfill, { ...backfill, state: 'reverted', reverted }, 'revert', details);
    return { days };
  };
