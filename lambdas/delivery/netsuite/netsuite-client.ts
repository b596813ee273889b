import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { formatDecimal, isNegative, negate, parseDecimal, subtract } from '../../platform/decimal.ts';
import type { Ids } from '../../platform/ids.ts';
import { awsCredentials } from '../credentials.ts';
import { fieldOf, readExact, textOf } from '../exact-json.ts';
import type { AdapterClient, DeliveryFailure, DeliveryJob, DeliveryOutcome, LookupResult } from '../types.ts';
import { type VendorAnswer, type VendorHttp, type VendorHttpPorts, vendorHttp } from '../vendor-http.ts';
import { type Authenticator, netSuiteAuthenticator } from './authenticator.ts';
import { readApplication } from './deposit-application.ts';
import { classify, type Effect, unanswered } from './errors.ts';
import { periodQuery, totalsQuery } from './suiteql.ts';

/** What NetSuite's books say about one external id. `total` is net of tax and never negative, whatever the kind. */
export type VendorTotal = {
  readonly externalId: string;
  readonly vendorId: string;
  readonly kind: 'invoice' | 'credit-memo' | 'deposit-application';
  readonly currency: string;
  readonly total: string;
  readonly customerId: string;
  readonly date: string;
};

/** The posting period of a date. `open`: neither closed nor locked for receivables or for everything. */
export type VendorPeriod = { readonly id: string; readonly name: string; readonly open: boolean };

/** A read that NetSuite did not answer as asked. */
export class NetSuiteReadError extends Error {
  override readonly name = 'NetSuiteReadError';
  readonly failure: DeliveryFailure;
  constructor(what: string, failure: DeliveryFailure) {
    super(`${what}: ${failure.outcome} ${failure.code}: ${failure.message}`);
    this.failure = failure;
  }
}

/** The adapter, and what a close reads for its readiness and its reconciliation. */
export type NetSuiteClient = AdapterClient & {
  /** The live transactions with these external ids, by id. @throws {NetSuiteReadError} */
  readTotals(externalIds: readonly string[], correlationId: string): Promise<VendorTotal[]>;
  /** The posting period of a date (`YYYY-MM-DD`); `undefined` if there is none. @throws {NetSuiteReadError} */
  readPeriod(date: string, correlationId: string): Promise<VendorPeriod | undefined>;
};

/** Types of transactions in SuiteQL, beside `CustInvc`. */
const KINDS: Readonly<Record<string, VendorTotal['kind']>> = {
  CustCred: 'credit-memo',
  DepAppl: 'deposit-application',
};

/** SuiteQL texts stay well below any limit with so many ids. */
const IDS_PER_QUERY = 200;
const PAGE = 1000;

type Answer = Extract<VendorAnswer, { readonly answered: true }>;
type Call = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string; readonly effect: Effect };

const absolute = (amount: string): string => {
  const value = parseDecimal(amount);
  return formatDecimal(isNegative(value) ? negate(value) : value);
};

/** Total without tax. Tax is the ERP's: what we compare is what we sent. */
const net = (total: string, tax: string | undefined): string =>
  formatDecimal(subtract(parseDecimal(absolute(total)), parseDecimal(absolute(tax ?? '0'))));

const isTrue = (value: unknown): boolean => value === true || value === 'T' || value === 'true';

const badAnswer = (what: string, effect: Effect): DeliveryFailure => ({
  outcome: effect === 'write' ? 'ambiguous' : 'transient',
  code: 'BAD_ANSWER',
  message: `NetSuite's answer ${what}`,
});

/** The client of NetSuite's SuiteTalk REST API. */
export const netSuiteClient = (ports: {
  readonly authenticator: Authenticator;
  readonly http: VendorHttp;
}): NetSuiteClient => {
  /** One call with a token. On 401 nothing is repeated here: the frame renews and tries again, once. */
  const call = async (request: Call, correlationId: string): Promise<Answer | DeliveryFailure> => {
    const token = await ports.authenticator.token(correlationId);
    if (!token.ok) return token.failure;
    const answer = await ports.http({
      method: request.method,
      url: `${token.baseUrl}/services/rest${request.path}`,
      headers: {
        authorization: `Bearer ${token.token}`,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        // A misspelt field is an error, not a warning that nobody reads.
        'x-netsuite-propertynamevalidation': 'Error',
        'x-netsuite-propertyvaluevalidation': 'Error',
        ...(request.path.startsWith('/query/') ? { prefer: 'transient' } : {}),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      correlationId,
    });
    return answer.answered ? answer : unanswered(answer, request.effect);
  };

  const suiteql = async (q: string, correlationId: string): Promise<unknown[]> => {
    const rows: unknown[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const path = `/query/v1/suiteql?limit=${PAGE}&offset=${offset}`;
      const answer = await call({ method: 'POST', path, body: JSON.stringify({ q }), effect: 'read' }, correlationId);
      if ('outcome' in answer) throw new NetSuiteReadError('SuiteQL', answer);
      if (answer.status !== 200) throw new NetSuiteReadError('SuiteQL', classify(answer, 'read'));
      const page = readExact(answer.body);
      const items = fieldOf(page, 'items');
      if (!Array.isArray(items)) throw new NetSuiteReadError('SuiteQL', badAnswer('has no items', 'read'));
      rows.push(...items);
      if (fieldOf(page, 'hasMore') !== true) return rows;
    }
  };

  const find = (record: string, externalId: string, correlationId: string): Promise<Answer | DeliveryFailure> => {
    const path = `/record/v1/${record}/eid:${encodeURIComponent(externalId)}`;
    return call({ method: 'GET', path, effect: 'read' }, correlationId);
  };

  const lookup = async (job: DeliveryJob): Promise<LookupResult> => {
    const answer = await find(job.record, job.deliveryId, job.correlationId);
    if ('outcome' in answer) return answer;
    if (answer.status === 404) return { found: false };
    if (answer.status !== 200) return classify(answer, 'read');
    const record = readExact(answer.body);
    const vendorId = textOf(record, 'id');
    // The total of an application is what of the deposit was there to apply.
    const total = textOf(record, job.record === 'depositApplication' ? 'applied' : 'total');
    if (vendorId === undefined || total === undefined) return badAnswer('has no id or total', 'read');
    const currency = textOf(fieldOf(record, 'currency'), 'refName');
    // An invoice has an entity, a deposit application a customer.
    const customerId = textOf(fieldOf(record, 'entity') ?? fieldOf(record, 'customer'), 'id');
    return {
      found: true,
      vendorId,
      total: net(total, textOf(record, 'taxTotal')),
      ...(currency === undefined ? {} : { currency }),
      ...(customerId === undefined ? {} : { customerId }),
      live: !/void/i.test(textOf(fieldOf(record, 'status'), 'refName') ?? ''),
    };
  };

  const write = async (path: string, body: string, correlationId: string): Promise<DeliveryOutcome> => {
    const answer = await call({ method: 'POST', path, body, effect: 'write' }, correlationId);
    if ('outcome' in answer) return answer;
    if (answer.status === 204) {
      const vendorId = answer.headers.get('location')?.split('/').at(-1);
      return vendorId ? { outcome: 'posted', vendorId } : badAnswer('has no Location', 'write');
    }
    return answer.status < 300 ? badAnswer(`is ${answer.status}, not 204`, 'write') : classify(answer, 'write');
  };

  /** Applies a deposit to an invoice. Until the last call nothing is written, and a failure says so. */
  const applyDeposit = async (payload: string, correlationId: string): Promise<DeliveryOutcome> => {
    const application = readApplication(payload);
    if (application === undefined) {
      const message =
        'the payload of a deposit application does not name one deposit ("deposit": {"id"}) and one invoice ("doc": {"externalId"}): mend the mapping of the kind payment';
      return { outcome: 'rejected', code: 'BAD_PAYLOAD', message };
    }
    const answer = await find('invoice', application.invoice, correlationId);
    if ('outcome' in answer) return answer;
    if (answer.status === 404) {
      return {
        outcome: 'rejected',
        code: 'NO_INVOICE',
        message: `NetSuite has no invoice ${application.invoice} to pay for`,
      };
    }
    if (answer.status !== 200) return classify(answer, 'read');
    const invoiceId = textOf(readExact(answer.body), 'id');
    if (invoiceId === undefined) return badAnswer('has no id', 'read');
    const path = `/record/v1/customerDeposit/${encodeURIComponent(application.deposit)}/!transform/depositApplication`;
    return write(path, application.requestFor(invoiceId), correlationId);
  };

  const create = (job: DeliveryJob, payload: string): Promise<DeliveryOutcome> =>
    job.record === 'depositApplication'
      ? applyDeposit(payload, job.correlationId)
      : write(`/record/v1/${job.record}`, payload, job.correlationId);

  return {
    lookup,
    create,
    renew: () => ports.authenticator.forget(),
    readTotals: async (externalIds, correlationId) => {
      const rows: unknown[] = [];
      for (let from = 0; from < externalIds.length; from += IDS_PER_QUERY) {
        rows.push(...(await suiteql(totalsQuery(externalIds.slice(from, from + IDS_PER_QUERY)), correlationId)));
      }
      return rows
        .filter((row) => !isTrue(fieldOf(row, 'voided')))
        .map((row): VendorTotal => {
          const text = (name: string): string => {
            const value = textOf(row, name);
            if (value === undefined) {
              throw new NetSuiteReadError('SuiteQL', badAnswer(`has a row without ${name}`, 'read'));
            }
            return value;
          };
          return {
            externalId: text('externalid'),
            vendorId: text('id'),
            kind: KINDS[text('type')] ?? 'invoice',
            currency: text('currency'),
            total: net(text('foreigntotal'), textOf(row, 'taxtotal')),
            customerId: text('entity'),
            date: text('trandate'),
          };
        });
    },
    readPeriod: async (date, correlationId) => {
      const [row] = await suiteql(periodQuery(date), correlationId);
      if (row === undefined) return undefined;
      const shut = ['closed', 'arlocked', 'alllocked'].some((flag) => isTrue(fieldOf(row, flag)));
      return { id: textOf(row, 'id') ?? '', name: textOf(row, 'periodname') ?? '', open: !shut };
    },
  };
};

/** The client as a function wires it: endpoint from its SSM parameter, credentials from its secret. */
export const connectNetSuite = (
  ports: VendorHttpPorts & { readonly secrets: SecretsManagerClient; readonly ssm: SSMClient; readonly ids: Ids },
  names: { readonly endpointParameter: string; readonly secretId: string },
): NetSuiteClient => {
  const fields = ['clientId', 'certificateId', 'privateKeyPem', 'accountId'];
  const credentials = awsCredentials(ports, { ...names, fields });
  const http = vendorHttp(ports);
  return netSuiteClient({ authenticator: netSuiteAuthenticator({ ...ports, credentials, http }), http });
};
