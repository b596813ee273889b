import type { AuditLog } from '../platform/audit-log.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { cancelEvents, type EventToCancel } from '../usage/corrections/cancel-events.ts';
import type { RestateParams } from '../usage/corrections/restate-range.ts';
import { normalTime } from '../usage/events/event-time.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import type { LedgerStore } from '../usage/ledger/ledger-store.ts';
import type { UsageStream } from '../usage/receive/usage-stream.ts';
import { dates, OPERATORS, object, optionalText, text } from './requests.ts';

/** What the routes of single corrections need. */
export type CorrectionPorts = {
  readonly ledger: Pick<LedgerStore, 'slotAbove'>;
  readonly stream: UsageStream;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly starter: StartPorts;
};

/** Events of one request: each is looked up in the ledger, and all of them are one entry of the audit log. */
const MAX_EVENTS = 100;
/** Characters of an event's attributes, as ingest takes them, and of a reason. */
const MAX = { subject: 128, source: 1_024, id: 256, reason: 2_000 } as const;
/** A year and the edges of its days. */
const MAX_DAYS = 400;

const limited = (path: string, value: unknown, name: keyof typeof MAX): string => {
  const given = text(path, value);
  if (given.length <= MAX[name]) return given;
  throw new ProblemError(400, 'BAD_REQUEST', `${path} may have at most ${MAX[name]} characters`);
};

const eventOf = (value: unknown, n: number): EventToCancel => {
  const path = `/events/${n}`;
  const { subject, source, id, time } = object(value);
  const instant = normalTime(text(`${path}/time`, time));
  if (instant === undefined) {
    const message = `${path}/time must be an RFC 3339 time with a zone, like 2026-10-01T09:30:00Z: the event's own`;
    throw new ProblemError(400, 'BAD_REQUEST', message);
  }
  return {
    subject: limited(`${path}/subject`, subject, 'subject'),
    source: limited(`${path}/source`, source, 'source'),
    id: limited(`${path}/id`, id, 'id'),
    time: instant,
  };
};

const eventsOf = (body: unknown): EventToCancel[] => {
  const { events } = object(body);
  if (Array.isArray(events) && events.length > 0 && events.length <= MAX_EVENTS) return events.map(eventOf);
  throw new ProblemError(400, 'BAD_REQUEST', `/events must be a list of 1 to ${MAX_EVENTS} events`);
};

const rangeOf = (body: unknown): RestateParams => {
  const { start, end, subject } = object(body);
  const one = optionalText('/subject', subject);
  const range = dates({ start: text('/start', start), end: text('/end', end) }, MAX_DAYS);
  return { ...range, ...(one === undefined ? {} : { subject: one }) };
};

/**
 * `POST /v1/usage/cancellations` takes events back, for ever; who did is audited before the lines go to the stream.
 * `POST /v1/ledger/restatements`: a job that measures old usage with the meters as they are now.
 */
export const correctionRoutes = (ports: CorrectionPorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/usage/cancellations',
    roles: OPERATORS,
    run: async ({ body, caller }) => {
      const events = eventsOf(body);
      const reason = limited('/reason', object(body).reason, 'reason');
      await ports.audit.append({
        actor: caller.name,
        action: 'usage.cancel',
        target: events.length === 1 ? (events[0]?.id ?? '') : `${events.length} events`,
        details: { reason, events },
      });
      return { status: 202, body: { items: await cancelEvents(ports, events, reason) } };
    },
  },
  {
    method: 'POST',
    path: '/v1/ledger/restatements',
    roles: OPERATORS,
    run: async ({ body, caller }) => {
      const params = rangeOf(body);
      return {
        status: 202,
        body: await startJob(ports.starter, { kind: 'ledger.restate', params, startedBy: caller.name }),
      };
    },
  },
];
