import type { ApiRequest, ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { slotStart } from '../usage/events/event-time.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import type { Subjects } from '../usage/ledger/subjects.ts';
import { eventAt } from '../usage/walk/same-id-cancel.ts';
import { type DecidePorts, decideFinding, findingOf } from '../usage/walk/same-id-decide.ts';
import { unsettledPage } from '../usage/walk/same-id-list.ts';
import type { SameIdRule } from '../usage/walk/same-id-rule.ts';
import { date, instant, OPERATORS, object, oneOf, optionalText, READERS, text } from './requests.ts';

/** What the routes of walks and of ids that came again need. */
export type WalkRoutePorts = DecidePorts & {
  readonly subjects: Pick<Subjects, 'list'>;
  readonly starter: StartPorts;
};

const PAGE = 50;
/** Characters of a reason. */
const MAX_WORDS = 2_000;
const KEEPS = ['first', 'all'] as const;

const refuse = (message: string): ProblemError => new ProblemError(400, 'BAD_REQUEST', message);

/** What is to be kept, and why. */
const saidOf = (asked: Readonly<Record<string, unknown>>) => {
  const keep = oneOf('/keep', optionalText('/keep', asked.keep), KEEPS);
  if (keep === undefined) throw refuse('/keep must be first (all others are cancelled) or all (each of them counts)');
  const reason = text('/reason', asked.reason).trim();
  if (reason === '' || reason.length > MAX_WORDS) {
    throw refuse(`/reason must be a sentence of at most ${MAX_WORDS} characters`);
  }
  return { keep, reason };
};

const startWalk = async ({ starter }: WalkRoutePorts, { body, caller }: ApiRequest) => {
  const { through } = body === undefined ? {} : object(body);
  const params = through === undefined ? {} : { through: date('/through', String(through)) };
  return { status: 202, body: await startJob(starter, { kind: 'ledger.walk', params, startedBy: caller.name }) };
};

const startRule = async ({ starter }: WalkRoutePorts, { body, caller }: ApiRequest) => {
  const asked = object(body);
  const [from, to] = [instant('/from', text('/from', asked.from)), instant('/to', text('/to', asked.to))];
  if (from === undefined || to === undefined || from >= to) throw refuse('/to must be after /from');
  // Findings are by slots: one that holds the beginning is meant too.
  const rule: SameIdRule = { source: text('/source', asked.source), from: slotStart(from), to, ...saidOf(asked) };
  return { status: 202, body: await startJob(starter, { kind: 'same-id.rule', params: rule, startedBy: caller.name }) };
};

/**
 * `POST /v1/ledger/walks`, `GET /v1/ledger/same-ids` and `/{findingId}` with the event, `POST .../decision`,
 * `POST /v1/ledger/same-id-rules`.
 */
export const walkRoutes = (ports: WalkRoutePorts): ApiRoute[] => [
  { method: 'POST', path: '/v1/ledger/walks', roles: OPERATORS, run: (request) => startWalk(ports, request) },
  {
    method: 'GET',
    path: '/v1/ledger/same-ids',
    roles: READERS,
    run: async ({ query }) => {
      const after = optionalText('after', query.after);
      const { findings, next } = await unsettledPage(ports, { limit: PAGE, after });
      return { status: 200, body: { items: findings, ...(next === undefined ? {} : { next }) } };
    },
  },
  {
    method: 'GET',
    path: '/v1/ledger/same-ids/{findingId}',
    roles: READERS,
    run: async ({ path: { findingId = '' } }) => {
      const finding = await findingOf(ports, findingId);
      const [first] = finding.places;
      // The same at all places but for its time: the source and the id are what the finding is about.
      const event = first === undefined ? undefined : await eventAt(ports.archive, first);
      return { status: 200, body: { finding, ...(event === undefined ? {} : { event }) } };
    },
  },
  {
    method: 'POST',
    path: '/v1/ledger/same-ids/{findingId}/decision',
    roles: OPERATORS,
    run: async ({ path: { findingId = '' }, body, caller }) => {
      const said = saidOf(object(body));
      return { status: 200, body: { finding: await decideFinding(ports, findingId, { ...said, by: caller.name }) } };
    },
  },
  { method: 'POST', path: '/v1/ledger/same-id-rules', roles: OPERATORS, run: (request) => startRule(ports, request) },
];
