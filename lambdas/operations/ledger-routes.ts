import type { Clock } from '../platform/clock.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import type { LedgerStore } from '../usage/ledger/ledger-store.ts';
import type { Subjects } from '../usage/ledger/subjects.ts';
import { type VerifyPlace, verifyPage } from '../usage/prove/verify.ts';
import type { SettledStore } from '../usage/settle/settled-store.ts';
import { date, dates, optionalText, READERS, text } from './requests.ts';

/** What the routes of the ledger's proofs need. */
export type LedgerPorts = {
  readonly ledger: LedgerStore;
  readonly subjects: Pick<Subjects, 'list'>;
  readonly settled: Pick<SettledStore, 'heads'>;
  readonly clock: Clock;
};

/** A month with its edges in every zone, three times over. */
const MAX_DAYS = 100;
/** The API gateway's patience ends after 29 seconds; nothing new is begun after so many. */
const PATIENCE_MILLIS = 20_000;

/** Where a page ended, as text: no subject has a `#`. */
const placeText = ({ subject, day }: VerifyPlace): string => `${day}#${subject}`;

const placeOf = (after: string | undefined): VerifyPlace | undefined => {
  if (after === undefined) return undefined;
  const [day, subject] = after.split('#');
  return { day: date('after', day), subject: text('after', subject) };
};

/** Verifies chains, as many as there is time for; `next` is where the next request goes on. */
const verify = async (ports: LedgerPorts, query: Readonly<Record<string, string>>) => {
  const { start, end } = dates(query, MAX_DAYS);
  const deadline = ports.clock.nowMillis() + PATIENCE_MILLIS;
  const known = (await ports.subjects.list()).map(({ subject }) => subject);
  const subject = optionalText('subject', query.subject);
  if (subject !== undefined && !known.includes(subject)) {
    throw new ProblemError(404, 'NO_SUCH_SUBJECT', `no usage was ever appended for ${subject}`);
  }
  const subjects = subject === undefined ? known : [subject];
  const range = { subjects, start, end, after: placeOf(optionalText('after', query.after)) };
  const { next, ...found } = await verifyPage(ports, range, () => ports.clock.nowMillis() > deadline);
  return { ...found, ...(next === undefined ? {} : { next: placeText(next) }) };
};

/** `GET /v1/ledger/verification`. */
export const ledgerRoutes = (ports: LedgerPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/ledger/verification',
    roles: READERS,
    run: async ({ query }) => ({ status: 200, body: await verify(ports, query) }),
  },
];
