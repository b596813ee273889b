import { expect, it } from 'vitest';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import type { SettledStore } from '../../../lambdas/usage/settle/settled-store.ts';
import { api, METERS } from './usage-fixtures.ts';
import { makeWorld } from './usage-world.ts';

it('tells of a day whose item was written though the client heard no answer and found its own write at its next try', async () => {
  const { ports, clock, append } = makeWorld();
  await append(api('a', clock.now(), 1));
  clock.advance(2 * 24 * 60 * 60_000);
  const put: SettledStore['put'] = async (settled) => {
    await ports.settled.put(settled);
    return ports.settled.put(settled);
  };
  await settleSweep({ ...ports, settled: { ...ports.settled, put } }, METERS);
  expect(ports.publisher.published('usage.settled').flatMap(({ days }) => days)).toEqual(['2026-11-10']);
});
