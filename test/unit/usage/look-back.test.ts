import { beforeEach, describe, expect, it } from 'vitest';
import { readBalance } from '../../../lambdas/usage/read/balance.ts';
import { lookBack } from '../../../lambdas/usage/read/look-back.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { METERS } from './usage-fixtures.ts';
import { ALWAYS, makeWorld, quantities, seats } from './usage-world.ts';

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});
const sweepTwice = async (): Promise<void> => {
  await settleSweep(world.ports, METERS);
  world.clock.advance(60 * 60_000);
  await settleSweep(world.ports, METERS);
};
const at = async (from: string) => {
  const { carryIn, queries } = await lookBack(world.ports, [{ subject: 'org-01', from, to: ALWAYS.to }], METERS);
  return { values: Object.values(carryIn).map(({ value }) => value), queries };
};

describe('looking back for what is in force', () => {
  it('finds seats that were set long ago, by one small item per month', async () => {
    await world.append(seats('a', '2026-01-05T10:00:00.000Z', 5), seats('b', '2026-03-05T10:00:00.000Z', 7));
    await sweepTwice();
    expect(await at('2026-11-01T00:00:00.000Z')).toEqual({ values: ['7'], queries: 3 });
    expect(await at('2026-03-01T00:00:00.000Z')).toEqual({ values: ['5'], queries: 3 });
    expect(await at('2026-01-01T00:00:00.000Z')).toEqual({ values: [], queries: 3 });
    const period = { start: '2026-11-01', end: '2026-12-01', zone: 'UTC' };
    const balance = await readBalance(world.ports, {
      subjects: [{ subject: 'org-01', ...ALWAYS }],
      period,
      meters: METERS,
    });
    expect(quantities(balance.usage)).toEqual({ seats: '7' });
  });

  it('reads the month of which a later point hides the one in force', async () => {
    await world.append(seats('a', '2026-03-05T10:00:00.000Z', 5), seats('b', '2026-03-25T10:00:00.000Z', 7));
    await sweepTwice();
    expect((await at('2026-03-20T00:00:00.000Z')).values).toEqual(['5']);
    expect((await at('2026-03-31T18:30:00.000Z')).values).toEqual(['7']);
  });

  it('sees late points before they are settled, and after', async () => {
    await world.append(seats('a', '2026-03-05T10:00:00.000Z', 5));
    await sweepTwice();
    await world.append(seats('late', '2026-03-06T10:00:00.000Z', 9));
    expect((await at('2026-11-01T00:00:00.000Z')).values).toEqual(['9']);
    await sweepTwice();
    expect(await at('2026-11-01T00:00:00.000Z')).toEqual({ values: ['9'], queries: 3 });
  });

  it('takes what a dead sweep was at from the ledger', async () => {
    await world.append(seats('a', '2026-03-05T10:00:00.000Z', 5));
    const { settled } = world.ports;
    const down = { ...settled, putLasts: () => Promise.reject(new Error('down')) };
    await expect(settleSweep({ ...world.ports, settled: down }, METERS)).rejects.toThrow();
    expect((await at('2026-11-01T00:00:00.000Z')).values).toEqual(['5']);
    await sweepTwice();
    expect(await at('2026-11-01T00:00:00.000Z')).toEqual({ values: ['5'], queries: 3 });
  });
});
