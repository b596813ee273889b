import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../../lambdas/platform/http-edge.ts';
import { raiseSignals } from '../../../lambdas/success/signals.ts';
import { successRoutes } from '../../../lambdas/success/success-routes.ts';
import { successHouse } from './success-fixtures.ts';

const house = async () => {
  const { ports, settle } = successHouse();
  const days = await settle('org-05', '2026-10-05', [...Array.from({ length: 14 }, () => 4000), 900, 900, 900]);
  await raiseSignals(ports, { id: 'e', subject: 'org-05', days, correlationId: 'c' });
  const routes = successRoutes(ports);
  const get = (path: string, parts: Partial<Pick<ApiRequest, 'path' | 'query'>> = {}) => {
    const route = routes.find((each) => each.path === path);
    if (route === undefined) throw new Error(`no route ${path}`);
    return route.run({
      caller: { name: 'sam', roles: ['success'] },
      path: {},
      query: {},
      body: undefined,
      correlationId: 'c',
      ...parts,
    });
  };
  return { get, routes };
};
const USAGE = '/v1/accounts/{account}/usage';

describe('the success API', () => {
  it('may be read by everyone who signs in, and changes nothing', async () => {
    const { routes } = await house();
    expect(routes.every(({ method, roles }) => method === 'GET' && roles.length === 4)).toBe(true);
  });

  it('lists the accounts', async () => {
    const { get } = await house();
    expect(await get('/v1/accounts')).toEqual({
      status: 200,
      body: {
        items: [
          { account: 'acct-05', name: 'Quill & Finch', salesRegion: 'us', plan: 'business', entity: 'larkspur-inc' },
          { account: 'acct-06', name: 'No Success', salesRegion: 'eu', plan: 'team', entity: 'larkspur-gmbh' },
        ],
      },
    });
  });

  it('shows the usage of a period in the zone of the contract, and what it was made from', async () => {
    const { get } = await house();
    const answer = await get(USAGE, {
      path: { account: 'acct-05' },
      query: { start: '2026-10-05', end: '2026-10-07', meter: 'api_calls' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        account: 'acct-05',
        period: { start: '2026-10-05', end: '2026-10-07', zone: 'Asia/Kolkata' },
        read: { queries: expect.any(Number), bytes: expect.any(Number) },
        upTo: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    });
  });

  it('shows the running period of the contract to date, where no dates are given', async () => {
    const { get } = await house();
    const { body } = await get(USAGE, { path: { account: 'acct-05' } });
    expect(body).toMatchObject({ period: { start: '2026-11-01', zone: 'Asia/Kolkata' } });
  });

  it('shows usage by window, page by page', async () => {
    const { get } = await house();
    const path = { account: 'acct-05' };
    const query = { start: '2026-10-05', end: '2026-10-08', meter: 'api_calls', window: 'slot' };
    const first = (await get(USAGE, { path, query })).body as { items: unknown[]; next: string };
    expect(first.items).toHaveLength(96);
    expect(first.next).toBe('2026-10-06');
    const last = (await get(USAGE, { path, query: { ...query, after: '2026-10-07' } })).body;
    expect(last).toMatchObject({ window: 'slot', items: expect.any(Array) });
    expect(last).not.toHaveProperty('next');
    await expect(get(USAGE, { path, query: { ...query, after: '2026-10-09' } })).rejects.toMatchObject({
      problem: { code: 'BAD_PAGE' },
    });
    await expect(get(USAGE, { path, query: { ...query, window: 'week' } })).rejects.toMatchObject({
      problem: { code: 'BAD_WINDOW' },
    });
  });

  it('shows the signals', async () => {
    const { get } = await house();
    const { body } = await get('/v1/accounts/{account}/signals', { path: { account: 'acct-05' } });
    expect(body).toMatchObject({ items: [{ account: 'acct-05', since: '2026-10-19', changePercent: '-78' }] });
  });

  it.each([
    [{ path: { account: 'acct-99' }, query: { start: '2026-10-01', end: '2026-11-01' } }, 'NO_SUCH_ACCOUNT'],
    [{ path: { account: 'acct-05' }, query: { end: '2026-11-01' } }, 'BAD_DATE'],
    [{ path: { account: 'acct-05' }, query: { start: '2026-02-31', end: '2026-11-01' } }, 'BAD_DATE'],
    [{ path: { account: 'acct-05' }, query: { start: '2026-11-01', end: '2026-11-01' } }, 'BAD_PERIOD'],
    [{ path: { account: 'acct-05' }, query: { start: '2020-11-01', end: '2026-11-01' } }, 'BAD_PERIOD'],
    [{ path: { account: 'acct-05' }, query: { start: '2026-10-01', end: '2026-11-01', meter: 'x' } }, 'NO_SUCH_METER'],
  ])('refuses %o with %s', async (parts, code) => {
    const { get } = await house();
    await expect(get(USAGE, parts)).rejects.toMatchObject({ problem: { code } });
  });
});
