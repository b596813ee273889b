import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceStep, Recognition } from '../../../lambdas/catalog/types.ts';
import { formatDecimal, parseDecimal, sum } from '../../../lambdas/platform/decimal.ts';
import { addDays } from '../../../lambdas/platform/period.ts';
import { recognitionOf } from '../../../lambdas/rating/finish-charge.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { scheduleOf } from '../../../lambdas/rating/recognition.ts';
import type { RatedLine } from '../../../lambdas/rating/types.ts';
import { contractInput, each, fee, ratedContract } from './one-contract.ts';

const [template] = ratedContract({ fees: { platform: fee('100.00') } }).lines;
if (template === undefined) throw new Error('a fee has a line');

const line = (change: Partial<RatedLine>): RatedLine => ({ ...template, ...change });
const period = (start: string, end: string) => ({ start, end, zone: 'Europe/Berlin' });
const said = (of: RatedLine, used?: Parameters<typeof scheduleOf>[1]): string[] =>
  scheduleOf(of, used).entries.map(({ from, to, amount }) => `${from} to ${to}: ${amount}`);
const over = (recognition: Recognition, start: string, end: string, amount = '100.00') =>
  line({ recognition, amount, period: period(start, end) });

describe('the schedule of a line', () => {
  it('by day is by the days of each calendar month', () => {
    expect(said(over('straight-line-day', '2026-10-12', '2026-12-12'))).toEqual([
      '2026-10-12 to 2026-11-01: 32.79',
      '2026-11-01 to 2026-12-01: 49.18',
      '2026-12-01 to 2026-12-12: 18.03',
    ]);
    expect(said(over('straight-line-day', '2026-10-01', '2026-11-01'))).toEqual(['2026-10-01 to 2026-11-01: 100.00']);
  });

  it('by month is the same for every month of service, and days of one that is broken', () => {
    expect(said(over('straight-line-month', '2026-01-31', '2026-04-30'))).toEqual([
      '2026-01-31 to 2026-02-28: 33.34',
      '2026-02-28 to 2026-03-31: 33.33',
      '2026-03-31 to 2026-04-30: 33.33',
    ]);
    expect(said(over('straight-line-month', '2026-10-01', '2026-11-16', '150.00'))).toEqual([
      '2026-10-01 to 2026-11-01: 100.00',
      '2026-11-01 to 2026-11-16: 50.00',
    ]);
  });

  it('at a point in time is the first day', () => {
    expect(said(over('point-in-time', '2026-10-12', '2027-10-12'))).toEqual(['2026-10-12 to 2026-10-13: 100.00']);
  });

  it('as used follows what was used in each calendar month, if somebody says so', () => {
    const used = [
      { day: '2026-10-12', value: '1' },
      { day: '2026-11-01', value: '2.5' },
      { day: '2026-12-12', value: '100' },
      { day: '2026-11-03', value: '-1' },
      { day: '2027-01-01', value: '100' },
    ];
    const of = over('as-used', '2026-10-12', '2026-12-12', '7.00');
    expect(said(of)).toEqual(['2026-10-12 to 2026-12-12: 7.00']);
    expect(said(of, used)).toEqual([
      '2026-10-12 to 2026-11-01: 2.00',
      '2026-11-01 to 2026-12-01: 5.00',
      '2026-12-01 to 2026-12-12: 0.00',
    ]);
  });

  it('has what is charged ahead in the period that it is for, and the rest in its own', () => {
    const ahead = { period: period('2026-11-01', '2026-12-01'), amount: '310.00' };
    expect(said({ ...over('straight-line-day', '2026-10-01', '2026-11-01', '300.00'), ahead })).toEqual([
      '2026-10-01 to 2026-11-01: -10.00',
      '2026-11-01 to 2026-12-01: 310.00',
    ]);
  });

  it('of the first format is by the defaults', () => {
    const { recognition: _, ...old } = over('as-used', '2026-10-01', '2026-11-01');
    expect(scheduleOf(old).recognition).toBe('straight-line-day');
    expect(scheduleOf({ ...old, meter: 'calls' }).recognition).toBe('as-used');
    const node = { step: 'seats', text: '', result: '', unit: '', children: [] };
    const children = [{ ...node, step: 'usage' }, node];
    expect(scheduleOf({ ...old, meter: 'seats', arithmetic: { ...node, children } }).recognition).toBe(
      'straight-line-day',
    );
  });

  it('sums to the amount, tiles the service period, and has no more decimals than the amount', () => {
    const date = fc.integer({ min: 0, max: 1500 }).map((n) => addDays('2025-01-01', n));
    const cases = fc.record({
      recognition: fc.constantFrom<Recognition>('straight-line-day', 'straight-line-month', 'as-used', 'point-in-time'),
      start: date,
      days: fc.integer({ min: 1, max: 800 }),
      units: fc.bigInt({ min: -10_000_000n, max: 10_000_000n }),
      places: fc.constantFrom(0, 2, 3),
      used: fc.array(fc.record({ n: fc.nat(800), value: fc.integer({ min: -5, max: 1000 }) }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(cases, ({ recognition, start, days, units, places, used }) => {
        const text = formatDecimal({ units, scale: 0 });
        const digits = text.replace('-', '').padStart(places + 1, '0');
        const whole = `${text.startsWith('-') ? '-' : ''}${digits.slice(0, digits.length - places)}`;
        const amount = places === 0 ? text : `${whole}.${digits.slice(-places)}`;
        const of = over(recognition, start, addDays(start, days), amount);
        const { entries } = scheduleOf(
          of,
          used.map(({ n, value }) => ({ day: addDays(start, n), value: `${value}` })),
        );
        expect(sum(entries.map((entry) => parseDecimal(entry.amount)))).toEqual(parseDecimal(amount));
        expect(entries.every((entry) => (entry.amount.split('.')[1]?.length ?? 0) === places)).toBe(true);
        expect(entries[0]?.from).toBe(start);
        expect(entries.slice(1).map(({ from }) => from)).toEqual(entries.slice(0, -1).map(({ to }) => to));
        if (recognition !== 'point-in-time') expect(entries.at(-1)?.to).toBe(addDays(start, days));
      }),
    );
  });
});

describe('how a price is recognized', () => {
  const price = { id: 'p', product: 'p', description: 'p', perDimensions: [] };
  const once: readonly PriceStep[] = [{ step: 'one-time-fee', amount: '1' }];
  const seats: readonly PriceStep[] = [{ step: 'seats', unitPrice: '1', proration: 'day' }];
  it('is by day for seats and fees, as used for usage, at once for one-time fees, or as it says', () => {
    expect(recognitionOf({ ...price, steps: fee('1') })).toBe('straight-line-day');
    expect(recognitionOf({ ...price, steps: once })).toBe('point-in-time');
    expect(recognitionOf({ ...price, steps: [...fee('1'), ...once] })).toBe('straight-line-day');
    expect(recognitionOf({ ...price, meter: 'm', steps: each('1') })).toBe('as-used');
    expect(recognitionOf({ ...price, meter: 'm', steps: seats })).toBe('straight-line-day');
    expect(recognitionOf({ ...price, steps: once, recognition: 'straight-line-month' })).toBe('straight-line-month');
  });

  it('goes on to the lines of the contract, where the covered ones are alike', () => {
    const discounts = [{ id: 'd', description: 'D', percent: '10' }];
    const input = contractInput({ fees: { a: fee('1.00') }, metered: { b: each('1') }, used: { b: '1' } });
    const of = (items: readonly string[]) =>
      rate({
        ...input,
        contract: { ...input.contract, discounts: discounts.map((each_) => ({ ...each_, items })) },
      }).lines.at(-1)?.recognition;
    expect(of(['a'])).toBe('straight-line-day');
    expect(of(['b'])).toBe('as-used');
    expect(of(['a', 'b'])).toBe('straight-line-day');
    const turned = { ...input.contract, items: [...input.contract.items].reverse(), discounts };
    expect(rate({ ...input, contract: turned }).lines.map(({ recognition }) => recognition)).toEqual([
      'as-used',
      'straight-line-day',
      'straight-line-day',
    ]);
  });
});
