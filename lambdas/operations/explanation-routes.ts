import { subjectsOf } from '../catalog/attribution.ts';
import type { CatalogReader } from '../catalog/types.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { intervalOf } from '../platform/period.ts';
import { ProblemError } from '../platform/problem.ts';
import { askedEvent } from '../usage/prove/event-status.ts';
import { type ExplainEventPorts, explainEvent } from '../usage/prove/explain-event.ts';
import {
  type ExplainNumberPorts,
  explainDay,
  explainPeriod,
  type NumberExplained,
  type NumberQuestion,
} from '../usage/prove/explain-number.ts';
import { explainAppend, explainSlot } from '../usage/prove/explain-slot.ts';
import { date, dates, READERS, text, wholeNumber } from './requests.ts';

/** What the routes of explanations need. */
export type ExplanationPorts = {
  readonly usage: ExplainNumberPorts;
  readonly catalog: CatalogReader;
  readonly archive: ExplainEventPorts['archive'];
  readonly quarantine: ExplainEventPorts['quarantine'];
};

type Query = Readonly<Record<string, string>>;

const MAX_DAYS = 400;
const SLOT = /^\d{4}-\d\d-\d\dT\d\d:(00|15|30|45):00\.000Z$/;
const APPEND = /^[^#]+#[^#]+#\d{1,8}$/;

const refuse = (path: string, message: string): ProblemError =>
  new ProblemError(400, 'BAD_REQUEST', `${path} ${message}`, [{ path, message }]);

const dimensionsOf = (given: string | undefined): Readonly<Record<string, string>> => {
  if (given === undefined || given === '') return {};
  try {
    const parsed: unknown = JSON.parse(given);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    if (isObject && Object.values(parsed).every((value) => typeof value === 'string')) {
      return parsed as Record<string, string>;
    }
  } catch {
    // Said below.
  }
  throw refuse('dimensions', 'must be a JSON object of texts, like {"endpoint":"read"}');
};

/** The number that a request asks for; its days are those of the zone of the account's contract, as in its usage. */
const questionOf = async ({ catalog }: ExplanationPorts, query: Query): Promise<NumberQuestion> => {
  const account = text('account', query.account);
  const { start, end } = dates(query, MAX_DAYS);
  const meter = (await catalog.history('meter')).filter(({ id }) => id === text('meter', query.meter));
  if (meter.length === 0) throw new ProblemError(404, 'NO_SUCH_METER', `there is no meter ${query.meter}`);
  const effectiveAt = `${start}T12:00:00.000Z`;
  const contracts = await catalog.list('contract', { effectiveAt });
  const zone = contracts.find(({ body }) => body.account === account)?.body.zone ?? 'UTC';
  const period = { start, end, zone };
  const subjects = await subjectsOf(catalog, account, intervalOf(period));
  if (subjects.length === 0) {
    throw new ProblemError(404, 'NO_SUCH_ACCOUNT', `no subject belongs to an account ${account} in these days`);
  }
  return { subjects, period, meter, dimensions: dimensionsOf(query.dimensions) };
};

const explainAt = async (ports: ExplanationPorts, query: Query): Promise<NumberExplained> => {
  const { at } = query;
  const question = await questionOf(ports, query);
  if (at === undefined || at === '') {
    const after = query.after === undefined ? undefined : date('after', query.after);
    return explainPeriod(ports.usage, question, after);
  }
  if (SLOT.test(at)) return explainSlot(ports.usage, question, at);
  if (!APPEND.test(at)) return explainDay(ports.usage, question, date('at', at));
  const after = wholeNumber('after', query.after, { least: 0, most: 1_000_000, otherwise: 0 });
  const explained = await explainAppend(ports.usage, question, at, String(after));
  if (explained !== undefined) return explained;
  throw new ProblemError(404, 'NO_SUCH_APPEND', `the ledger has no append ${at}`);
};

/**
 * `GET /v1/ledger/explanations`: what a number is made of, level by level: without `at` of its period, then of a day, a
 * slot, an append, as `at` of a part says. `GET /v1/ledger/events`: where an event went.
 */
export const explanationRoutes = (ports: ExplanationPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/ledger/explanations',
    roles: READERS,
    run: async ({ query }) => ({ status: 200, body: await explainAt(ports, query) }),
  },
  {
    method: 'GET',
    path: '/v1/ledger/events',
    roles: READERS,
    run: async ({ query }) => {
      const { ledger, overlays, clock } = ports.usage;
      const { archive, quarantine } = ports;
      const event = { ledger, overlays: overlays.status, clock, archive, quarantine };
      return { status: 200, body: await explainEvent(event, askedEvent(query.id, query)) };
    },
  },
];
