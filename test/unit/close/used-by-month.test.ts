import { describe, expect, it } from 'vitest';
import { readLine } from '../../../lambdas/close/explain-line.ts';
import { asPriced, metersByMonth, usedByMonth, withDays } from '../../../lambdas/close/used-by-month.ts';
import { verifyStoredLine } from '../../../lambdas/close/verify-stored-line.ts';
import type { DetailedUsage } from '../../../lambdas/usage/read/usage-details.ts';
import { contractInput, each, fee, month, ratedContract } from '../rating/one-contract.ts';
import { cancellation } from '../usage/usage-fixtures.ts';
import { documentsOf } from './close-world.ts';
import { agreed, calls, ledgerWorld, NOVEMBER } from './ledger-world.ts';

/** Bills from the 12th of October to the 12th of November. */
const anchored = agreed({
  start: '2026-10-12',
  anchorDay: 12,
  items: [
    { id: 'calls', price: 'calls' },
    { id: 'fee', price: 'fee' },
  ],
});

describe('usage that is recognized as used over two calendar months', () => {
  it('is on the document month by month, as the line’s schedule says, and corrected month by month', async () => {
    const world = ledgerWorld(anchored);
    const october = calls('2026-10-20T10:00:00.000Z', 20);
    await world.append(october, calls('2026-11-11T10:00:00.000Z', 10));
    await world.close(NOVEMBER);
    const [invoice] = await documentsOf(world.made, world.closed[0] ?? '');
    const [usage, fee] = invoice?.lines ?? [];
    expect(usage?.revenue).toEqual([
      { recognition: 'as-used', from: '2026-10-12', through: '2026-10-31', quantity: '20', amount: '20.00' },
      { recognition: 'as-used', from: '2026-11-01', through: '2026-11-11', quantity: '10', amount: '10.00' },
    ]);
    expect(fee?.revenue).toEqual([
      { recognition: 'straight-line-day', from: '2026-10-12', through: '2026-11-11', quantity: '1', amount: '31.00' },
    ]);
    const { schedule } = await readLine(world.made, usage?.lineId ?? '');
    expect(schedule.entries).toEqual([
      { from: '2026-10-12', to: '2026-11-01', amount: '20.00' },
      { from: '2026-11-01', to: '2026-11-12', amount: '10.00' },
    ]);

    await world.append(calls('2026-11-01T00:00:00.000Z', 7));
    await world.close(NOVEMBER);
    const [memo] = await documentsOf(world.made, world.closed[1] ?? '');
    expect(memo?.lines.map(({ revenue }) => revenue)).toEqual([
      [{ recognition: 'as-used', from: '2026-11-01', through: '2026-11-11', quantity: '7', amount: '7.00' }],
    ]);
    // 20 calls of October are cancelled and 20 of November are new: 37 calls as before.
    await world.append(cancellation(october, 'x-1'), calls('2026-11-05T00:00:00.000Z', 20));
    expect(await world.close(NOVEMBER)).toEqual([]);
    const third = await world.made.store.close(world.closed[2] ?? '');
    expect(third?.steps.freeze.notes).toContainEqual(
      'No document says it, for no amount changes: revenue lies in other months than documents said, of a1 (1 lines). Move it in the ERP, or leave it to the next correction of these lines, which has it.',
    );
    await world.append(calls('2026-11-06T00:00:00.000Z', 1));
    await world.close(NOVEMBER);
    const [last] = await documentsOf(world.made, world.closed[3] ?? '');
    expect(last?.lines.map(({ revenue }) => revenue)).toEqual([
      [
        { recognition: 'as-used', from: '2026-11-01', through: '2026-11-11', quantity: '21', amount: '21.00' },
        { recognition: 'as-used', from: '2026-10-12', through: '2026-10-31', quantity: '-20', amount: '-20.00' },
      ],
    ]);
    const ports = { ...world.made, usage: world.made.ports.usage };
    expect(await verifyStoredLine(ports, usage?.lineId ?? '')).toMatchObject({ equal: true });
  });
});

describe('what is read of usage for revenue', () => {
  const input = contractInput({ metered: { calls: each('1'), seats: each('2') }, fees: { fee: fee('5.00') } });
  const agreedOn = {
    ...input,
    priceBook: {
      ...input.priceBook,
      prices: input.priceBook.prices.map((price) =>
        price.id === 'seats' ? { ...price, recognition: 'straight-line-day' as const } : price,
      ),
    },
  };

  it('are the days of meters that are recognized as used, where the period has more than one calendar month', () => {
    expect(metersByMonth(agreedOn, month('2026-10-12', '2026-11-12'))).toEqual(['calls']);
    expect(metersByMonth(agreedOn, month('2026-10-01', '2026-11-01'))).toEqual([]);
    expect(metersByMonth(agreedOn, month('2026-10-01', '2026-10-01'))).toEqual([]);
    expect(withDays({}, ['calls'])).toEqual({ windows: { calls: 'day' } });
    expect(withDays({ windows: { calls: 'hour' } }, ['calls'])).toEqual({ windows: { calls: 'hour' } });
    expect(withDays({ changes: ['seats'] }, [])).toEqual({ changes: ['seats'] });
  });

  const row = (region: string, windows: DetailedUsage['windows'] = []): DetailedUsage => ({
    meter: 'calls',
    meterVersion: 1,
    unit: 'call',
    dimensions: { region, tier: 'a' },
    quantity: '5',
    windows,
  });

  it('is nothing to a price that looks at no days', () => {
    const { windows: _, ...plain } = row('eu');
    expect(asPriced([row('eu')], {})).toEqual([plain]);
    expect(asPriced([row('eu')], { windows: { calls: 'day' } })).toEqual([row('eu')]);
  });

  it('adds up to months by line: all rows with its dimension values, on its own days', () => {
    const [first] = ratedContract({ metered: { calls: each('1') }, used: { calls: '5' } }).lines;
    if (first === undefined) throw new Error('usage has a line');
    const period = month('2026-10-12', '2026-11-12');
    const eu = { ...first, period, dimensions: { region: 'eu' } };
    const usage = [
      row('eu', [
        { start: '2026-10-11T00:00', quantity: '100' },
        { start: '2026-10-12T00:00', quantity: '0.5' },
        { start: '2026-10-13T09:00', quantity: '1' },
        { start: '2026-11-11T23:00', quantity: '2' },
        { start: '2026-11-12T00:00', quantity: '100' },
      ]),
      row('eu', [{ start: '2026-11-01T00:00', quantity: '4' }]),
      row('us', [{ start: '2026-11-01T00:00', quantity: '100' }]),
    ];
    expect(usedByMonth([eu], usage, ['calls'])).toEqual({
      [eu.id]: [
        { day: '2026-10-12', value: '1.5' },
        { day: '2026-11-11', value: '6' },
      ],
    });
    expect(usedByMonth([eu], usage, [])).toEqual({});
    expect(usedByMonth([{ ...eu, recognition: 'straight-line-day' }], usage, ['calls'])).toEqual({});
  });
});
