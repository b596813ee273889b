import { unattributed } from '../catalog/attribution.ts';
import type { CatalogReader } from '../catalog/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { TooManyObjects } from '../usage/archive/archive.ts';
import { type ArchiveCounter, NotCountedYet, TooMuchToCount } from '../usage/archive/archive-totals.ts';
import type { CountDay, ExpectedEvents } from '../usage/archive/counted-days.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import type { Subjects } from '../usage/ledger/subjects.ts';
import { TooManyRefused } from '../usage/quarantine/quarantined-positions.ts';
import { readTotals } from '../usage/read/totals.ts';
import { dates, OPERATORS, READERS } from './requests.ts';

export type UsagePorts = {
  /** Counts days of the ledger; `countedDays`. */
  readonly countedDays: (expected: ExpectedEvents) => CountDay;
  readonly subjects: Pick<Subjects, 'list'>;
  readonly catalog: CatalogReader;
  readonly count: ArchiveCounter;
  readonly starter: StartPorts;
  readonly clock: Clock;
};

/** A month with its edges in every zone, three times over. */
const MAX_DAYS = 100;
/** The API gateway's patience ends after 29 seconds; nothing new is begun after so many. */
const PATIENCE_MILLIS = 20_000;

/** Counting the ledger until the time is up. */
const inTime =
  (countDay: CountDay, clock: Clock, deadline: number): CountDay =>
  async (subject, day) => {
    if (clock.nowMillis() > deadline) throw new NotCountedYet('there are more days than can be read in one request');
    return countDay(subject, day);
  };

/**
 * What came in for a period, and what became of it. Each line received is in exactly one of `accepted`, `cancellations`,
 * `duplicate`, `quarantined`, `released`, `writtenOff` and `waiting`: that is what is not decided yet, spilled or in the
 * hands of ingest; it is 0 when everything is accounted for.
 */
const totals = async (ports: UsagePorts, start: string, end: string) => {
  const today = ports.clock.now().slice(0, 10);
  const deadline = ports.clock.nowMillis() + PATIENCE_MILLIS;
  const period = { start, end, today, deadline };
  const { expected } = await ports.count(period);
  // The ledger before the figures of the archive: what is appended meanwhile shows as waiting, never as more accepted
  // than received.
  const { alone, ...ledger } = await readTotals(
    { countDay: inTime(ports.countedDays(expected), ports.clock, deadline), subjects: ports.subjects },
    (subjects, interval) => unattributed(ports.catalog, subjects, interval),
    start,
    end,
  );
  const { received, duplicate, quarantined, released, writtenOff, elsewhere } = await ports.count(period);
  const refused = Object.values(quarantined).reduce((sum, count) => sum + count, 0);
  // The other lines that stand alone are parts of replacements, whose usage is counted in their own slot.
  const cancellations = Math.max(0, alone - elsewhere);
  const waiting = received - ledger.accepted - cancellations - duplicate - refused - released - writtenOff;
  return { received, cancellations, duplicate, quarantined, released, writtenOff, waiting, ...ledger };
};

const RANGE_HINT = 'Ask for a period that begins later.';

/** What a count that is too much for one request says, and what to do about it. */
const asProblem = (error: unknown): unknown => {
  if (error instanceof TooMuchToCount || error instanceof TooManyObjects || error instanceof TooManyRefused) {
    return new ProblemError(413, 'RANGE_TOO_LARGE', `${error.message}. ${RANGE_HINT}`);
  }
  if (error instanceof NotCountedYet) {
    const detail =
      'The time for one request was up before everything was read. Send the same request again: it goes on from there. A period that begins later has less to read.';
    return new ProblemError(503, 'NOT_COUNTED_YET', detail);
  }
  return error;
};

/** `POST /v1/usage/settlements` (a job), `GET /v1/usage/totals`. */
export const usageRoutes = (ports: UsagePorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/usage/settlements',
    roles: OPERATORS,
    run: async ({ caller }) => {
      const job = await startJob(ports.starter, { kind: 'usage.settle', params: {}, startedBy: caller.name });
      return { status: 202, body: job };
    },
  },
  {
    method: 'GET',
    path: '/v1/usage/totals',
    roles: READERS,
    run: async ({ query }) => {
      const { start, end } = dates(query, MAX_DAYS);
      try {
        return { status: 200, body: await totals(ports, start, end) };
      } catch (error) {
        throw asProblem(error);
      }
    },
  },
];
