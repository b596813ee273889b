import { clock as localClock } from '../../clock.ts';
import { parseJson } from '../exact.ts';
import { type Fate, type LoggedRequest, type SandboxAnswer, type SandboxRequest, serve } from '../http.ts';
import { carryOut, checkRule, type Misbehaviour, misbehaviours } from '../misbehaviour.ts';
import { type Cta, checkCta, listFilter, PICKLISTS, requestsOf, type Tenant } from './cta.ts';
import { failure, Refusal, success } from './envelope.ts';

export type { Cta, LoggedRequest, Misbehaviour };

export type GainsightSandboxOptions = Tenant & {
  /** 0 takes a free port. */
  readonly port: number;
  readonly accessKey: string;
  readonly clock?: typeof localClock;
};

/** A running sandbox. The same can be done over HTTP below `/_sandbox/`. */
export type GainsightSandbox = {
  readonly url: string;
  /** Every CTA, oldest first. */
  ctas(): Cta[];
  misbehave(rule: Misbehaviour): void;
  behave(): void;
  requests(): LoggedRequest[];
  stop(): Promise<void>;
};

const CREATE = '/v2/cockpit/cta/';
const LIST = '/v2/cockpit/cta/list';
const PICKLIST = '/v2/cockpit/admin/picklist/lite';

/** A CTA as the list shows it. */
const listed = (cta: Cta): unknown => ({
  Gsid: cta.gsid,
  referenceId: cta.referenceId,
  Name: cta.name,
  CompanyId: cta.companyId,
  OwnerEmail: cta.ownerEmail,
  DueDate: cta.dueDate ?? null,
  type: cta.type,
  reason: cta.reason,
  status: cta.status,
  priority: cta.priority,
  isClosed: cta.status.startsWith('Closed'),
});

/** Starts a strict stand-in for one company's Gainsight tenant on 127.0.0.1. */
export const startGainsightSandbox = async (options: GainsightSandboxOptions): Promise<GainsightSandbox> => {
  const clock = options.clock ?? localClock;
  const ctas: Cta[] = [];
  const orders = misbehaviours();
  const log: LoggedRequest[] = [];
  let requestNumber = 0;

  const create = (body: unknown, requestId: string): SandboxAnswer => {
    const { fields, requests } = requestsOf(body);
    // One bad record fails the whole call: all are checked before any is written.
    const checked = requests.map((request) => checkCta(request, fields, options));
    const records = checked.map((fresh) => {
      // Gainsight does not promise that a reference id is unique, so neither does this: callers look first.
      const cta = { ...fresh, gsid: `1S01CTA${String(ctas.length + 1).padStart(8, '0')}`, createdAt: clock.now() };
      ctas.push(cta);
      return { Gsid: cta.gsid, referenceId: cta.referenceId };
    });
    return success({ count: records.length, errors: null, records }, requestId);
  };

  const work = (request: SandboxRequest, requestId: string): SandboxAnswer => {
    if (request.headers.accesskey !== options.accessKey) {
      return failure(401, 'GU_1401', 'Invalid or missing Accesskey', requestId);
    }
    try {
      if (request.method === 'GET' && request.path === PICKLIST) return success(PICKLISTS, requestId);
      if (request.method !== 'POST' || (request.path !== CREATE && request.path !== LIST)) {
        return failure(404, 'GU_1404', `${request.method} ${request.path} does not exist`, requestId);
      }
      if (!request.headers['content-type']?.startsWith('application/json')) {
        return failure(415, 'GU_1415', 'Content-Type must be application/json', requestId);
      }
      let body: unknown;
      try {
        body = parseJson(request.body);
      } catch {
        return failure(400, 'GU_1400', 'The body is not JSON', requestId);
      }
      if (request.path === CREATE) return create(body, requestId);
      const wanted = listFilter(body);
      const records = ctas.filter((cta) => wanted.includes(cta.referenceId)).map(listed);
      return success({ count: records.length, records }, requestId);
    } catch (error) {
      if (error instanceof Refusal) return failure(error.status, error.errorCode, error.message, requestId);
      throw error;
    }
  };

  const decide = async (request: SandboxRequest, requestId: string): Promise<Fate> => {
    const rule = orders.take(request, request.method === 'POST' && request.path === CREATE);
    if (rule === undefined) return work(request, requestId);
    if (rule.kind === 'throttle') return failure(429, 'GU_2400', 'Too many request', requestId);
    if (rule.kind === 'refuse-key') return failure(401, 'GU_1401', 'Invalid or missing Accesskey', requestId);
    if (rule.kind === 'status') {
      if (rule.effect === 'after') work(request, requestId);
      return failure(rule.status ?? 500, 'GU_1101', 'Oops, something went wrong', requestId);
    }
    return (await carryOut(rule, async () => work(request, requestId))) ?? work(request, requestId);
  };

  const control = (request: SandboxRequest): SandboxAnswer => {
    const what = `${request.method} ${request.path.slice('/_sandbox/'.length)}`;
    try {
      if (what === 'GET ctas') return { status: 200, body: ctas };
      if (what === 'GET requests') return { status: 200, body: log };
      if (what === 'GET misbehaviour') return { status: 200, body: orders.waiting() };
      if (what === 'DELETE misbehaviour') orders.clear();
      else if (what === 'POST misbehaviour') orders.order(checkRule(JSON.parse(request.body)));
      else return { status: 404, body: { error: `the sandbox has no ${what}` } };
      return { status: 204 };
    } catch (error) {
      return { status: 400, body: { error: String(error) } };
    }
  };

  const server = await serve(options.port, async (request) => {
    if (request.path.startsWith('/_sandbox/')) return control(request);
    requestNumber += 1;
    const fate = await decide(request, `req-${requestNumber}`);
    const correlationId = request.headers['x-correlation-id'];
    log.push({
      at: clock.now(),
      method: request.method,
      path: request.path,
      body: request.body,
      ...(correlationId === undefined ? {} : { correlationId }),
      fate: typeof fate === 'string' ? fate : fate.status,
    });
    return fate;
  });

  return {
    url: server.url,
    ctas: () => [...ctas],
    misbehave: (rule) => orders.order(rule),
    behave: () => orders.clear(),
    requests: () => [...log],
    stop: () => server.stop(),
  };
};
