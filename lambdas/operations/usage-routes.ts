import { unattributed } from '../catalog/attribution.ts';
import type { CatalogReader } from '../catalog/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { type ArchiveCounter, TooManyLines } from '../usage/archive-totals.ts';
import { mapBounded } from '../usage/bounded.ts';
import type { ExpectedEvents } from '../usage/counted-days.ts';
import type { LedgerStore } from '../usage/ledger-store.ts';
import type { Subjects } from '../usage/subjects.ts';
import { readTotals } from '../usage/totals.ts';
import { type LedgerVerification, verifyLedger } from '../usage/verify.ts';
import { dates, OPERATORS, optionalText, READERS } from './requests.ts';
import type { Settlement } from './settlement.ts';

export type UsagePorts = {
  readonly ledger: LedgerStore;
  /** The ledger for counting; `countedDays`. */
  readonly countedLedger: (expected: ExpectedEvents) => LedgerStore;
  readonly subjects: Pick<Subjects, 'list'>;
  readonly catalog: CatalogReader;
  readonly count: ArchiveCounter;
  readonly settlement: Settlement;
  readonly clock: Clock;
};

/** A month with its edges in every zone, three times over. */
const MAX_DAYS = 100;
const SUBJECTS_AT_A_TIME = 4;

/**
 * What came in for a period, and what became of it. `waiting` is what was received and is not decided yet: spilled, or in
 * the hands of ingest; it is 0 when everything is accounted for.
 */
const totals = async (ports: UsagePorts, start: string, end: string) => {
  const today = ports.clock.now().slice(0, 10);
  const period = { start, end, today };
  const { expected } = await ports.count(period);
  // The ledger before the figures of the archive: what is appended meanwhile shows as waiting, never as more accepted
  // than received.
  const ledger = await readTotals(
    { ledger: ports.countedLedger(expected), subjects: ports.subjects },
    (subjects, interval) => unattributed(ports.catalog, subjects, interval),
    start,
    end,
  );
  const { received, duplicate, quarantined } = await ports.count(period);
  const refused = Object.values(quarantined).reduce((sum, count) => sum + count, 0);
  const { accepted, late } = ledger;
  const waiting = received - accepted - duplicate - refused;
  return { received, accepted, duplicate, late, quarantined, waiting, unattributed: ledger.unattributed };
};

const verify = async (ports: UsagePorts, subject: string | undefined, start: string, end: string) => {
  const known = (await ports.subjects.list()).map((record) => record.subject);
  if (subject !== undefined && !known.includes(subject)) {
    throw new ProblemError(404, 'NO_SUCH_SUBJECT', `no usage was ever appended for ${subject}`);
  }
  const results = await mapBounded(subject === undefined ? known : [subject], SUBJECTS_AT_A_TIME, (each) =>
    verifyLedger(ports.ledger, each, start, end),
  );
  const sum = (count: (result: LedgerVerification) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    slots: sum(({ slots }) => slots),
    appends: sum(({ appends }) => appends),
    broken: results.flatMap(({ broken }) => broken),
  };
};

/** `POST /v1/usage/settlements`, `GET /v1/usage/totals`, `GET /v1/ledger/verification`. */
export const usageRoutes = (ports: UsagePorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/usage/settlements',
    roles: OPERATORS,
    run: async () => ({ status: 200, body: await ports.settlement.run() }),
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
        if (error instanceof TooManyLines) throw new ProblemError(413, 'RANGE_TOO_LARGE', error.message);
        throw error;
      }
    },
  },
  {
    method: 'GET',
    path: '/v1/ledger/verification',
    roles: READERS,
    run: async ({ query }) => {
      const { start, end } = dates(query, MAX_DAYS);
      return { status: 200, body: await verify(ports, optionalText('subject', query.subject), start, end) };
    },
  },
];
