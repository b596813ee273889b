import { expect, it } from 'vitest';
import type { CatalogEntry, Meter } from '../../../lambdas/catalog/types.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { effectiveSlots } from '../../../lambdas/usage/ledger/effective-slots.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { restateDay } from '../../../lambdas/usage/ledger/restate.ts';
import { correctionsWorld } from './corrections-world.ts';
import { METERS, usage } from './usage-fixtures.ts';

const DAY = '2026-10-01';
const T = `${DAY}T00:05:00.000Z`;

it('measures slots that are computed for readers with a new meter only once they are stated anew, as all others', async () => {
  const call = (line: number, count: number, backfill?: string) => {
    const data = { count, endpoint: 'read' };
    const spec = { id: 'a', subject: 'org-01', time: T, type: 'api', data };
    return usage(backfill === undefined ? spec : { ...spec, backfill }, line);
  };
  const lines = [call(0, 1), call(1, 2, 'b1')];
  const world = correctionsWorld(lines);
  const { ports } = world;
  world.backfills.stand({ backfill: 'b1', state: 'open', isFixed: false });
  await world.append(...lines);
  await world.close('b1', world.clock.now());

  const [requests] = METERS.filter(({ id }) => id === 'requests');
  if (requests === undefined) throw new Error('there is no such meter');
  const added: CatalogEntry<Meter> = { ...requests, id: 'more', publishedAt: '2026-10-20T01:00:00.000Z' };
  const published = [...METERS, added];
  const keys = async () => {
    const read = await ports.ledger.day('org-01', DAY);
    const [slot] = await effectiveSlots([read], { ...ports.overlays, meters: async () => published });
    return Object.keys(slot?.states ?? {}).filter((key) => key.includes('more'));
  };
  expect(await keys()).toEqual([]);
  world.clock.advance(2 * 60 * 60_000);
  await restateDay({ ...ports, overlays: world.backfills }, 'org-01', DAY, meterIndex(published));
  expect(await keys()).toEqual(['["more",1,{}]']);
});

it('measures them with a meter that a layer was appended with, though its writer was behind the clock of the publication', async () => {
  const [requests] = METERS.filter(({ id }) => id === 'requests');
  if (requests === undefined) throw new Error('there is no such meter');
  const data = { count: 1, endpoint: 'read' };
  const spec = { id: 'a', subject: 'org-01', time: T, type: 'api', data };
  const lines = [usage(spec, 0), usage({ ...spec, data: { ...data, count: 2 }, backfill: 'b1' }, 1)];
  const world = correctionsWorld(lines);
  const published: readonly CatalogEntry<Meter>[] = [
    ...METERS,
    { ...requests, id: 'more', publishedAt: '2026-10-20T00:00:20.000Z' },
  ];
  world.backfills.stand({ backfill: 'b1', state: 'open', isFixed: false });
  await appendBatch({ ...world.ports, memory: world.memory }, lines, meterIndex(published));
  await world.close('b1', world.clock.now());
  const read = await world.ports.ledger.day('org-01', DAY);
  const [slot] = await effectiveSlots([read], { ...world.ports.overlays, meters: async () => published });
  expect(Object.keys(slot?.states ?? {})).toContain('["more",1,{}]');
});
