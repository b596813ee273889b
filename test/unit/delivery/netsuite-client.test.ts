import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../../lambdas/delivery/credentials.ts';
import { mapPayload } from '../../../lambdas/delivery/mapping.ts';
import { netSuiteAuthenticator } from '../../../lambdas/delivery/netsuite/authenticator.ts';
import { netSuiteClient } from '../../../lambdas/delivery/netsuite/netsuite-client.ts';
import type { DeliveryJob } from '../../../lambdas/delivery/types.ts';
import { vendorHttp } from '../../../lambdas/delivery/vendor-http.ts';
import { systemClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import type { NetSuiteSandbox } from '../../../local/sandboxes/netsuite/server.ts';
import { integration, startFixture } from '../sandboxes/netsuite-fixture.ts';
import { creditMemo, depositApplication, exampleMapping, invoiceDocument, splitDocument } from './documents.ts';

let sandbox: NetSuiteSandbox;
beforeEach(async () => {
  sandbox = await startFixture();
});
afterEach(() => sandbox.stop());

/** Credentials as the secret holds them; `mend` puts other ones there. */
const credentialsOf = (secret: Record<string, string>, baseUrl = sandbox.url) => {
  let [stored, cached] = [secret, secret];
  const credentials: Credentials = {
    get: async () => ({ baseUrl, secret: cached }),
    forget: () => {
      cached = stored;
    },
  };
  return { credentials, mend: (better: Record<string, string>) => (stored = better) };
};

const clientOf = (secret: Record<string, string> = integration, baseUrl = sandbox.url, timeLeft = 20_000) => {
  const http = vendorHttp({ clock: systemClock, timeLeft: () => timeLeft });
  const { credentials, mend } = credentialsOf(secret, baseUrl);
  const authenticator = netSuiteAuthenticator({ credentials, http, clock: systemClock, ids: countingIds() });
  return { client: netSuiteClient({ authenticator, http }), mend };
};

const job = (deliveryId: string, record = 'invoice'): DeliveryJob => ({
  format: 1,
  adapter: 'netsuite',
  deliveryId,
  record,
  payloadKey: 'k',
  payloadHash: 'h',
  correlationId: 'close-7',
  expect: {},
});
const payloadOf = async (externalId: string) =>
  (await mapPayload(exampleMapping('netsuite-invoice'), { ...invoiceDocument, documentId: externalId })).payload;
const tokens = () => sandbox.requests().filter(({ path }) => path.endsWith('/token'));

describe('the NetSuite client against the sandbox', () => {
  it('signs in, creates, finds and adds up, with the correlation id on every call', async () => {
    const { client } = clientOf();
    expect(await client.lookup(job('mb-1'))).toEqual({ found: false });
    expect(await client.create(job('mb-1'), await payloadOf('mb-1'))).toEqual({ outcome: 'posted', vendorId: '1001' });
    expect(await client.lookup(job('mb-1'))).toEqual({
      found: true,
      vendorId: '1001',
      total: '1234.56',
      currency: 'USD',
      customerId: '614',
      live: true,
    });
    const memo = await mapPayload(exampleMapping('netsuite-credit-memo'), creditMemo);
    await client.create(job(creditMemo.documentId, 'creditMemo'), memo.payload);
    expect(await client.readTotals(['mb-1', creditMemo.documentId, 'absent'], 'close-7')).toEqual([
      {
        externalId: 'mb-1',
        vendorId: '1001',
        kind: 'invoice',
        currency: 'USD',
        total: '1234.56',
        customerId: '614',
        date: '2026-10-31',
      },
      {
        externalId: creditMemo.documentId,
        vendorId: '1002',
        kind: 'credit-memo',
        currency: 'USD',
        total: '4.5',
        customerId: '614',
        date: '2026-10-31',
      },
    ]);
    expect(tokens()).toHaveLength(1);
    expect(sandbox.requests().every(({ correlationId }) => correlationId === 'close-7')).toBe(true);
  });

  it('books exactly what the document says', async () => {
    const { client } = clientOf();
    await client.create(job('mb-1'), await payloadOf('mb-1'));
    const [booked] = sandbox.books();
    expect(booked?.lines.map(({ item, quantity, amount }) => [item.name, quantity, amount])).toEqual([
      ['api-calls', '120000.123456789012', '1230.06'],
      ['ai-summaries', '3', '4.50'],
    ]);
    expect(booked).toMatchObject({ total: '1234.56', memo: 'Usage 2026-10-01 to 2026-10-31' });
  });

  it('knows a void document for one that may not be adopted', async () => {
    const { client } = clientOf();
    await client.create(job('mb-1'), await payloadOf('mb-1'));
    sandbox.voidDocument('mb-1');
    expect(await client.lookup(job('mb-1'))).toMatchObject({ found: true, live: false });
    expect(await client.readTotals(['mb-1'], 'c')).toEqual([]);
  });

  it('reads whether a period is open', async () => {
    const { client } = clientOf();
    expect(await client.readPeriod('2026-10-31', 'c')).toMatchObject({ name: 'Oct 2026', open: true });
    sandbox.setPeriod('Oct 2026', true);
    expect(await client.readPeriod('2026-10-31', 'c')).toMatchObject({ name: 'Oct 2026', open: false });
    expect(await client.readPeriod('2020-01-01', 'c')).toBeUndefined();
  });

  it.each([
    ['throttle', { kind: 'throttle' }, 'throttled', 'CONCURRENCY_LIMIT_EXCEEDED'],
    ['a closed period', { kind: 'closed-period' }, 'closed-period', 'CLOSED_PERIOD'],
    ['500 before the effect', { kind: 'status' }, 'ambiguous', 'HTTP_500'],
    ['503 after the effect', { kind: 'status', status: 503, effect: 'after' }, 'ambiguous', 'HTTP_503'],
    ['a cut connection', { kind: 'drop', effect: 'after' }, 'ambiguous', 'UND_ERR_SOCKET'],
    ['a refused token', { kind: 'refuse-key' }, 'auth', 'INVALID_LOGIN'],
  ] as const)('tells %s by its class', async (_, rule, outcome, code) => {
    const { client } = clientOf();
    sandbox.misbehave(rule);
    expect(await client.create(job('mb-1'), await payloadOf('mb-1'))).toMatchObject({ outcome, code });
  });

  it('gives up waiting in time to look again', async () => {
    const { client } = clientOf(integration, sandbox.url, 600);
    sandbox.misbehave({ kind: 'timeout', effect: 'after' });
    const payload = await payloadOf('mb-1');
    expect(await client.create(job('mb-1'), payload)).toMatchObject({ outcome: 'ambiguous', code: 'TIMEOUT' });
    expect(await client.lookup(job('mb-1'))).toMatchObject({ found: true });
  });

  it('says that nothing was sent when nobody listens', async () => {
    const { client } = clientOf(integration, 'http://127.0.0.1:1');
    expect(await client.create(job('mb-1'), '{}')).toMatchObject({ outcome: 'transient' });
  });

  it('takes a second create of the same id for something to look at', async () => {
    const { client } = clientOf();
    await client.create(job('mb-1'), await payloadOf('mb-1'));
    expect(await client.create(job('mb-1'), await payloadOf('mb-1'))).toMatchObject({
      outcome: 'ambiguous',
      code: 'ALREADY_EXISTS',
    });
  });

  it('gets a new token when its own is refused, and new credentials too', async () => {
    const { client, mend } = clientOf({ ...integration, certificateId: 'old' });
    expect(await client.lookup(job('mb-1'))).toMatchObject({ outcome: 'auth', code: 'invalid_grant' });
    mend(integration);
    client.renew();
    expect(await client.lookup(job('mb-1'))).toEqual({ found: false });
    sandbox.misbehave({ kind: 'expire-tokens', match: 'GET' });
    expect(await client.lookup(job('mb-1'))).toMatchObject({ outcome: 'auth', code: 'INVALID_LOGIN' });
    client.renew();
    expect(await client.lookup(job('mb-1'))).toEqual({ found: false });
  });

  it('says what is wrong with a secret that holds no key, without saying the secret', async () => {
    const { client } = clientOf({ ...integration, privateKeyPem: 'nonsense-key' });
    const ended = await client.lookup(job('mb-1'));
    expect(ended).toMatchObject({ outcome: 'auth', code: 'BAD_CREDENTIALS' });
    expect(JSON.stringify(ended)).not.toContain('nonsense-key');
  });
});

describe('an invoice whose lines have several service periods', () => {
  it('is booked with the days and template of each, and comes to its total', async () => {
    const { client } = clientOf();
    const { payload } = await mapPayload(exampleMapping('netsuite-invoice'), splitDocument);
    const id = splitDocument.documentId;
    expect(await client.create(job(id), payload)).toMatchObject({ outcome: 'posted' });
    expect(await client.lookup(job(id))).toMatchObject({ found: true, total: '1300' });
    expect(sandbox.books()[0]?.lines[0]).toMatchObject({
      amount: '200.00',
      revRecSchedule: { id: '4', name: 'as-used' },
      revRecStartDate: '2026-10-12',
      revRecEndDate: '2026-10-31',
    });
  });
});

describe('a deposit that pays for an invoice', () => {
  const id = depositApplication.paymentId;
  const pays = job(id, 'depositApplication');
  const payloadFor = async (over: object = {}) =>
    (await mapPayload(exampleMapping('netsuite-payment'), { ...depositApplication, ...over })).payload;
  const invoiced = async () => {
    const { client } = clientOf();
    await client.create(job(depositApplication.documentId), await payloadOf(depositApplication.documentId));
    return client;
  };

  it('is applied once, to the digit, found again by its own id, and counted in the books', async () => {
    const client = await invoiced();
    expect(await client.lookup(pays)).toEqual({ found: false });
    expect(await client.create(pays, await payloadFor())).toEqual({ outcome: 'posted', vendorId: '1002' });
    const transform = sandbox.requests().find(({ path }) => path.includes('!transform'));
    expect(transform).toMatchObject({
      path: '/services/rest/record/v1/customerDeposit/901/!transform/depositApplication',
    });
    expect(transform?.body).toBe(
      `{"apply":{"items":[{"amount":600.10,"apply":true,"doc":{"id":"1001"}}]},"externalId":"${id}","memo":"Prepaid, contract contract-01","tranDate":"2026-10-31"}`,
    );
    expect(await client.lookup(pays)).toEqual({
      found: true,
      vendorId: '1002',
      total: '600.1',
      currency: 'USD',
      customerId: '614',
      live: true,
    });
    expect(await client.create(pays, await payloadFor())).toMatchObject({
      outcome: 'ambiguous',
      code: 'ALREADY_EXISTS',
    });
    expect(await client.readTotals([id], 'c')).toMatchObject([{ kind: 'deposit-application', total: '600.1' }]);
    expect(sandbox.books()).toHaveLength(2);
  });

  it('is not applied to an invoice that is not there, nor by a payload that names none, nor beyond what is left', async () => {
    const { client } = clientOf();
    expect(await client.create(pays, await payloadFor())).toMatchObject({ outcome: 'rejected', code: 'NO_INVOICE' });
    expect(await client.create(pays, '{"deposit":{"id":"901"},"apply":{"items":[]}}')).toMatchObject({
      outcome: 'rejected',
      code: 'BAD_PAYLOAD',
    });
    await invoiced();
    expect(await client.create(pays, await payloadFor({ amount: '1000.01' }))).toMatchObject({ outcome: 'rejected' });
    expect(await client.create(pays, await payloadFor({ deposit: '902' }))).toMatchObject({ outcome: 'rejected' });
    expect(await client.create(pays, await payloadFor({ deposit: '999' }))).toMatchObject({ code: 'NONEXISTENT_ID' });
    expect(sandbox.books()).toHaveLength(1);
  });

  it('is ambiguous only when the last call got no clear answer, and closed where the period is', async () => {
    const client = await invoiced();
    const payload = await payloadFor();
    sandbox.misbehave({ kind: 'status', status: 503, match: 'GET /services/rest/record/v1/invoice' });
    expect(await client.create(pays, payload)).toMatchObject({ outcome: 'transient' });
    sandbox.setPeriod('Oct 2026', true);
    expect(await client.create(pays, payload)).toMatchObject({ outcome: 'closed-period' });
    sandbox.setPeriod('Oct 2026', false);
    sandbox.misbehave({ kind: 'drop', effect: 'after' });
    expect(await client.create(pays, payload)).toMatchObject({ outcome: 'ambiguous' });
    expect(await client.lookup(pays)).toMatchObject({ found: true, total: '600.1' });
  });
});

/** The derived schema of the vendor's records lies outside this repository; where it is, our payloads must fit it. */
const SPEC = process.env.NETSUITE_OPENAPI ?? '';

describe('payloads against the derived NetSuite schema', () => {
  if (!existsSync(SPEC)) {
    it('is passed over: NETSUITE_OPENAPI names no file', () => expect(existsSync(SPEC)).toBe(false));
    return;
  }
  it.each([
    ['invoice', 'netsuite-invoice', invoiceDocument],
    ['invoice', 'netsuite-invoice', splitDocument],
    ['creditMemo', 'netsuite-credit-memo', creditMemo],
  ])('%s of %s', async (record, mapping, document) => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema(JSON.parse(readFileSync(SPEC, 'utf8')) as object, 'netsuite');
    const validate = ajv.getSchema(`netsuite#/components/schemas/${record}`);
    const mapped = await mapPayload(exampleMapping(mapping), document);
    expect(validate?.(JSON.parse(mapped.payload)), JSON.stringify(validate?.errors)).toBe(true);
  });
});
