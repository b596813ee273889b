import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetSuiteSandbox } from '../../../local/sandboxes/netsuite/server.ts';
import { askToken, assertionFor, call, invoice, startFixture } from './netsuite-fixture.ts';

let sandbox: NetSuiteSandbox;
let token: string;

beforeEach(async () => {
  sandbox = await startFixture();
  await fetch(`${sandbox.url}/services/rest/record/v1/invoice/1`);
  token = ((await (await askToken(sandbox, await assertionFor(sandbox))).json()) as { access_token: string })
    .access_token;
});
afterEach(() => sandbox.stop());

const post = (externalId: string) => call(sandbox, token, 'POST', '/record/v1/invoice', invoice(externalId));
const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

describe('the NetSuite sandbox', () => {
  it('books a document to the last digit, and shows it as numbers', async () => {
    const body = JSON.stringify(invoice('a')).replace('"amount":7.5', '"amount":123456789012345.67');
    expect(await call(sandbox, token, 'POST', '/record/v1/invoice', body)).toMatchObject({ status: 204 });
    expect(sandbox.books()[0]).toMatchObject({
      record: 'invoice',
      id: '1001',
      externalId: 'a',
      total: '123456789012345.67',
      postingPeriod: { name: 'Oct 2026' },
      lines: [{ item: { id: '502', name: 'api-calls' }, quantity: '3', amount: '123456789012345.67' }],
    });
    const response = await fetch(`${sandbox.url}/services/rest/record/v1/invoice/eid:a`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await response.text()).toContain('"total":123456789012345.67,');
  });

  it('keeps the template and the days of a line’s revenue, and shows them', async () => {
    const days = { revRecSchedule: { id: '2' }, revRecStartDate: '2026-10-12', revRecEndDate: '2026-11-11' };
    const items = [
      { item: { id: '502' }, amount: 7.5, ...days },
      { item: { id: '502' }, amount: 1, revRecEndDate: '2026-10-31' },
    ];
    await call(sandbox, token, 'POST', '/record/v1/invoice', { ...invoice('a'), item: { items } });
    const { body } = await call(sandbox, token, 'GET', '/record/v1/invoice/eid:a');
    expect(body).toMatchObject({
      item: {
        items: [
          { ...days, revRecSchedule: { id: '2', refName: 'straight-line-day' } },
          { revRecEndDate: '2026-10-31' },
        ],
      },
    });
  });

  it('takes a credit for what an invoice has left, and no more after', async () => {
    await post('a');
    const credit = (externalId: string, amount: number) =>
      call(sandbox, token, 'POST', '/record/v1/creditMemo', {
        ...invoice(externalId),
        item: { items: [{ item: { id: '502' }, quantity: 1, amount }] },
        apply: { items: [{ doc: { id: '1001' }, apply: true, amount }] },
      });
    expect(await credit('c-1', 7)).toMatchObject({ status: 204 });
    expect(await credit('c-2', 1)).toMatchObject({ status: 400 });
    expect(await credit('c-2', 0.5)).toMatchObject({ status: 204 });
    const shown = await call(sandbox, token, 'GET', '/record/v1/invoice/1001');
    expect(shown.body).toMatchObject({ amountRemaining: 0, status: { refName: 'Paid In Full' } });
  });

  it('applies a deposit to an invoice, as far as it goes, and shows what is left of both', async () => {
    const items = [{ item: { id: '502' }, amount: 1200 }];
    await call(sandbox, token, 'POST', '/record/v1/invoice', { ...invoice('a'), item: { items } });
    const apply = (externalId: string, amount: number) =>
      call(sandbox, token, 'POST', '/record/v1/customerDeposit/901/!transform/depositApplication', {
        externalId,
        tranDate: '2026-10-31',
        apply: { items: [{ doc: { id: '1001' }, apply: true, amount }] },
      });
    expect(await apply('d-1', 600.5)).toMatchObject({ status: 204 });
    expect(await apply('d-1', 1)).toMatchObject({ status: 400, detail: expect.stringMatching(/already exists/) });
    expect(await apply('d-2', 399.51)).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/left of the deposit/),
    });
    const { body } = await call(sandbox, token, 'GET', '/record/v1/depositApplication/eid:d-1');
    expect(body).toMatchObject({
      customer: { id: '614' },
      deposit: { id: '901' },
      applied: 600.5,
      unapplied: 399.5,
      total: 1000,
    });
    const shown = await call(sandbox, token, 'GET', '/record/v1/invoice/1001');
    expect(shown.body).toMatchObject({ amountRemaining: 599.5 });
    sandbox.voidDocument('d-1');
    expect(await apply('d-2', 1000)).toMatchObject({ status: 204 });
  });

  it.each([
    ['status', 'before', 0],
    ['status', 'after', 1],
    ['drop', 'before', 0],
    ['drop', 'after', 1],
  ] as const)('ends with %s %s the effect when told so', async (kind, effect, booked) => {
    sandbox.misbehave({ kind, effect, status: 503 });
    const end = await post('a').then(
      ({ status }) => status,
      () => 'cut',
    );
    expect(end).toBe(kind === 'drop' ? 'cut' : 503);
    expect(sandbox.books()).toHaveLength(booked);
    expect(await post('b')).toMatchObject({ status: 204 });
  });

  it('says nothing until the caller gives up', async () => {
    sandbox.misbehave({ kind: 'timeout', effect: 'after' });
    const response = fetch(`${sandbox.url}/services/rest/record/v1/invoice`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(invoice('a')),
      signal: AbortSignal.timeout(200),
    });
    await expect(response).rejects.toThrow();
    expect(sandbox.books()).toHaveLength(1);
  });

  it('throttles, closes the period, refuses the key or forgets tokens when told so', async () => {
    for (const kind of ['throttle', 'closed-period', 'refuse-key', 'expire-tokens'] as const)
      sandbox.misbehave({ kind });
    expect(await post('a')).toMatchObject({ status: 429, detail: expect.stringMatching(/Concurrent request limit/) });
    expect(await post('a')).toMatchObject({ status: 400, detail: expect.stringMatching(/period/) });
    expect(await post('a')).toMatchObject({ status: 401 });
    expect(await post('a')).toMatchObject({ status: 401 });
    expect(await post('a')).toMatchObject({ status: 401 });
  });

  it('misbehaves so often, after so many, where it is told to', async () => {
    sandbox.misbehave({ kind: 'status', times: 2, skip: 1, match: 'creditMemo' });
    const statuses: number[] = [];
    for (const n of [1, 2, 3, 4]) {
      statuses.push((await call(sandbox, token, 'POST', '/record/v1/creditMemo', invoice(`c-${n}`))).status);
      statuses.push((await post(`i-${n}`)).status);
    }
    expect(statuses).toEqual([204, 204, 500, 204, 500, 204, 204, 204]);
  });

  it('can be driven over HTTP', async () => {
    expect((await control('POST', 'misbehaviour', { kind: 'throttle' })).status).toBe(204);
    expect(await (await control('GET', 'misbehaviour')).json()).toMatchObject([{ kind: 'throttle' }]);
    expect((await control('DELETE', 'misbehaviour')).status).toBe(204);
    expect((await control('POST', 'misbehaviour', { kind: 'explode' })).status).toBe(400);
    expect((await control('POST', 'period', { name: 'Oct 2026', closed: true })).status).toBe(204);
    expect(await post('a')).toMatchObject({ status: 400 });
    await control('POST', 'period', { name: 'Oct 2026', closed: false });
    await post('a');
    expect(await (await control('GET', 'books')).json()).toMatchObject([{ externalId: 'a' }]);
    const log = (await (await control('GET', 'requests')).json()) as { path: string; fate: number; body: string }[];
    expect(log.at(-1)).toMatchObject({ method: 'POST', path: '/services/rest/record/v1/invoice', fate: 204 });
    expect(log.filter(({ path }) => path.endsWith('/token')).every(({ body }) => body === '')).toBe(true);
  });
});
