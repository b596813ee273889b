import type { AuditLog } from '../platform/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRequest, ApiRoute } from '../platform/http-edge.ts';
import type { Ids } from '../platform/ids.ts';
import { ProblemError } from '../platform/problem.ts';
import { type BackfillStore, backfillIdOf, backfillOf, deedOf, mustBe } from '../usage/corrections/backfill.ts';
import { loadLines } from '../usage/corrections/load-lines.ts';
import type { JobKind } from '../usage/jobs/jobs.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import type { UsageStream } from '../usage/receive/usage-stream.ts';
import type { Backfill, BackfillChange } from '../usage/types.ts';
import { OPERATORS, object, optionalText, READERS, text } from './requests.ts';

/** What the routes of backfills need. */
export type BackfillPorts = {
  readonly backfills: BackfillStore;
  readonly stream: UsageStream;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly starter: StartPorts;
  /** The closes, by id, that have billed something of an account in a period: what changes there becomes a correction. */
  readonly closedBy: (change: BackfillChange) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next'>;
};

const PAGE = 50;
const CHANGES_PER_PAGE = 200;
/** Lines of one request. */
const MAX_LINES = 1_000;
/** Characters of a reason. */
const MAX_REASON = 2_000;

const reasonOf = (body: unknown): string => {
  const reason = text('/reason', object(body).reason).trim();
  if (reason !== '' && reason.length <= MAX_REASON) return reason;
  throw new ProblemError(400, 'BAD_REQUEST', `/reason must be a sentence of at most ${MAX_REASON} characters`);
};

const linesOf = (body: unknown): string[] => {
  const { lines } = object(body);
  const isList = Array.isArray(lines) && lines.every((line) => typeof line === 'string');
  if (isList && lines.length > 0 && lines.length <= MAX_LINES) return lines as string[];
  const message = `/lines must be a list of 1 to ${MAX_LINES} texts, each the JSON of one CloudEvent`;
  throw new ProblemError(400, 'BAD_REQUEST', message);
};

const open = async ({ backfills, clock, ids }: BackfillPorts, { body, caller }: ApiRequest): Promise<Backfill> => {
  const opened = { by: caller.name, at: clock.now() };
  const reason = reasonOf(body);
  const backfill: Backfill = { backfillId: backfillIdOf(clock, ids.next()), state: 'open', reason, opened };
  await backfills.create(backfill, deedOf(backfill, 'open', opened, { reason }));
  return backfill;
};

/** Who loads is audited before anything is loaded. */
const load = async (ports: BackfillPorts, { path: { backfillId = '' }, body, caller }: ApiRequest) => {
  const lines = linesOf(body);
  const backfill = await backfillOf(ports.backfills, backfillId);
  mustBe(backfill, 'open');
  const loaded = { by: caller.name, at: ports.clock.now() };
  await ports.audit.append(deedOf(backfill, 'load', loaded, { lines: lines.length }));
  return { results: await loadLines(ports.stream, backfillId, lines) };
};

type Step = {
  readonly kind: JobKind;
  readonly from: readonly Backfill['state'][];
  readonly params?: (body: unknown) => Readonly<Record<string, unknown>>;
};

/** What is done with a whole backfill, as a job. One that is being sealed may be asked for again: its job may have died. */
const STEPS: Readonly<Record<'seal' | 'close' | 'revert', Step>> = {
  seal: { kind: 'backfill.seal', from: ['open', 'sealing'] },
  close: { kind: 'backfill.close', from: ['sealed'] },
  revert: {
    kind: 'backfill.revert',
    from: ['open', 'sealing', 'sealed', 'closed'],
    params: (body) => ({ reason: reasonOf(body) }),
  },
};

const step = (ports: BackfillPorts, name: keyof typeof STEPS): ApiRoute => ({
  method: 'POST',
  path: `/v1/backfills/{backfillId}/${name}`,
  roles: OPERATORS,
  run: async ({ path: { backfillId = '' }, body, caller }) => {
    const { kind, from, params } = STEPS[name];
    mustBe(await backfillOf(ports.backfills, backfillId), ...from);
    const asked = { backfillId, ...(params?.(body) ?? {}) };
    return { status: 202, body: await startJob(ports.starter, { kind, params: asked, startedBy: caller.name }) };
  },
});

const changes = async (ports: BackfillPorts, { path: { backfillId = '' }, query }: ApiRequest) => {
  const backfill = await backfillOf(ports.backfills, backfillId);
  mustBe(backfill, 'sealed', 'closed', 'reverted');
  const after = optionalText('after', query.after);
  const { items, next } = await ports.backfills.changes(backfillId, CHANGES_PER_PAGE, after);
  const closes = new Map<string, readonly string[]>();
  for (const change of items) {
    const key = `${change.account}#${change.period.start}`;
    if (change.account !== undefined && !closes.has(key)) closes.set(key, await ports.closedBy(change));
  }
  return {
    items: items.map((change) => ({
      ...change,
      closedBy: closes.get(`${change.account}#${change.period.start}`) ?? [],
    })),
    ...(next === undefined ? {} : { next }),
  };
};

/**
 * `POST /v1/backfills` opens one, `GET /v1/backfills` lists them, `GET /v1/backfills/{backfillId}` shows one,
 * `POST .../lines` loads events, `POST .../seal|close|revert` start jobs, `GET .../changes` tells what closing changes.
 */
export const backfillRoutes = (ports: BackfillPorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/backfills',
    roles: OPERATORS,
    run: async (request) => ({ status: 201, body: await open(ports, request) }),
  },
  {
    method: 'GET',
    path: '/v1/backfills',
    roles: READERS,
    run: async ({ query }) => ({
      status: 200,
      body: await ports.backfills.list(PAGE, optionalText('after', query.after)),
    }),
  },
  {
    method: 'GET',
    path: '/v1/backfills/{backfillId}',
    roles: READERS,
    run: async ({ path: { backfillId = '' } }) => ({
      status: 200,
      body: await backfillOf(ports.backfills, backfillId),
    }),
  },
  {
    method: 'POST',
    path: '/v1/backfills/{backfillId}/lines',
    roles: OPERATORS,
    run: async (request) => ({ status: 202, body: await load(ports, request) }),
  },
  step(ports, 'seal'),
  step(ports, 'close'),
  step(ports, 'revert'),
  {
    method: 'GET',
    path: '/v1/backfills/{backfillId}/changes',
    roles: READERS,
    run: async (request) => ({ status: 200, body: await changes(ports, request) }),
  },
];
