import { beforeEach, describe, expect, it } from 'vitest';
import type { CatalogEntry } from '../../../lambdas/catalog/types.ts';
import { explanationRoutes } from '../../../lambdas/operations/explanation-routes.ts';
import type { NumberExplained } from '../../../lambdas/usage/prove/explain-number.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { cancelLine, lineOf, PROOF_METERS, type ProofWorld, proofWorld, traffic } from '../usage/proof-world.ts';
import { caller } from './call.ts';

const bad = (status: number, code: string) => ({ status, body: { code } });

const attributed = (subject: string, account: string): CatalogEntry => ({
  kind: 'attribution',
  id: subject,
  version: 1,
  effectiveFrom: '2024-01-01T00:00:00.000Z',
  hash: '',
  publishedAt: '2024-01-01T00:00:00.000Z',
  proposedBy: 'a',
  publishedBy: 'b',
  body: { subject, account },
});

let world: ProofWorld;
let call: ReturnType<typeof caller>;
beforeEach(async () => {
  world = proofWorld();
  await traffic(world);
  const { archive, quarantine } = world;
  const catalog = memoryCatalog([...PROOF_METERS, attributed('org-01', 'acct-01'), attributed('org-02', 'acct-01')]);
  call = caller(explanationRoutes({ usage: { ...world.ports, archive }, catalog, archive, quarantine }));
});

const october = { account: 'acct-01', start: '2026-10-01', end: '2026-11-01' };
const explain = async (meter: string, more: Record<string, string> = {}): Promise<NumberExplained> => {
  const query = { ...october, meter, ...more };
  const { status, body } = await call({ method: 'GET', path: '/v1/ledger/explanations', query });
  expect([status, body]).toEqual([200, body]);
  return body as NumberExplained;
};
const sum = ({ parts }: NumberExplained): number => parts.reduce((total, { adds = '0' }) => total + Number(adds), 0);
const partOf = ({ parts }: NumberExplained, n: number): string => parts[n]?.at ?? '';

describe('the explanation of a number', () => {
  it('goes from the period down to the very events, and every level adds up to the one above', async () => {
    const period = await explain('calls');
    expect(period).toMatchObject({ level: 'dimensions', quantity: '76' });
    expect(period.parts.map(({ name, quantity }) => `${name} ${quantity}`)).toEqual([
      'endpoint=read 67',
      'endpoint=search 9',
    ]);
    const read = { dimensions: '{"endpoint":"read"}' };
    const days = await explain('calls', read);
    expect(days.parts.map(({ name, quantity }) => `${name} ${quantity}`)).toEqual(['2026-10-01 7', '2026-10-02 60']);
    expect(sum(days)).toBe(Number(days.quantity));
    for (const day of days.parts) {
      const slots = await explain('calls', { ...read, at: day.at ?? '' });
      expect([slots.level, slots.quantity, sum(slots)]).toEqual(['slots', day.quantity, Number(day.quantity)]);
      for (const slot of slots.parts) {
        const appends = await explain('calls', { ...read, at: slot.at ?? '' });
        expect([appends.level, appends.quantity, sum(appends)]).toEqual([
          'appends',
          slot.quantity,
          Number(slot.quantity),
        ]);
        for (const append of appends.parts) {
          const lines = await explain('calls', { ...read, at: append.at ?? '' });
          expect([lines.level, lines.quantity, sum(lines)]).toEqual(['lines', append.adds, Number(append.adds)]);
        }
      }
    }
  });

  it('tells a day of several dimensions by them, so that what follows adds up', async () => {
    const more = lineOf('s', 'org-01', '2026-10-01T05:00:00Z', 'api.requests', { count: 4, endpoint: 'search' });
    await world.deliver([[more]]);
    const day = await explain('calls', { at: '2026-10-01' });
    expect(day).toMatchObject({ level: 'dimensions', quantity: '11' });
    expect(day.parts.map(({ name, adds }) => `${name} ${adds}`)).toEqual(['endpoint=read 7', 'endpoint=search 4']);
    const slots = await explain('calls', { at: '2026-10-01', dimensions: '{"endpoint":"search"}' });
    expect([slots.level, slots.quantity, sum(slots)]).toEqual(['slots', '4', 4]);
  });

  it('shows how a cancelled event came and went, and the line as it was sent', async () => {
    const at = '2026-10-02T00:00:00.000Z';
    const appends = await explain('calls', { at });
    expect(appends.parts.map(({ adds, quantity }) => [adds, quantity])).toEqual([
      ['1', '1'],
      ['-1', '0'],
    ]);
    const lines = await explain('calls', { at: partOf(appends, 1) });
    expect(lines.parts).toMatchObject([
      { name: 'x1', adds: '-1', about: { role: 'alone', type: 'meterbridge.cancellation' } },
    ]);
    const [came] = (await explain('calls', { at: partOf(appends, 0) })).parts;
    expect(came).toMatchObject({
      name: 'c',
      adds: '1',
      quantity: '1',
      about: { role: 'counted', archive: expect.any(String) },
    });
    expect(JSON.parse(String(came?.about?.event))).toMatchObject({ id: 'c', data: { count: 1 } });
  });

  it('knows the overlays of a closed backfill, and what is in two chains', async () => {
    world.overlays.stand({ backfill: 'bf-1', state: 'open', isFixed: false });
    const late = (id: string, count: number) =>
      lineOf(id, 'org-01', '2026-10-01T00:05:00Z', 'api.requests', { count, endpoint: 'read' }, { backfill: 'bf-1' });
    await world.deliver([
      [
        late('new', 100),
        late('a', 7_000),
        cancelLine('bx', 'never', 'org-01', '2026-10-01T00:06:00Z', { backfill: 'bf-1' }),
      ],
    ]);
    world.overlays.stand({ backfill: 'bf-1', state: 'closed', isFixed: true, closedAt: '2026-11-10T00:00:00.000Z' });
    world.overlays.pin({ backfill: 'bf-1', subject: 'org-01', day: '2026-10-01' }, { '2026-10-01T00:00:00.000Z': 1 });
    const appends = await explain('calls', { at: '2026-10-01T00:00:00.000Z' });
    expect(appends.quantity).toBe('103');
    expect(appends.parts.map(({ name, adds }) => [name, adds])).toEqual([
      ['org-01 append 1', '3'],
      ['org-01 backfill bf-1 append 1', '7100'],
      ['in several chains, or cancelled in another one', '-7000'],
    ]);
    expect(sum(appends)).toBe(103);
    const lines = await explain('calls', { at: partOf(appends, 1) });
    expect([lines.parts.length, sum(lines)]).toEqual([3, 7_100]);
  });

  it.each(['smallest', 'largest', 'average', 'users', 'seats', 'storage', 'requests'])(
    'shows the levels of %s, which is another aggregation',
    async (meter) => {
      const days = await explain(meter);
      expect(days.how).toMatch(/\.$/);
      const slots = await explain(meter, { at: partOf(days, 0) });
      expect(slots.quantity).toBe(days.parts[0]?.quantity);
      const appends = await explain(meter, { at: partOf(slots, 0) });
      expect([slots.level, appends.level]).toEqual(['slots', 'appends']);
    },
  );

  it('says nothing of nothing, and refuses what is no place', async () => {
    expect(await explain('calls', { start: '2026-09-01', end: '2026-09-02' })).toMatchObject({
      quantity: '0',
      parts: [],
    });
    const ask = (query: Record<string, string>) =>
      call({ method: 'GET', path: '/v1/ledger/explanations', query: { ...october, meter: 'calls', ...query } });
    expect(await ask({ meter: 'none' })).toMatchObject(bad(404, 'NO_SUCH_METER'));
    expect(await ask({ account: 'acct-99' })).toMatchObject(bad(404, 'NO_SUCH_ACCOUNT'));
    expect(await ask({ at: 'org-01#2026-10-01T00:00:00.000Z#9' })).toMatchObject(bad(404, 'NO_SUCH_APPEND'));
    expect(await ask({ at: 'yesterday' })).toMatchObject(bad(400, 'BAD_REQUEST'));
    expect(await ask({ dimensions: '[1]' })).toMatchObject(bad(400, 'BAD_REQUEST'));
  });
});

it('tells where an event went', async () => {
  const query = { source: '//larkspur.example/platform', subject: 'org-01', time: '2026-10-01T02:05:00+02:00' };
  const ask = (more: Record<string, string>) =>
    call({ method: 'GET', path: '/v1/ledger/events', query: { id: 'a', ...query, ...more } });
  expect(await ask({})).toMatchObject({ status: 200, body: { places: [{ state: 'counted' }] } });
  expect(await ask({ time: 'noon' })).toMatchObject(bad(400, 'BAD_REQUEST'));
  expect(await ask({ source: '' })).toMatchObject(bad(400, 'BAD_REQUEST'));
});
