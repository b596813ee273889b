import { clock as localClock } from '../../clock.ts';
import { parseJson } from '../exact.ts';
import { type Fate, type LoggedRequest, type SandboxAnswer, type SandboxRequest, serve } from '../http.ts';
import { carryOut, checkRule, type Misbehaviour, misbehaviours } from '../misbehaviour.ts';
import { applicationView, type BookedDocument, emptyBooks, type RecordType, recordView } from './books.ts';
import type { AccountingPeriod, Company } from './company.ts';
import { checkApplication, unappliedOf } from './deposits.ts';
import { closedPeriod, errorAnswer, invalidLogin, Refusal, throttled } from './errors.ts';
import { checkChange, checkNew } from './records.ts';
import { runQuery } from './suiteql.ts';
import { type Integration, tokenOffice } from './token.ts';

export type { AccountingPeriod, BookedDocument, Company, LoggedRequest, Misbehaviour };

export type NetSuiteSandboxOptions = Integration & {
  /** 0 takes a free port. */
  readonly port: number;
  readonly periods: readonly AccountingPeriod[];
  readonly company: Company;
  /** How long a bearer token is good; default 3600. */
  readonly tokenSeconds?: number;
  readonly clock?: typeof localClock;
};

/** A running sandbox. The same can be done over HTTP below `/_sandbox/`. */
export type NetSuiteSandbox = {
  readonly url: string;
  /** Every document with its lines, oldest first. */
  books(): BookedDocument[];
  misbehave(rule: Misbehaviour): void;
  /** Forgets what was ordered and not yet done. */
  behave(): void;
  /** Opens or closes the posting period with this name, e.g. `Oct 2026`. */
  setPeriod(name: string, closed: boolean): void;
  /** Voids a document, as a bookkeeper would by hand. */
  voidDocument(externalId: string): void;
  requests(): LoggedRequest[];
  stop(): Promise<void>;
};

const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
const RECORD = /^\/services\/rest\/record\/v1\/(invoice|creditMemo|depositApplication)(?:\/([^/]+))?$/;
const TRANSFORM = /^\/services\/rest\/record\/v1\/customerDeposit\/([^/]+)\/!transform\/depositApplication$/;
const PERIOD = /^\/services\/rest\/record\/v1\/accountingPeriod\/([^/]+)$/;
const JSON_TYPE = /^application\/(json|vnd\.oracle\.resource\+json)/;

const isRecordType = (record: string | undefined): record is RecordType =>
  record === 'invoice' || record === 'creditMemo' || record === 'depositApplication';

const parseBody = (request: SandboxRequest): unknown => {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The Content-Type must be application/json.');
  }
  try {
    return parseJson(request.body);
  } catch {
    throw new Refusal(400, 'INVALID_CONTENT', 'Invalid content in the request body: it is not JSON.');
  }
};

/** Starts a strict stand-in for one company's NetSuite account on 127.0.0.1. */
export const startNetSuiteSandbox = async (options: NetSuiteSandboxOptions): Promise<NetSuiteSandbox> => {
  const clock = options.clock ?? localClock;
  const books = emptyBooks();
  const tokens = tokenOffice(options, clock, options.tokenSeconds ?? 3600);
  const orders = misbehaviours();
  const log: LoggedRequest[] = [];
  let periods = options.periods;
  const setPeriod = (name: string, closed: boolean) => {
    periods = periods.map((period) => (period.name === name ? { ...period, closed } : period));
  };
  const ledger = () => ({ books, company: options.company, periods });

  const find = (record: RecordType, id: string): BookedDocument => {
    const document = id.startsWith('eid:') ? books.byExternalId(record, id.slice(4)) : books.byId(record, id);
    if (document) return document;
    throw new Refusal(404, 'NONEXISTENT_ID', 'The record instance does not exist. Provide a valid record instance ID.');
  };

  const viewOf = (document: BookedDocument): unknown => {
    const deposit = options.company.deposits.find(({ id }) => id === document.depositId);
    return deposit === undefined ? recordView(document, books) : applicationView(document, unappliedOf(deposit, books));
  };

  const written = ({ record, id }: BookedDocument): SandboxAnswer => ({
    status: 204,
    headers: { location: `${server.url}/services/rest/record/v1/${record}/${id}` },
  });

  const transform = (request: SandboxRequest, depositId: string): SandboxAnswer => {
    if (request.method !== 'POST') throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'A record is transformed by POST.');
    return written(books.add(checkApplication(depositId, parseBody(request), ledger(), clock.now())));
  };

  const records = (request: SandboxRequest, record: RecordType, id: string | undefined): SandboxAnswer => {
    if (request.method === 'GET' && id !== undefined) return { status: 200, body: viewOf(find(record, id)) };
    if (request.method === 'POST' && id === undefined && record !== 'depositApplication') {
      return written(books.add(checkNew(record, parseBody(request), ledger(), clock.now())));
    }
    if (request.method === 'PATCH' && id !== undefined) {
      const document = find(record, id);
      books.change(document.id, checkChange(document, parseBody(request), ledger()));
      return written(document);
    }
    if (request.method === 'POST' && record === 'depositApplication') {
      const detail = 'A deposit application is created by transforming its customer deposit.';
      throw new Refusal(400, 'INVALID_REQUEST', detail);
    }
    throw new Refusal(405, 'METHOD_NOT_ALLOWED', `${request.method} is not supported here by the sandbox.`);
  };

  const suiteql = (request: SandboxRequest): SandboxAnswer => {
    if (request.method !== 'POST') throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'SuiteQL is asked by POST.');
    if (!/\btransient\b/.test(request.headers.prefer ?? '')) {
      const detail = 'The required request header "Prefer" is missing or not "transient".';
      throw new Refusal(400, 'INVALID_HEADER', detail);
    }
    const body = parseBody(request);
    const q = typeof body === 'object' && body !== null && 'q' in body ? body.q : undefined;
    if (typeof q !== 'string') throw new Refusal(400, 'INVALID_PARAMETER', 'The query "q" is missing.', 'q');
    const [limit, offset] = [Number(request.query.get('limit') ?? 1000), Number(request.query.get('offset') ?? 0)];
    if (limit > 1000) throw new Refusal(400, 'INVALID_PARAMETER', 'The limit is at most 1000.');
    const rows = runQuery(q, books, periods);
    const items = rows.slice(offset, offset + limit);
    const hasMore = offset + items.length < rows.length;
    return { status: 200, body: { items, count: items.length, hasMore, offset, totalResults: rows.length } };
  };

  const work = async (request: SandboxRequest): Promise<SandboxAnswer> => {
    try {
      if (request.path === TOKEN_PATH) return await tokens.grant(request, `${server.url}${TOKEN_PATH}`);
      if (!tokens.isGood(request.headers.authorization)) return invalidLogin();
      const [, record, id] = RECORD.exec(request.path) ?? [];
      if (isRecordType(record)) return records(request, record, id);
      const [, depositId] = TRANSFORM.exec(request.path) ?? [];
      if (depositId !== undefined) return transform(request, decodeURIComponent(depositId));
      if (request.path === '/services/rest/query/v1/suiteql') return suiteql(request);
      const [, periodId] = PERIOD.exec(request.path) ?? [];
      const period = periods.find((candidate) => candidate.id === periodId);
      if (period && request.method === 'GET') return { status: 200, body: { ...period, periodName: period.name } };
      return errorAnswer(404, 'NONEXISTENT_ID', `Record type or path ${request.path} does not exist.`);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  };

  const isWrite = ({ method, path }: SandboxRequest) => method !== 'GET' && (RECORD.test(path) || TRANSFORM.test(path));

  const decide = async (request: SandboxRequest): Promise<Fate> => {
    const rule = orders.take(request, isWrite(request));
    if (rule === undefined) return work(request);
    if (rule.kind === 'throttle') return throttled();
    if (rule.kind === 'refuse-key') return invalidLogin();
    if (rule.kind === 'closed-period') return closedPeriod('as ordered').answer;
    if (rule.kind === 'expire-tokens') {
      tokens.expireAll();
      return work(request);
    }
    return (await carryOut(rule, () => work(request))) ?? work(request);
  };

  const control = (request: SandboxRequest): SandboxAnswer => {
    const what = `${request.method} ${request.path.slice('/_sandbox/'.length)}`;
    try {
      if (what === 'GET books') return { status: 200, body: books.all() };
      if (what === 'GET requests') return { status: 200, body: log };
      if (what === 'GET misbehaviour') return { status: 200, body: orders.waiting() };
      if (what === 'DELETE misbehaviour') orders.clear();
      else if (what === 'POST misbehaviour') orders.order(checkRule(JSON.parse(request.body)));
      else if (what === 'POST period') {
        const { name, closed } = JSON.parse(request.body) as { name: string; closed: boolean };
        setPeriod(name, closed);
      } else return { status: 404, body: { error: `the sandbox has no ${what}` } };
      return { status: 204 };
    } catch (error) {
      return { status: 400, body: { error: String(error) } };
    }
  };

  const server = await serve(options.port, async (request) => {
    if (request.path.startsWith('/_sandbox/')) return control(request);
    const fate = await decide(request);
    const correlationId = request.headers['x-correlation-id'];
    log.push({
      at: clock.now(),
      method: request.method,
      path: request.path,
      // Assertions are credentials, though short-lived ones.
      body: request.path === TOKEN_PATH ? '' : request.body,
      ...(correlationId === undefined ? {} : { correlationId }),
      fate: typeof fate === 'string' ? fate : fate.status,
    });
    return fate;
  });

  return {
    url: server.url,
    books: () => books.all(),
    misbehave: (rule) => orders.order(rule),
    behave: () => orders.clear(),
    setPeriod,
    voidDocument: (externalId) => {
      for (const document of books.all())
        if (document.externalId === externalId) books.change(document.id, { voided: true });
    },
    requests: () => [...log],
    stop: () => server.stop(),
  };
};
