import { describe, expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { addDays, anchoredDay } from '../../../lambdas/platform/period.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening, RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import { amounts, contractInput, each, month, ratedContract } from './one-contract.ts';

const key = (item: string, dimensions = {}) => JSON.stringify([item, dimensions]);

/** The months from October 2026 on, each with its usage of `calls` by region, each opened by the one before. */
const months = (input: RateInput, used: readonly Readonly<Record<string, string>>[]): RateResult[] => {
  let opening: Opening = input.opening;
  return used.map((byRegion, n) => {
    const start = anchoredDay('2026-10-01', n, 1);
    const usage = Object.entries(byRegion).map(([region, quantity]) => ({
      meter: 'calls',
      meterVersion: 1,
      unit: 'call',
      dimensions: { region },
      quantity,
    }));
    const result = rate({ ...input, usage, period: month(start, anchoredDay(addDays(start, 1), 1, 1)), opening });
    opening = result.closing;
    return result;
  });
};

const allowance = (more: object): readonly PriceStep[] => [
  { step: 'allowance', quantity: '100', ...more },
  ...each('1'),
];

describe('an allowance that rolls over', () => {
  const input = contractInput({ metered: { calls: allowance({ rollover: { periods: 1 } }) } });

  it('is used in the next period, the oldest first, and not after', () => {
    const results = months(input, [{ eu: '60' }, { eu: '120' }, { eu: '190' }, {}, {}, { eu: '250' }]);
    // 140 to use in November, 120 in December (20 were left), in March what January left is gone and February's is there.
    expect(results.map((result) => amounts(result))).toEqual([
      ['calls: 0.00'],
      ['calls: 0.00'],
      ['calls: 70.00'],
      [],
      [],
      ['calls: 50.00'],
    ]);
    expect(results[0]?.closing.prices).toEqual({ [key('calls')]: { rollover: [{ quantity: '40', periods: 1 }] } });
  });

  it('rolls over for dimension values that are not used, too', () => {
    const prices = input.priceBook.prices.map((price) => ({ ...price, perDimensions: ['region'] }));
    const byRegion = { ...input, priceBook: { ...input.priceBook, prices } };
    const results = months(byRegion, [{ eu: '60', us: '10' }, { us: '10' }, { eu: '230', us: '1' }]);
    expect(results.map((result) => amounts(result))).toEqual([
      ['calls: 0.00', 'calls: 0.00'],
      ['calls: 0.00'],
      ['calls: 30.00', 'calls: 0.00'],
    ]);
  });
});

describe('an allowance that rolls over in a period that is amended within', () => {
  const input = contractInput({ metered: { calls: allowance({ rollover: { periods: 1 } }) } });
  const october = month('2026-10-01', '2026-11-01');
  const [early, late] = [month('2026-10-01', '2026-10-16'), month('2026-10-16', '2026-11-01')];

  it('loses no period where the versions meet: what the first part left holds to the end of the next period', () => {
    const first = rate({ ...input, usage: [], period: october, part: early });
    const second = rate({ ...input, usage: [], period: october, part: late, opening: first.closing });
    const [before] = first.closing.prices?.[key('calls')]?.rollover ?? [];
    expect(before).toEqual({ quantity: '48.387096774194', periods: 2 });
    expect(second.closing.prices?.[key('calls')]?.rollover).toEqual([
      { quantity: '48.387096774194', periods: 1 },
      { quantity: '51.612903225807', periods: 1 },
    ]);
    const [november] = months({ ...input, opening: second.closing }, [{}]);
    expect(november?.closing.prices).toEqual({ [key('calls')]: { rollover: [{ quantity: '100', periods: 1 }] } });
  });

  it('gives the second part what the period before left', () => {
    const prices = { [key('calls')]: { rollover: [{ quantity: '40', periods: 1 }] } };
    const opening: Opening = { format: 2, carryIn: {}, prices };
    const first = rate({ ...input, usage: [], period: october, part: early, opening });
    expect(first.closing.prices?.[key('calls')]?.rollover?.[0]).toEqual({ quantity: '40', periods: 1 });
  });
});

describe('what items leave by dimension values', () => {
  it('stays with its item, its dimensions and its contract year', () => {
    const steps = allowance({ rollover: { periods: 3 } });
    const base = contractInput({ metered: { calls: steps, other: each('1') }, contract: { start: '2026-03-01' } });
    const prices = base.priceBook.prices.map((price) => ({ ...price, perDimensions: ['region'] }));
    const rollover = [{ quantity: '40', periods: 2 }];
    const opening: Opening = {
      format: 2,
      carryIn: {},
      prices: {
        [key('calls', { region: 'eu' })]: { rollover },
        [key('calls', { size: 'l' })]: { rollover },
        [key('calls', { region: 'eu', size: 'l' })]: { rollover },
        [key('other', { region: 'eu' })]: { accumulated: '7' },
      },
    };
    const usage = [{ meter: 'calls', meterVersion: 1, unit: 'call', dimensions: { region: 'us' }, quantity: '100' }];
    const input = { ...base, usage, opening, priceBook: { ...base.priceBook, prices } };
    expect(rate(input).closing.prices).toEqual({
      [key('calls', { region: 'eu' })]: {
        rollover: [
          { quantity: '40', periods: 1 },
          { quantity: '100', periods: 3 },
        ],
      },
    });
    const yearly = prices.map((price) => ({ ...price, accumulate: 'contract-year' as const }));
    const { closing, lines } = rate({
      ...input,
      priceBook: { ...base.priceBook, prices: yearly },
      policy: { ...base.policy, zeroUsageLine: 'show' },
    });
    expect(closing.prices?.[key('other', { region: 'eu' })]).toEqual({ accumulated: '7' });
    // Values without usage have no line, even where lines without usage are shown.
    expect(lines.map(({ item, dimensions }) => `${item} ${dimensions.region ?? 'none'}`)).toEqual([
      'calls us',
      'other none',
    ]);
  });
});

describe('an allowance that items share', () => {
  it('is used up in the order of the items', () => {
    const pooled = allowance({ pool: 'shared' });
    const result = ratedContract({ metered: { a: pooled, b: pooled, c: pooled }, used: { a: '70', b: '50', c: '5' } });
    expect(amounts(result)).toEqual(['a: 0.00', 'b: 20.00', 'c: 5.00']);
  });
});

describe('a period that the contract covers nothing of', () => {
  it('passes on what was left', () => {
    const prices = { [key('calls')]: { rollover: [{ quantity: '40', periods: 1 }], accumulated: '7' } };
    const committed = { yearStart: '2026-12-01', charged: '5' };
    const opening: Opening = { format: 2, carryIn: {}, prices, committed };
    const input = contractInput({ metered: { calls: each('1') }, contract: { start: '2026-12-01' } });
    expect(rate({ ...input, opening })).toEqual({ lines: [], payments: [], closing: opening });
  });
});
