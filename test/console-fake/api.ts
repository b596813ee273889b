import type { SlimDocument } from '../../lambdas/close/records.ts';
import type { CloseRecord, ErpDocument, Manifest } from '../../lambdas/close/types.ts';
import { progressOf, stepsOf } from './books.ts';
import { PEOPLE } from './oidc.ts';
import type { World } from './world.ts';

/** The finance routes, as the contract describes them, over a world in memory. */

export type Request = {
  readonly method: string;
  readonly address: URL;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
};
export type Answer = { readonly status: number; readonly body: unknown };

const PAGE = 100;
const EVENTS = 137;
const EVENT_PAGE = 50;
const at = '2026-11-03T19:04:11.000Z';

const ok = (body: unknown): Answer => ({ status: 200, body });
const problem = (status: number, code: string, detail: string): Answer => ({
  status,
  body: { type: 'about:blank', title: code.toLowerCase().replaceAll('_', ' '), status, code, detail },
});
const missing = problem(404, 'NOT_FOUND', 'there is no such thing');

const slim = ({ lines, ...document }: ErpDocument): SlimDocument => ({
  ...document,
  lines: lines.map(({ rated, ...line }) => ({ ...line, account: rated.account })),
});

/** A started close goes on a little each time it is asked for. */
const advance = (world: World, close: CloseRecord): CloseRecord => {
  const times = (world.asked.get(close.closeId) ?? 0) + 1;
  world.asked.set(close.closeId, times);
  if (close.status !== 'running') return close;
  const rated = Math.min(24, times * 3);
  return {
    ...close,
    steps: stepsOf(
      {
        readiness: { state: 'done', done: 4, total: 4 },
        prepare: { state: 'done', done: 24, total: 24 },
        rate: { state: rated < 24 ? 'running' : 'done', done: rated, total: 24 },
        ...(rated === 24 ? { judge: { state: 'running', done: 0, total: 24 } as const } : {}),
      },
      close.startedAt,
    ),
  };
};

const startClose = (world: World, { name, body }: Request): Answer => {
  if (PEOPLE[name] !== 'finance-preparer') return problem(403, 'ROLE_MISSING', 'this needs the role finance-preparer');
  const [start, end] = [String(body['start']), String(body['end'])];
  const run = world.closes.filter((close) => close.start === start && close.end === end).length + 1;
  const closeId = `close-${start.replaceAll('-', '')}-${end.replaceAll('-', '')}-${run}`;
  const startedAt = new Date(performance.timeOrigin + performance.now()).toISOString();
  world.closes = [
    {
      format: 1,
      closeId,
      start,
      end,
      run,
      status: 'running',
      startedBy: name,
      startedAt,
      steps: stepsOf({}, startedAt),
    },
    ...world.closes,
  ];
  return { status: 202, body: { closeId } };
};

const decide = (world: World, closeId: string, manifestId: string, { name, body }: Request): Answer => {
  const manifests = world.manifests.get(closeId) ?? [];
  const manifest = manifests.find((one) => one.manifestId === manifestId);
  if (!manifest) return missing;
  if (PEOPLE[name] !== 'finance-approver') return problem(403, 'ROLE_MISSING', 'this needs the role finance-approver');
  if (manifest.makers.includes(name)) return problem(409, 'MAKER_IS_CHECKER', `${name} is a maker of this manifest`);
  if (body['hash'] !== manifest.hash) return problem(409, 'STALE_MANIFEST', 'the manifest has another hash now');
  if (manifest.decision) return problem(409, 'ALREADY_DECIDED', 'it was decided before');
  const decision = body['decision'] === 'approve' ? 'approve' : 'return';
  const reason = body['reason'];
  const decided: Manifest = {
    ...manifest,
    status: decision === 'approve' ? 'posting' : 'returned',
    decision: { decision, by: name, at, ...(typeof reason === 'string' ? { reason } : {}) },
  };
  world.manifests.set(
    closeId,
    manifests.map((one) => (one === manifest ? decided : one)),
  );
  return ok({ status: decided.status });
};

const eventsOf = (lineId: string, after: number) => {
  const items = Array.from({ length: Math.min(EVENT_PAGE, EVENTS - after) }, (_, index) => {
    const number = after + index;
    const time = `2026-10-${String(1 + (number % 28)).padStart(2, '0')}T${String(number % 24).padStart(2, '0')}:07:12.000Z`;
    return {
      subject: 'org-03',
      slot: `${time.slice(0, 14)}00:00.000Z`,
      version: 1 + (number % 3),
      receivedAt: time.replace(':12.000Z', ':41.220Z'),
      pointer: { key: 'events/usage/2026/10/01/0-100-200.ndjson.gz', line: number },
      event: {
        specversion: '1.0',
        source: '//larkspur.example/platform',
        id: `${lineId.slice(3, 9)}-${number}`,
        type: 'com.larkspur.api.requests',
        subject: 'org-03',
        time,
        dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
        data: { count: 1 + ((number * 37) % 400), endpoint: number % 3 === 0 ? 'write' : 'read' },
      },
    };
  });
  const next = after + items.length;
  return { items, ...(next < EVENTS ? { next: String(next) } : {}) };
};

const closeRoute = (world: World, closeId: string, rest: readonly string[], request: Request): Answer => {
  const index = world.closes.findIndex((one) => one.closeId === closeId);
  const known = world.closes[index];
  if (!known) return missing;
  const own = world.documents.filter(({ document }) => document.closeId === closeId);
  if (rest.length === 0) {
    const close = advance(world, known);
    const exceptions = world.exceptions.filter(({ start }) => start === close.start);
    return ok({ close, manifests: world.manifests.get(closeId) ?? [], exceptions });
  }
  if (rest[0] === 'accounts') {
    return ok({
      items: progressOf(
        world.company,
        closeId,
        own.map(({ document }) => document),
        ['acct-18'],
        at,
      ),
    });
  }
  if (rest[0] === 'reconciliation') {
    const documents = own.map(({ document, delivered }) => ({
      documentId: document.documentId,
      account: document.account,
      currency: document.currency,
      ours: document.total,
      theirs: delivered?.delivery.vendorId ? document.total : null,
      equal: delivered?.delivery.vendorId !== undefined,
    }));
    const breaks = documents.filter(({ equal }) => !equal).length;
    return ok({ format: 1, closeId, at, documents, currencies: [], breaks });
  }
  const [, manifestId] = rest;
  return manifestId ? decide(world, closeId, manifestId, request) : missing;
};

const documentsRoute = (world: World, documentId: string | undefined, query: URLSearchParams): Answer => {
  if (documentId !== undefined) {
    const found = world.documents.find(({ document }) => document.documentId === documentId);
    if (!found) return missing;
    const { document, delivered } = found;
    return ok({
      document,
      ...(delivered ? { delivery: delivered.delivery } : {}),
      attempts: delivered?.attempts ?? [],
    });
  }
  const closeId = query.get('closeId');
  if (closeId === null) return problem(400, 'BAD_REQUEST', 'say which close: ?closeId=');
  const rows = world.documents.filter(({ document }) => document.closeId === closeId);
  const after = Number(query.get('after') ?? '0');
  const items = rows.slice(after, after + PAGE).map(({ document, delivered }) => ({
    document: slim(document),
    ...(delivered ? { delivery: delivered.delivery } : {}),
  }));
  return ok({ items, ...(after + PAGE < rows.length ? { next: String(after + PAGE) } : {}) });
};

const resolve = (world: World, exceptionId: string, { name, body }: Request): Answer => {
  const role = PEOPLE[name] ?? '';
  if (!['finance-preparer', 'operator'].includes(role)) return problem(403, 'ROLE_MISSING', 'not your role');
  const resolution = { decision: String(body['decision']), reason: String(body['reason']), by: name, at };
  world.exceptions = world.exceptions.map((one) =>
    one.exceptionId === exceptionId ? { ...one, state: 'resolved', resolution } : one,
  );
  return ok({});
};

/** Answers a request under `/v1`. */
export const answerApi = async (world: World, request: Request): Promise<Answer> => {
  const [, , noun, id, ...rest] = request.address.pathname.split('/').map(decodeURIComponent);
  const query = request.address.searchParams;
  if (noun === 'quarantine' || noun === 'jobs') return world.quarantine.answer(request);
  if (noun === 'catalog' && id !== 'account' && id !== 'entity') return world.catalog.answer(request);
  if (PEOPLE[request.name] === 'success') return problem(403, 'ROLE_MISSING', 'this needs a finance role');
  if (noun === 'closes' && request.method === 'POST' && id === undefined) return startClose(world, request);
  if (noun === 'closes' && id === undefined) return ok({ items: world.closes.map((one) => advance(world, one)) });
  if (noun === 'closes' && id !== undefined) return closeRoute(world, id, rest, request);
  if (noun === 'documents') return documentsRoute(world, id, query);
  if (noun === 'exceptions' && id !== undefined) return resolve(world, id, request);
  if (noun === 'lines' && id !== undefined && rest[0] === 'events') {
    return ok(eventsOf(id, Number(query.get('after') ?? '0')));
  }
  if (noun === 'catalog' && (id === 'account' || id === 'entity')) {
    const bodies = id === 'account' ? world.company.accounts : world.company.entities;
    return ok({ items: bodies.map((body) => ({ kind: id, id: body.id, version: 1, body })) });
  }
  return missing;
};
