import { CACHE_MILLIS } from '../../catalog/cached-catalog.ts';
import type { CatalogReader } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { JobDetails } from '../jobs/jobs.ts';
import type { JobWork } from '../jobs/run-job.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import { type RestateDayPorts, restateDay } from '../ledger/restate.ts';
import { daysFrom } from '../ledger/slot.ts';
import type { Subjects } from '../ledger/subjects.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS } from '../ledger/writer-memory.ts';

/** What stating a range of days anew needs. */
export type RestateRangePorts = RestateDayPorts & {
  readonly subjects: Pick<Subjects, 'list'>;
  readonly catalog: Pick<CatalogReader, 'history'>;
};

/** What is asked for: UTC days from `start` to before `end`, of one subject or of all. */
export type RestateParams = { readonly start: string; readonly end: string; readonly subject?: string };

/** Where a run is, and what it did so far. */
type Cursor = { readonly subject: string; readonly slots: number; readonly restated: number };

/** So long after a meter was published no writer measures without it any more. */
const KNOWN_TO_ALL_MILLIS = CACHE_MILLIS + LONGEST_RUN_MILLIS + CLOCK_SKEW_MILLIS;

const DAYS_AT_A_TIME = 4;

/**
 * The work of the job `ledger.restate`: states days anew with the meters as they are now, so that a new meter, or a
 * corrected version of one, measures what was there before it. Writes only where a slot says something else then; done
 * again it changes nothing. A subject is done as a whole.
 * @throws {ProblemError} if a meter is so new that a writer may still measure without it: what that one appends meanwhile
 *   would lack it.
 */
export const restateRange =
  (ports: RestateRangePorts): JobWork =>
  async ({ job, cursor, save, isTimeUp }): Promise<JobDetails | 'later'> => {
    const { start, end, subject } = job.params as RestateParams;
    const history = await ports.catalog.history('meter');
    const newest = Math.max(0, ...history.map(({ publishedAt }) => Date.parse(publishedAt)));
    if (newest + KNOWN_TO_ALL_MILLIS > ports.clock.nowMillis()) {
      const from = new Date(newest + KNOWN_TO_ALL_MILLIS).toISOString();
      throw new ProblemError(409, 'METERS_TOO_NEW', `a meter was published just now: ask again from ${from} on`);
    }
    const meters = meterIndex(history);
    const known = subject === undefined ? (await ports.subjects.list()).map((record) => record.subject) : [subject];
    let at: Cursor = (cursor as Cursor | undefined) ?? { subject: '', slots: 0, restated: 0 };
    const open = known.filter((each) => each > at.subject);
    for (const [n, each] of open.entries()) {
      const days = await mapBounded(daysFrom(start, end), DAYS_AT_A_TIME, (day) =>
        restateDay(ports, each, day, meters),
      );
      at = {
        subject: each,
        slots: days.reduce((total, { slots }) => total + slots, at.slots),
        restated: days.reduce((total, { restated }) => total + restated, at.restated),
      };
      await save({ done: known.length - open.length + n + 1, of: known.length, unit: 'subjects' }, at);
      if (isTimeUp() && n < open.length - 1) return 'later';
    }
    return { slots: at.slots, restated: at.restated };
  };
