import { describe, expect, it } from 'vitest';
import type { BookDiff, BookVersion, BookView, PublicationSummary } from '../../../lambdas/catalog/types.ts';
import { catalogRoutes } from '../../../lambdas/operations/catalog-routes.ts';
import { priceBookRoutes } from '../../../lambdas/operations/price-book-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { caller } from './call.ts';

const clock = manualClock('2026-11-02T00:00:00.000Z');
const bad = (status: number, code: string) => ({ status, body: { code } });

const book = (amount: string, effectiveFrom = '2026-01-01T00:00:00.000Z') => ({
  kind: 'price-book',
  id: 'list',
  effectiveFrom,
  body: {
    id: 'list',
    name: 'List',
    currency: 'USD',
    prices: [
      {
        id: 'platform',
        product: 'platform',
        description: 'Platform fee',
        perDimensions: [],
        steps: [{ step: 'recurring-fee', amount, proration: 'day' }],
      },
    ],
  },
});

const setUp = () => {
  const catalog = memoryCatalog();
  const ports = {
    catalog,
    clock,
    audit: memoryAuditLog(clock),
    known: { eventTypes: [], policies: [] },
    priceOf: () => '0',
  };
  const call = caller([...priceBookRoutes(ports), ...catalogRoutes(ports)]);
  const get = (path: string, query?: Record<string, string>) =>
    call({ method: 'GET', path, ...(query ? { query } : {}) });
  const post = (path: string, body: unknown, as = 'olga') => call({ method: 'POST', path, body, as });
  const submit = async (entry: unknown, more: object = {}) =>
    (await post('/v1/catalog/publications', { entries: [entry], ...more })).body as {
      publicationId: string;
      hash: string;
    };
  const publish = async (entry: unknown) => {
    const { publicationId, hash } = await submit(entry);
    const path = `/v1/catalog/publications/${publicationId}/approval`;
    await call({ method: 'POST', path, body: { hash }, as: 'grace', roles: ['finance-approver'] });
  };
  return { get, post, submit, publish };
};

describe('price books over HTTP', () => {
  it('are listed with every version, published or waiting', async () => {
    const { get, submit, publish } = setUp();
    await publish(book('49'));
    await submit(book('59', '2027-01-01T00:00:00.000Z'));
    const { items } = (await get('/v1/catalog/price-books')).body as { items: BookVersion[] };
    expect(items.map(({ id, version, state }) => [id, version, state])).toEqual([
      ['list', 2, 'submitted'],
      ['list', 1, 'published'],
    ]);
    // The older list of what holds, and the history of a kind, are still there.
    expect((await get('/v1/catalog/price-book')).body).toMatchObject({ items: [{ id: 'list', version: 1 }] });
    expect((await get('/v1/catalog/price-book/history')).body).toMatchObject({ items: [{ version: 1 }] });
  });

  it('are shown in words, by default the version in force', async () => {
    const { get, submit, publish } = setUp();
    await publish(book('49'));
    const { publicationId } = await submit(book('59', '2027-01-01T00:00:00.000Z'));
    const text = async (query?: Record<string, string>) =>
      ((await get('/v1/catalog/price-books/list', query)).body as BookView).prices[0]?.parts[0]?.text;
    expect(await text()).toBe('49.00 USD each period, by day');
    expect(await text({ version: '1' })).toBe('49.00 USD each period, by day');
    expect(await text({ version: publicationId })).toBe('59.00 USD each period, by day');
    expect(await get('/v1/catalog/price-books/none')).toMatchObject(bad(404, 'NO_SUCH_PRICE_BOOK'));
    expect(await get('/v1/catalog/price-books/list', { version: '2' })).toMatchObject({
      status: 404,
      body: {
        code: 'NO_SUCH_VERSION',
        detail: `the price book "list" has no version "2"; it has ${publicationId}@2, 1`,
      },
    });
  });

  it('are compared, a version that waits with the one in force', async () => {
    const { get, submit, publish } = setUp();
    await publish(book('49'));
    const { publicationId } = await submit(book('59', '2027-01-01T00:00:00.000Z'));
    const { body } = await get('/v1/catalog/price-book/list/diff', { to: publicationId });
    expect((body as BookDiff).changes.map(({ sentence }) => sentence)).toEqual([
      'Platform fee (platform), recurring-fee: "59.00 USD each period, by day" instead of "49.00 USD each period, by day"',
    ]);
    expect(await get('/v1/catalog/price-book/list/diff', { from: '7' })).toMatchObject(bad(404, 'NO_SUCH_VERSION'));
  });

  it('are told apart when several wait in one publication', async () => {
    const { get, post, publish } = setUp();
    await publish(book('49'));
    const entries = [book('59', '2027-01-01T00:00:00.000Z'), book('69', '2028-01-01T00:00:00.000Z')];
    const { publicationId } = (await post('/v1/catalog/publications', { entries })).body as { publicationId: string };
    const versions = { from: `${publicationId}@2`, to: `${publicationId}@3` };
    const { body } = await get('/v1/catalog/price-book/list/diff', versions);
    expect((body as BookDiff).changes).toMatchObject([
      { before: '59.00 USD each period, by day', after: '69.00 USD each period, by day' },
    ]);
  });

  it('are doubted until what is doubted is accepted, also from a draft', async () => {
    const { get, post, submit } = setUp();
    const refused = await post('/v1/catalog/publications', { entries: [book('0')] });
    expect(refused).toMatchObject(bad(409, 'WARNINGS_NOT_ACCEPTED'));
    const { publicationId } = await submit(book('0'), { draft: true });
    const path = `/v1/catalog/publications/${publicationId}/submission`;
    expect(await post(path, {})).toMatchObject(bad(409, 'WARNINGS_NOT_ACCEPTED'));
    expect(await post(path, { accept: 'all' })).toMatchObject(bad(400, 'BAD_REQUEST'));
    const accept = ['zero-price:list/platform:recurring-fee'];
    expect(await post(path, { accept })).toMatchObject({ status: 200, body: { status: 'proposed' } });

    const waiting = await get('/v1/catalog/publications', { status: 'proposed' });
    const { items } = waiting.body as { items: PublicationSummary[] };
    expect(items).toMatchObject([
      { publicationId, status: 'proposed', overtaken: false, warnings: [{ key: accept[0] }] },
    ]);
    expect(items[0]?.changes[0]).not.toHaveProperty('body');
    expect((await get('/v1/catalog/publications', { status: 'draft' })).body).toEqual({ items: [] });
    expect(await get('/v1/catalog/publications', { status: 'lost' })).toMatchObject(bad(400, 'BAD_REQUEST'));
  });

  it('name what is overtaken', async () => {
    const { get, submit, publish } = setUp();
    await submit(book('49'));
    await publish(book('59'));
    const { items } = (await get('/v1/catalog/publications')).body as { items: PublicationSummary[] };
    expect(items.map(({ status, overtaken }) => [status, overtaken]).sort()).toEqual([
      ['proposed', true],
      ['published', false],
    ]);
  });
});
