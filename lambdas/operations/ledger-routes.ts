import type { CatalogReader } from '../catalog/types.ts';
import type { AuditLog } from '../platform/audit-log.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import { dailyFigures } from '../usage/prove/daily-figures.ts';
import type { RebuildParams } from '../usage/prove/rebuild.ts';
import { newestRoot, type Proofs, type RootsVerified, signedDay, verifyRoots } from '../usage/prove/signed-heads.ts';
import type { DayPlace } from '../usage/prove/stretches.ts';
import { verifyPage } from '../usage/prove/verify.ts';
import type { BalancePorts } from '../usage/settle/settled-fragments.ts';
import { date, dates, OPERATORS, object, optionalText, READERS, text, wholeNumber } from './requests.ts';

/** What the routes of the ledger's proofs need. */
export type LedgerPorts = {
  readonly usage: BalancePorts;
  readonly catalog: CatalogReader;
  readonly starter: StartPorts;
  readonly proofs: Proofs;
  /** The key that signs roots: SPKI, DER. */
  readonly publicKey: () => Promise<Uint8Array>;
  readonly audit: Pick<AuditLog, 'list'>;
};

/** A month with its edges in every zone, three times over. */
const MAX_DAYS = 100;
/** The API gateway's patience ends after 29 seconds; nothing new is begun after so many. */
const PATIENCE_MILLIS = 20_000;

/** Where a page ended, as text: no subject has a `#`. */
const placeText = ({ subject, day }: DayPlace): string => `${day}#${subject}`;

const placeOf = (after: string | undefined): DayPlace | undefined => {
  if (after === undefined) return undefined;
  const [day, subject] = after.split('#');
  return { day: date('after', day), subject: text('after', subject) };
};

/** @throws {ProblemError} 404 for a subject that has no usage. */
const mustBeKnown = async (
  { subjects }: Pick<BalancePorts, 'subjects'>,
  subject: string | undefined,
): Promise<void> => {
  if (subject === undefined || (await subjects.get(subject)) !== undefined) return;
  throw new ProblemError(404, 'NO_SUCH_SUBJECT', `no usage was ever appended for ${subject}`);
};

/** What a request asks for of the ledger: dates, one subject or all, where the page before ended; and when to stop. */
const rangeOf = async ({ subjects, clock }: BalancePorts, query: Readonly<Record<string, string>>) => {
  const { start, end } = dates(query, MAX_DAYS);
  const deadline = clock.nowMillis() + PATIENCE_MILLIS;
  const subject = optionalText('subject', query.subject);
  await mustBeKnown({ subjects }, subject);
  const known = subject === undefined ? (await subjects.list()).map((record) => record.subject) : [subject];
  const range = {
    subjects: known,
    start,
    end,
    after: placeOf(optionalText('after', query.after)),
  };
  return { range, isTimeUp: () => clock.nowMillis() > deadline };
};

/** The signed roots behind one, and whether the audit log is still what the newest of them names. */
const roots = async ({ proofs, publicKey, audit }: LedgerPorts, after: number): Promise<RootsVerified> => {
  const found = await verifyRoots(proofs, await publicKey(), after);
  const { number = 0, audit: named } = found.newest ?? {};
  if (named === undefined || named.sequence === 0) return found;
  const [entry] = await audit.list(named.sequence - 1, 1);
  if (entry?.sequence === named.sequence && entry.hash === named.hash) return found;
  const fault = `the audit log does not hold entry ${named.sequence} as root ${number} names it`;
  return { ...found, faults: [...found.faults, fault] };
};

/** The dates and the subject of a request to rebuild. */
const rebuildOf = (body: unknown): RebuildParams => {
  const { start, end, subject } = object(body);
  const range = dates({ start: text('/start', start), end: text('/end', end) }, MAX_DAYS);
  const one = optionalText('/subject', subject);
  return { ...range, ...(one === undefined ? {} : { subject: one }) };
};

const pageOf = ({ next, ...found }: { readonly next?: DayPlace }) => ({
  status: 200,
  body: { ...found, ...(next === undefined ? {} : { next: placeText(next) }) },
});

/**
 * `GET /v1/ledger/verification`: the chains, as many as there is time for, against themselves, the settled days and the
 * newest signed root. `GET /v1/ledger/roots/verification`: the signed roots. `GET /v1/ledger/figures`: what the ledger says
 * of each UTC day of each subject. Of all of them `next` is where the next request goes on. `POST /v1/ledger/rebuilds`: a
 * job that makes ledger and projections again, beside what is there, and compares.
 */
export const ledgerRoutes = (ports: LedgerPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/ledger/verification',
    roles: READERS,
    run: async ({ query }) => {
      const { range, isTimeUp } = await rangeOf(ports.usage, query);
      // The root first: what it says was in the ledger by then.
      const root = await newestRoot(ports.proofs);
      const signed =
        root && ((day: string) => signedDay(ports.proofs, root, day, optionalText('subject', query.subject)));
      return pageOf(await verifyPage({ ...ports.usage, signed }, range, isTimeUp));
    },
  },
  {
    method: 'GET',
    path: '/v1/ledger/roots/verification',
    roles: READERS,
    run: async ({ query }) => {
      const after = wholeNumber('after', query.after, { least: 0, most: 99_999_999, otherwise: 0 });
      return { status: 200, body: await roots(ports, after) };
    },
  },
  {
    method: 'GET',
    path: '/v1/ledger/figures',
    roles: READERS,
    run: async ({ query }) => {
      const { range, isTimeUp } = await rangeOf(ports.usage, query);
      const meters = await ports.catalog.history('meter');
      return pageOf(await dailyFigures(ports.usage, { ...range, meters }, isTimeUp));
    },
  },
  {
    method: 'POST',
    path: '/v1/ledger/rebuilds',
    roles: OPERATORS,
    run: async ({ body, caller }) => {
      const params = rebuildOf(body);
      await mustBeKnown(ports.usage, params.subject);
      return {
        status: 202,
        body: await startJob(ports.starter, { kind: 'ledger.rebuild', params, startedBy: caller.name }),
      };
    },
  },
];
