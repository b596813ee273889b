import { mapBounded } from '../platform/bounded.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import type { LedgerStore } from '../usage/ledger/ledger-store.ts';
import type { Subjects } from '../usage/ledger/subjects.ts';
import { type LedgerVerification, verifyLedger } from '../usage/prove/verify.ts';
import type { SettledStore } from '../usage/settle/settled-store.ts';
import { dates, optionalText, READERS } from './requests.ts';

/** What the routes of the ledger's proofs need. */
export type LedgerPorts = {
  readonly ledger: LedgerStore;
  readonly subjects: Pick<Subjects, 'list'>;
  readonly settled: Pick<SettledStore, 'heads'>;
  readonly clock: Clock;
};

/** A month with its edges in every zone, three times over. */
const MAX_DAYS = 100;
const SUBJECTS_AT_A_TIME = 4;
/** The API gateway's patience ends after 29 seconds; nothing new is begun after so many. */
const PATIENCE_MILLIS = 20_000;

/** Verifies chains subject by subject, as many as there is time for; `next` is where the next request goes on. */
const verify = async (
  ports: LedgerPorts,
  { subject, after = '' }: { readonly subject: string | undefined; readonly after: string | undefined },
  { start, end }: { readonly start: string; readonly end: string },
) => {
  const deadline = ports.clock.nowMillis() + PATIENCE_MILLIS;
  const known = (await ports.subjects.list()).map((record) => record.subject);
  if (subject !== undefined && !known.includes(subject)) {
    throw new ProblemError(404, 'NO_SUCH_SUBJECT', `no usage was ever appended for ${subject}`);
  }
  const open = subject === undefined ? known.filter((each) => each > after) : [subject];
  const results: LedgerVerification[] = [];
  while (results.length < open.length && (results.length === 0 || ports.clock.nowMillis() < deadline)) {
    const some = open.slice(results.length, results.length + SUBJECTS_AT_A_TIME);
    results.push(...(await mapBounded(some, SUBJECTS_AT_A_TIME, (each) => verifyLedger(ports, each, start, end))));
  }
  const next = results.length < open.length ? open[results.length - 1] : undefined;
  const sum = (count: (result: LedgerVerification) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    slots: sum(({ slots }) => slots),
    appends: sum(({ appends }) => appends),
    broken: results.flatMap(({ broken }) => broken),
    ...(next === undefined ? {} : { next }),
  };
};

/** `GET /v1/ledger/verification`. */
export const ledgerRoutes = (ports: LedgerPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/ledger/verification',
    roles: READERS,
    run: async ({ query }) => {
      const range = dates(query, MAX_DAYS);
      const [subject, after] = [optionalText('subject', query.subject), optionalText('after', query.after)];
      return { status: 200, body: await verify(ports, { subject, after }, range) };
    },
  },
];
