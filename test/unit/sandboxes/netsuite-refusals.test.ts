import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetSuiteSandbox } from '../../../local/sandboxes/netsuite/server.ts';
import { type Assertion, askToken, assertionFor, call, type Ended, invoice, startFixture } from './netsuite-fixture.ts';

let sandbox: NetSuiteSandbox;
let token: string;

beforeAll(async () => {
  sandbox = await startFixture();
  // Any request puts the sandbox's time into its log, which the fixture signs by.
  await fetch(`${sandbox.url}/services/rest/record/v1/invoice/1`);
  const response = await askToken(sandbox, await assertionFor(sandbox));
  token = ((await response.json()) as { access_token: string }).access_token;
  await call(sandbox, token, 'POST', '/record/v1/invoice', invoice('original'));
});
afterAll(() => sandbox.stop());

const post = (body: unknown, record = 'invoice') => call(sandbox, token, 'POST', `/record/v1/${record}`, body);
const line = (fields: Record<string, unknown>) => ({
  ...invoice('x'),
  item: { items: [{ item: { id: '502' }, quantity: 3, amount: 7.5, ...fields }] },
});
const without = (name: string) => {
  const { [name]: _, ...rest } = invoice('x');
  return rest;
};
const creditOn = (doc: unknown, amount: number) => ({
  ...invoice('credit'),
  apply: { items: [{ doc, apply: true, amount }] },
});
const suiteql = (q: string, headers: Record<string, string> = { prefer: 'transient' }) =>
  call(sandbox, token, 'POST', '/query/v1/suiteql', { q }, headers);

const otherKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

describe('the NetSuite sandbox refuses a sign-in', () => {
  it.each<[string, () => Promise<Assertion> | Assertion]>([
    ['signed RS256, which NetSuite accepts no more', () => ({ alg: 'RS256' })],
    ['signed by another key', () => ({ privateKeyPem: otherKey })],
    ['for another audience', () => ({ payload: { aud: 'https://example.com/token' } })],
    ['of another client', () => ({ payload: { iss: 'client-2' } })],
    ['naming another certificate', () => ({ kid: 'certificate-2' })],
    ['without the scope rest_webservices', () => ({ payload: { scope: 'restlets' } })],
    ['that is good for more than 60 minutes', async () => ({ payload: { exp: (await nowSeconds()) + 3700 } })],
    ['that has ended', async () => ({ payload: { exp: (await nowSeconds()) - 60 } })],
  ])('%s', async (_, wrong) => {
    const response = await askToken(sandbox, await assertionFor(sandbox, await wrong()));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('takes a good one, and answers expires_in as text', async () => {
    const response = await askToken(sandbox, await assertionFor(sandbox));
    expect(await response.json()).toMatchObject({ expires_in: '3600', token_type: 'bearer' });
  });
});

const nowSeconds = async () => Math.floor(Date.parse(sandbox.requests().at(-1)?.at ?? '') / 1000);

const deposit = (id: string) => `/record/v1/customerDeposit/${id}/!transform/depositApplication`;
/** Applies a deposit to the invoice that is there. */
const applyDeposit = (application: object, id = '901') =>
  call(sandbox, token, 'POST', deposit(id), {
    externalId: 'x',
    apply: { items: [{ doc: { id: '1001' }, apply: true, ...application }] },
  });

/** Name → what is sent, the status, what the detail says, and the path it names. All from the vendor notes. */
const REFUSALS: readonly [string, () => Promise<Ended>, number, RegExp, string?][] = [
  ['a request without a good token', () => call(sandbox, 'wrong', 'GET', '/record/v1/invoice/1'), 401, /Invalid login/],
  [
    'the misspelt field of the vendor’s own sample (postingperiod)',
    () => post({ ...invoice('x'), postingperiod: '21' }),
    400,
    /Unknown property postingperiod/,
    'postingperiod',
  ],
  [
    'an unknown field of a line',
    () => post(line({ price_level: 1 })),
    400,
    /Unknown property/,
    'item.items[0].price_level',
  ],
  ['an amount that is text', () => post(line({ amount: '7.50' })), 400, /Invalid Field Value/, 'item.items[0].amount'],
  [
    'a quantity that is text',
    () => post(line({ quantity: '3' })),
    400,
    /Invalid Field Value/,
    'item.items[0].quantity',
  ],
  ['more decimals than the currency has', () => post(line({ amount: 7.505 })), 400, /7.505/, 'item.items[0].amount'],
  [
    'decimals in yen',
    () =>
      post({
        ...line({ amount: 7.5 }),
        entity: { id: '615' },
        subsidiary: { id: '3' },
        currency: { refName: 'JPY' },
      }),
    400,
    /Invalid Field Value 7.5/,
    'item.items[0].amount',
  ],
  [
    'more than 15 decimals of a quantity',
    () => post(JSON.stringify(line({})).replace('"quantity":3', '"quantity":0.1234567890123456')),
    400,
    /Invalid Field Value/,
    'item.items[0].quantity',
  ],
  [
    'an unknown item',
    () => post(line({ item: { id: '9999' } })),
    400,
    /Invalid Field Value 9999 for the following field: item/,
    'item.items[0].item',
  ],
  [
    'a line without item',
    () => post(line({ item: undefined })),
    400,
    /enter value\(s\) for: Item/,
    'item.items[0].item',
  ],
  ['a line without amount', () => post(line({ amount: undefined })), 400, /enter value\(s\) for: Amount/],
  [
    'an unknown template of revenue recognition',
    () => post(line({ revRecSchedule: { id: '99' } })),
    400,
    /Invalid Field Value 99 for the following field: revRecSchedule/,
    'item.items[0].revRecSchedule',
  ],
  [
    'a day of revenue recognition that is none',
    () => post(line({ revRecStartDate: '2026-02-30' })),
    400,
    /Invalid Field Value 2026-02-30/,
    'item.items[0].revRecStartDate',
  ],
  [
    'revenue that ends before it starts',
    () => post(line({ revRecStartDate: '2026-10-02', revRecEndDate: '2026-10-01' })),
    400,
    /End Date may not be before/,
    'item.items[0].revRecEndDate',
  ],
  ['no lines', () => post({ ...invoice('x'), item: { items: [] } }), 400, /at least one line/, 'item'],
  ['no customer', () => post(without('entity')), 400, /enter value\(s\) for: Customer/, 'entity'],
  ['an unknown customer', () => post({ ...invoice('x'), entity: { id: '1' } }), 400, /Invalid Field Value 1/, 'entity'],
  [
    'the subsidiary of another customer',
    () => post({ ...invoice('x'), subsidiary: { id: '3' } }),
    400,
    /Invalid Field Value 3/,
    'subsidiary',
  ],
  [
    'a currency the customer does not have',
    () => post({ ...invoice('x'), currency: { refName: 'EUR' } }),
    400,
    /EUR/,
    'currency',
  ],
  [
    'a date with time',
    () => post({ ...invoice('x'), tranDate: '2026-10-31T00:00:00Z' }),
    400,
    /Invalid Field Value/,
    'tranDate',
  ],
  [
    'a date that does not exist',
    () => post({ ...invoice('x'), tranDate: '2026-02-31' }),
    400,
    /2026-02-31/,
    'tranDate',
  ],
  [
    'a date in no period',
    () => post({ ...invoice('x'), tranDate: '2020-01-01' }),
    400,
    /No accounting period/,
    'tranDate',
  ],
  ['an external id with other characters', () => post(invoice('mb acct')), 400, /Invalid Field Value/, 'externalId'],
  ['an external id that exists', () => post(invoice('original')), 400, /This record already exists/],
  ['a total below zero', () => post(line({ amount: -7.5 })), 400, /may not be negative/],
  [
    'a credit applied to an unknown invoice',
    () => post(creditOn({ id: '77' }, 1), 'creditMemo'),
    400,
    /Invalid Field Value 77/,
  ],
  [
    'a credit of more than the invoice has left',
    () =>
      post(
        {
          ...line({ amount: 99 }),
          externalId: 'credit',
          apply: { items: [{ doc: { id: '1001' }, apply: true, amount: 8 }] },
        },
        'creditMemo',
      ),
    400,
    /more than its amount remaining/,
  ],
  [
    'applications above the credit',
    () =>
      post(
        {
          ...line({ amount: 1 }),
          externalId: 'credit',
          apply: { items: [{ doc: { id: '1001' }, apply: true, amount: 2 }] },
        },
        'creditMemo',
      ),
    400,
    /more than the total/,
  ],
  ['a body that is no JSON', () => post('{"entity":'), 400, /not JSON/],
  [
    'another content type',
    () => call(sandbox, token, 'POST', '/record/v1/invoice', invoice('x'), { 'content-type': 'text/plain' }),
    415,
    /Content-Type/,
  ],
  ['an unknown record type', () => post(invoice('x'), 'invoices'), 404, /does not exist/],
  [
    'an external id that nobody has',
    () => call(sandbox, token, 'GET', '/record/v1/invoice/eid:nobody'),
    404,
    /does not exist/,
  ],
  ['a delete', () => call(sandbox, token, 'DELETE', '/record/v1/invoice/1001'), 405, /not supported/],
  ['SuiteQL without Prefer: transient', () => suiteql('SELECT id FROM transaction', { prefer: '' }), 400, /Prefer/],
  [
    'SuiteQL with a bare date',
    () =>
      suiteql(
        "SELECT id FROM accountingperiod WHERE isposting = 'T' AND startdate <= '2026-10-01' AND enddate >= '2026-10-01'",
      ),
    400,
    /failed with date format "M\/d\/yy"/,
  ],
  [
    'a deposit application that is not made out of its deposit',
    () => call(sandbox, token, 'POST', '/record/v1/depositApplication', { externalId: 'x' }),
    400,
    /transforming its customer deposit/,
  ],
  ['a deposit that is not there', () => applyDeposit({ amount: 1 }, '999'), 404, /does not exist/],
  [
    'a deposit of another customer',
    () => applyDeposit({ amount: 1 }, '902'),
    400,
    /following field: doc/,
    'apply.items[0].doc',
  ],
  [
    'more of a deposit than the invoice is',
    () => applyDeposit({ amount: 7.51 }),
    400,
    /more than its amount remaining/,
    'apply.items[0].amount',
  ],
  ['nothing of a deposit', () => applyDeposit({ amount: 1, apply: false }), 400, /at least one transaction/, 'apply'],
  [
    'an unknown field of a deposit application',
    () => call(sandbox, token, 'POST', `${deposit('901')}`, { deposit: { id: '901' } }),
    400,
    /Unknown property deposit/,
  ],
  ['SuiteQL about anything else', () => suiteql('SELECT id FROM customer'), 400, /two queries/],
  [
    'SuiteQL with an unknown column',
    () => suiteql("SELECT salary FROM transaction WHERE externalid IN ('a')"),
    400,
    /salary/,
  ],
];

describe('the NetSuite sandbox refuses', () => {
  it('at least twenty bad requests', () => expect(REFUSALS.length).toBeGreaterThanOrEqual(20));

  it.each(REFUSALS)('%s', async (_, send, status, detail, path) => {
    const ended = await send();
    expect(ended.status).toBe(status);
    expect(ended.detail).toMatch(detail);
    if (path !== undefined) expect(ended.path).toBe(path);
    expect(sandbox.books()).toHaveLength(1);
  });

  it('what lies in a closed period, new or changed', async () => {
    sandbox.setPeriod('Oct 2026', true);
    expect(await post(invoice('late'))).toMatchObject({ status: 400, detail: expect.stringMatching(/period/) });
    const change = await call(sandbox, token, 'PATCH', '/record/v1/invoice/eid:original', { memo: 'other' });
    expect(change).toMatchObject({ status: 400, detail: expect.stringMatching(/period/) });
    sandbox.setPeriod('Oct 2026', false);
    expect(await call(sandbox, token, 'PATCH', '/record/v1/invoice/eid:original', { memo: 'other' })).toMatchObject({
      status: 204,
    });
    expect(sandbox.books()[0]?.memo).toBe('other');
  });
});
