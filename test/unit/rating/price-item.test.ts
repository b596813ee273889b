import { describe, expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { lineKey } from '../../../lambdas/rating/item-context.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { PriceState, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { inputOf, lineOf, type OnePrice, worked } from './one-price.ts';

const TIERS: PriceStep = {
  step: 'graduated',
  tiers: [
    { upTo: '10', unitPrice: '0.10' },
    { upTo: '20', unitPrice: '0.05' },
    { upTo: null, unitPrice: '0.02' },
  ],
};
const amount = (example: OnePrice): string => worked(example).amount;
const linesOf = (example: OnePrice, policy: Partial<RatingPolicy> = {}) => {
  const input = inputOf(example);
  return rate({ ...input, policy: { ...input.policy, ...policy } }).lines.map((line) => line.amount);
};
const stateOf = (example: OnePrice): PriceState | undefined =>
  rate(inputOf(example)).closing.prices?.[lineKey('item-1', {})];

describe('a windowed price', () => {
  const windows = [
    { start: '2026-10-01T09:00', quantity: '9' },
    { start: '2026-10-02T09:00', quantity: '15' },
  ];
  const priced = (steps: readonly PriceStep[], more: Partial<OnePrice> = {}): OnePrice => ({
    quantity: '24',
    steps,
    windowed: { every: 'day' },
    detail: { windows },
    ...more,
  });

  it('prices each window alone', () => {
    expect(amount(priced([TIERS]))).toBe('2.15');
    expect(amount(priced([{ step: 'package', size: '10', price: '1', rounding: 'up' }]))).toBe('3.00');
    expect(amount({ quantity: '24', steps: [TIERS] })).toBe('1.58');
  });

  it('joins hours to local days, or looks at each', () => {
    const hours = [...windows, { start: '2026-10-01T10:00', quantity: '3' }];
    const all = { quantity: '27', detail: { windows: hours } };
    expect(amount(priced([TIERS], all))).toBe('2.35');
    expect(amount(priced([TIERS], { ...all, windowed: { every: 'hour' } }))).toBe('2.45');
  });

  it('keeps only some hours of the day', () => {
    const steps: readonly PriceStep[] = [
      { step: 'per-unit', unitPrice: '2' },
      { step: 'commitment', amount: '5', overageFactor: '2', trueUp: false },
    ];
    const all = [
      { start: '2026-10-01T09:00', quantity: '10' },
      { start: '2026-10-01T11:00', quantity: '1' },
      { start: '2026-10-01T12:00', quantity: '3' },
    ];
    const example = priced(steps, {
      quantity: '14',
      detail: { windows: all },
      windowed: { every: 'hour', hours: [{ from: 9, to: 12 }] },
    });
    expect(worked(example)).toMatchObject({
      amount: '37.00',
      arithmetic: expect.arrayContaining([
        '  2026-10-01 09:00: 10 calls = 35.00 USD',
        '  2026-10-01 11:00: 1 call = 2.00 USD',
      ]),
    });
  });

  it('has its commitment in each window, whole, and later steps once', () => {
    const steps: readonly PriceStep[] = [
      { step: 'per-unit', unitPrice: '2' },
      { step: 'commitment', amount: '10', trueUp: true },
      { step: 'recurring-fee', amount: '1.00', proration: 'none' },
      { step: 'percentage-discount', percent: '50' },
    ];
    const little = [
      { start: '2026-10-15', quantity: '2' },
      { start: '2026-10-16', quantity: '2' },
    ];
    expect(amount(priced(steps, { quantity: '4', contractStart: '2026-10-12', detail: { windows: little } }))).toBe(
      '10.50',
    );
  });

  it('needs the windows', () => {
    expect(() => amount(priced([TIERS], { detail: {} }))).toThrow(
      expect.objectContaining({
        code: 'usage-incomplete',
        message: 'price "price-1" is charged by day, but its usage is not given by day',
        evidence: { price: 'price-1' },
      }),
    );
    const byHour = { windowed: { every: 'hour' as const, hours: [{ from: 9, to: 12 }] } };
    expect(() =>
      amount(priced([TIERS], { ...byHour, detail: { windows: [{ start: '2026-10-01', quantity: '24' }] } })),
    ).toThrow(
      expect.objectContaining({
        code: 'usage-incomplete',
        message: 'price "price-1" holds for hours of the day, but its usage says only 2026-10-01',
        evidence: { price: 'price-1', window: '2026-10-01' },
      }),
    );
    expect(amount(priced([TIERS], { quantity: '0', detail: {} }))).toBe('omitted');
  });
});

describe('a price that accumulates over the contract year', () => {
  const year: OnePrice = { quantity: '8', steps: [TIERS], accumulate: 'contract-year', contractStart: '2026-08-01' };

  it('charges what the year costs so far, less what it cost before', () => {
    expect(amount(year)).toBe('0.80');
    expect(stateOf(year)).toEqual({ accumulated: '8' });
    const next = { ...year, opening: { accumulated: '8' } };
    expect(amount(next)).toBe('0.50');
    expect(stateOf(next)).toEqual({ accumulated: '16' });
  });

  it('charges a flat fee once in the year', () => {
    const flat = { ...year, steps: [{ step: 'graduated', tiers: [{ upTo: null, flatFee: '7' }] }] as const };
    expect([amount(flat), amount({ ...flat, opening: { accumulated: '8' } })]).toEqual(['7.00', '0.00']);
  });

  it('begins anew with a contract year', () => {
    const anew = { ...year, contractStart: '2025-10-01', opening: { accumulated: '500' } };
    expect([amount(anew), stateOf(anew)]).toEqual(['0.80', { accumulated: '8' }]);
  });

  it('uses up the allowance of the year, whole, and commits each period', () => {
    const included = [{ step: 'allowance', quantity: '10' } as const, TIERS];
    const part = { ...year, policy: 'itemised', contractStart: '2026-10-12', steps: included };
    expect(amount(part)).toBe('0.00');
    expect(amount({ ...year, steps: included, opening: { accumulated: '8' } })).toBe('0.60');
    const committed = [TIERS, { step: 'commitment', amount: '2', trueUp: true } as const];
    expect(amount({ ...year, steps: committed, opening: { accumulated: '8' } })).toBe('2.00');
  });
});

describe('groups', () => {
  const by = { region: { ap: '3', eu: '12' } };
  const steps: readonly PriceStep[] = [
    {
      step: 'graduated',
      tiers: [
        { upTo: '10', unitPrice: '1' },
        { upTo: null, unitPrice: '2' },
      ],
    },
  ];
  const pooled = { groupedTiers: 'pooled' } as const;

  it('have tiers of their own, or one set of tiers for all (S8): 17 or 20', () => {
    expect(linesOf({ by, steps })).toEqual(['3.00', '14.00']);
    expect(linesOf({ by, steps }, pooled)).toEqual(['4.00', '16.00']);
  });

  it('share to the last cent, the largest remainder first', () => {
    const third: readonly PriceStep[] = [{ step: 'stairstep', tiers: [{ upTo: null, price: '10' }] }];
    const equal = { region: { ap: '1', eu: '1', us: '1' } };
    expect(linesOf({ by: equal, steps: third }, pooled)).toEqual(['3.34', '3.33', '3.33']);
    expect(linesOf({ by: equal, steps: third, currency: 'JPY' }, pooled)).toEqual(['4', '3', '3']);
    expect(linesOf({ by: equal, steps: third, currency: 'KWD' }, pooled)).toEqual(['3.334', '3.333', '3.333']);
    expect(linesOf({ by: equal, steps: third }, { ...pooled, roundingStage: 'none' })[0]).toBe('3.333333333334');
  });

  it('are priced with fees, discounts and bounds each, also when tiers are shared', () => {
    const bounded: readonly PriceStep[] = [...steps, { step: 'minimum', amount: '5' }];
    expect(linesOf({ by, steps: bounded }, pooled)).toEqual(['5.00', '16.00']);
  });

  it('that used nothing leave what there is to the first of them', () => {
    const flat: readonly PriceStep[] = [{ step: 'graduated', tiers: [{ upTo: null, flatFee: '10' }] }];
    const unused = { by: { region: { ap: '0', eu: '0' } }, steps: flat };
    const shown = { ...pooled, zeroUsageFlatFee: 'charge', zeroUsageLine: 'show' } as const;
    expect(linesOf(unused, shown)).toEqual(['10.00', '0.00']);
  });

  it('that share tiers have no matrix of anything but what was measured', () => {
    const steps: readonly PriceStep[] = [
      { step: 'allowance', quantity: '5' },
      { step: 'matrix', dimensions: ['region'], cells: [], otherwise: '1' },
    ];
    expect(() => linesOf({ by, steps }, pooled)).toThrow(
      expect.objectContaining({ code: 'no-matrix-cell', evidence: { price: 'price-1', policy: 'standard' } }),
    );
  });

  it('share an allowance when tiers are shared', () => {
    const included: readonly PriceStep[] = [{ step: 'allowance', quantity: '5' }, ...steps];
    expect(linesOf({ by, steps: included })).toEqual(['0.00', '7.00']);
    expect(linesOf({ by, steps: included }, pooled)).toEqual(['2.00', '8.00']);
  });

  it('say of a share what it is of', () => {
    const input = inputOf({ by, steps });
    const [line] = rate({ ...input, policy: { ...input.policy, ...pooled } }).lines;
    expect(line?.arithmetic.children.map(({ text }) => text)).toEqual([
      '3 calls measured',
      '3 calls of 15 calls in all: 4.00 USD of 20.00 USD',
      '4.00 USD rounded half-up to 2 decimals = 4.00 USD',
    ]);
  });
});

describe('capacity', () => {
  it('looks at the peaks of other meters too', () => {
    const steps: readonly PriceStep[] = [
      {
        step: 'capacity',
        tiers: [
          { limits: { 'meter-1': '100', members: '1000' }, price: '10' },
          { limits: null, price: '30' },
        ],
      },
    ];
    expect(lineOf({ quantity: '100', peaks: { members: '1000' }, steps })?.amount).toBe('10.00');
    expect(lineOf({ quantity: '100', peaks: { members: '1001' }, steps })?.amount).toBe('30.00');
  });
});
