import { describe, expect, it } from 'vitest';
import { meterFlaws } from '../../../lambdas/catalog/meter-rules.ts';
import { priceFlaws } from '../../../lambdas/catalog/price-rules.ts';
import { priceBook } from '../../../lambdas/catalog/price-shapes.ts';
import type { Aggregation, Meter, Price, PriceStep } from '../../../lambdas/catalog/types.ts';

const perUnit: PriceStep = { step: 'per-unit', unitPrice: '0.01' };
const seats: PriceStep = { step: 'seats', unitPrice: '5', proration: 'day' };
const payments: PriceStep = { step: 'percentage', percent: '2.9', fixed: '0.30' };
const levels: PriceStep = { step: 'graduated', by: 'changes', tiers: [{ upTo: null, unitPrice: '1' }] };
const allowance: PriceStep = { step: 'allowance', quantity: '5' };
const matrix = (dimensions: readonly string[]): PriceStep => ({
  step: 'matrix',
  dimensions,
  cells: [{ values: dimensions.map(() => 'a'), unitPrice: '1' }],
});

const price = (steps: readonly PriceStep[], more: Partial<Price> = {}): Price => ({
  id: 'x',
  product: 'x',
  description: 'x',
  meter: 'm',
  perDimensions: [],
  steps,
  ...more,
});
const meter = (aggregation: Aggregation): Meter => ({
  id: 'm',
  name: 'm',
  eventType: 't',
  aggregation,
  valuePath: '/n',
  dimensions: ['region', 'size'].map((name) => ({ name, path: `/${name}` })),
  filters: [],
  unit: 'call',
});
const said = (flaws: readonly { path: string; message: string }[]) =>
  flaws.map(({ path, message }) => `${path}: ${message}`);
const fee = (steps: readonly PriceStep[], more: Partial<Price> = {}): Price => {
  const { meter: _, ...rest } = price(steps, more);
  return rest;
};

describe('a price on its own', () => {
  it.each<[string, Price]>([
    [
      'an allowance before tiers, with a fee and bounds',
      price([
        allowance,
        {
          step: 'volume',
          tiers: [
            { upTo: '5', percent: '1' },
            { upTo: null, flatFee: '3' },
          ],
        },
        { step: 'recurring-fee', amount: '5', proration: 'second' },
        { step: 'minimum', amount: '5' },
        { step: 'maximum', amount: '50' },
      ]),
    ],
    ['a matrix of three dimensions', price([matrix(['a', 'b', 'c'])])],
    [
      'a converted matrix whose dimensions are apart',
      price([allowance, matrix(['region'])], { perDimensions: ['region'] }),
    ],
    [
      'windows of some hours',
      price([perUnit], {
        windowed: {
          every: 'hour',
          hours: [
            { from: 22, to: 24 },
            { from: 0, to: 6 },
          ],
        },
      }),
    ],
    ['a fee in advance', fee([{ step: 'recurring-fee', amount: '5', proration: 'day', billing: 'advance' }])],
  ])('may be %s', (_, each) => {
    expect(said(priceFlaws(each, ''))).toEqual([]);
  });

  it.each<[string, Price, string]>([
    [
      'two charges',
      price([perUnit, { step: 'dynamic', multiplyBy: '1' }]),
      '/steps: per-unit and dynamic both charge the same usage; use one price for each',
    ],
    [
      'a commitment of a fee',
      fee([
        { step: 'commitment', amount: '5', trueUp: true },
        { step: 'recurring-fee', amount: '5', proration: 'day' },
      ]),
      '/steps/0: "commitment" needs usage: give the price a meter',
    ],
    [
      'windows with seats',
      price([seats], { windowed: { every: 'day' } }),
      '/steps/0: seats are charged by the time that they are held: remove windowed',
    ],
    [
      'a contract year with windows',
      price([perUnit], { windowed: { every: 'day' }, accumulate: 'contract-year' }),
      '/steps: windows begin anew and a contract year adds up: use one of windowed and accumulate',
    ],
    [
      'a charge ahead with windows',
      price([perUnit, { step: 'minimum', amount: '5', billing: 'advance' }], { windowed: { every: 'day' } }),
      '/steps/1: "minimum" cannot be charged ahead where usage is priced by window: use "arrears", or a price of its own',
    ],
    [
      'an allowance before transactions',
      price([allowance, payments]),
      '/steps/0: transactions are charged one by one: no allowance before that',
    ],
    [
      'a conversion before changes',
      price([{ step: 'unit-conversion', multiplyBy: '2', unit: 'x' }, levels]),
      '/steps/0: changes of a level are charged one by one: no unit-conversion before that',
    ],
    [
      'a matrix of four dimensions',
      price([matrix(['a', 'b', 'c', 'd'])]),
      '/steps/0/dimensions: a matrix has at most 3 dimensions, not 4: price the others apart with perDimensions',
    ],
    [
      'a pool that rolls over',
      price([{ ...allowance, pool: 'p', rollover: { periods: 1 } } as PriceStep, perUnit]),
      '/steps/0: a pooled allowance is used up by several items, so nobody can say whose rest rolls over: use one of both',
    ],
    [
      'a minimum above the maximum',
      price([perUnit, { step: 'minimum', amount: '50.01' }, { step: 'maximum', amount: '50' }]),
      '/steps/1/amount: is above the maximum, 50: lower one or raise the other',
    ],
    [
      'usage behind a fee that is the maximum',
      price([perUnit, { step: 'recurring-fee', amount: '50', proration: 'day' }, { step: 'maximum', amount: '50.00' }]),
      '/steps/2/amount: is reached by the recurring fee of 50 alone, so no other step is: raise it above the fee',
    ],
    [
      'a commitment that changes nothing',
      price([perUnit, { step: 'commitment', amount: '5', trueUp: false }]),
      '/steps/1: changes no amount: set trueUp to true or give it an overageFactor other than 1',
    ],
    [
      'hours that overlap',
      price([perUnit], {
        windowed: {
          every: 'hour',
          hours: [
            { from: 8, to: 12 },
            { from: 11, to: 14 },
          ],
        },
      }),
      '/windowed/hours/1: overlaps range 0: join them',
    ],
    [
      'a fee recognized as used',
      fee([{ step: 'one-time-fee', amount: '5' }], { recognition: 'as-used' }),
      '/recognition: a fee is not used: recognize it straight-line or at a point in time',
    ],
    [
      'the highest number of seats, prorated',
      price([{ ...seats, proration: 'month', decreases: 'prorate' } as PriceStep]),
      '/steps/0/decreases: the highest number of a month is charged in full: use "day" or "second" to prorate',
    ],
  ])('may not be %s', (_, each, flaw) => {
    expect(said(priceFlaws(each, ''))).toContain(flaw);
  });
});

describe('a price on its meter', () => {
  it.each<[string, Price, Aggregation]>([
    ['transactions of a sum', price([payments]), 'SUM'],
    ['changes of a level', price([levels]), 'LATEST'],
    ['a matrix by account', price([matrix(['account', 'size'])]), 'SUM'],
    ['hours of a peak', price([perUnit], { windowed: { every: 'hour' }, perDimensions: ['region', 'size'] }), 'MAX'],
  ])('may be %s', (_, each, aggregation) => {
    expect(said(meterFlaws(each, meter(aggregation), ''))).toEqual([]);
  });

  it.each<[string, Price, Aggregation, string]>([
    [
      'transactions of a count',
      price([payments]),
      'COUNT',
      '/steps/0: parts for each transaction need a SUM meter; "m" is COUNT',
    ],
    ['changes of a sum', price([levels]), 'SUM', '/steps/0: changes of a level need a LATEST meter; "m" is SUM'],
    [
      'a matrix of an unknown dimension',
      price([matrix(['planet'])]),
      'SUM',
      '/steps/0/dimensions/0: meter "m" has no dimension "planet"; it has region, size, account',
    ],
    [
      'a contract year of a peak',
      price([perUnit], { accumulate: 'contract-year', perDimensions: ['region', 'size'] }),
      'MAX',
      '/accumulate: MAX does not add up over a year: it needs COUNT or SUM',
    ],
    [
      'days of a peak',
      price([perUnit], { windowed: { every: 'day' }, perDimensions: ['region', 'size'] }),
      'MAX',
      '/windowed/every: MAX does not add up from hours to a day: price it by hour, or use COUNT or SUM',
    ],
  ])('may not be %s', (_, each, aggregation, flaw) => {
    expect(said(meterFlaws(each, meter(aggregation), ''))).toEqual([flaw]);
  });
});

describe('the form of a price', () => {
  const form = (step: unknown) =>
    said(priceBook({ id: 'b', name: 'B', currency: 'USD', prices: [{ ...price([]), steps: [step] }] }, ''));

  it('knows prices of tiers, blocks and caps', () => {
    const tiers = [
      { upTo: '5', unitPrice: '1', per: '2', cap: '9' },
      { upTo: null, percent: '2', flatFee: '1' },
    ];
    expect(form({ step: 'graduated', tiers })).toEqual([]);
    expect(form({ step: 'volume', tiers: [{ upTo: null }] })).toEqual([
      '/prices/0/steps/0/tiers/0: says no price: give it a unitPrice (perhaps "0"), a percent or a flatFee',
    ]);
    expect(form({ step: 'volume', tiers: [{ upTo: null, flatFee: '1', cap: '2' }] })).toEqual([
      '/prices/0/steps/0/tiers/0/cap: limits nothing: the flat fee is not capped, so remove the cap',
    ]);
  });

  it('refuses fields and steps that are named like what every object has', () => {
    const mine = JSON.parse('{"step":"per-unit","unitPrice":"1","__proto__":{},"constructor":1}');
    expect(form(mine)).toEqual([
      '/prices/0/steps/0/__proto__: is not a known field; known are step, unitPrice',
      '/prices/0/steps/0/constructor: is not a known field; known are step, unitPrice',
    ]);
    for (const step of ['toString', '__proto__', { toString: 1 }, null]) {
      expect(form({ step })[0]).toMatch(/^\/prices\/0\/steps\/0\/step: must be one of unit-conversion, /);
    }
  });

  it('takes only currencies that there are', () => {
    const book = { id: 'b', name: 'B', currency: 'ZZZ', prices: [price([perUnit])] };
    expect(said(priceBook(book, ''))).toEqual(['/currency: there is no currency ZZZ: use its ISO 4217 code']);
  });
});
