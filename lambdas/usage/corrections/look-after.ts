import type { JobWork } from '../jobs/run-job.ts';
import type { ChangedDay, LookAgain } from '../limits/look-again.ts';
import type { BackfillStore } from './backfill.ts';
import type { BackfillParams } from './seal.ts';

const PLACES_PER_PAGE = 1_000;

/**
 * The work of a job that makes a backfill count or cease to, and after it a look at the limits of the accounts whose usage
 * that changed: no event of theirs may come for weeks. A look that fails does not fail the job, whose work is done; it is
 * told in the result.
 */
export const lookAfter =
  (work: JobWork, backfills: Pick<BackfillStore, 'places'>, lookAgain: LookAgain): JobWork =>
  async (run) => {
    const result = await work(run);
    if (result === 'later') return result;
    const { backfillId } = run.job.params as BackfillParams;
    const days: ChangedDay[] = [];
    let after: string | undefined;
    do {
      const page = await backfills.places(backfillId, PLACES_PER_PAGE, after);
      days.push(...page.items.map(({ subject, day }) => ({ subject, day })));
      after = page.next;
    } while (after !== undefined);
    const { looked, failed } = await lookAgain(days, run.job.jobId);
    return { ...result, limits: looked, ...(failed === 0 ? {} : { limitsNotLookedAt: failed }) };
  };
