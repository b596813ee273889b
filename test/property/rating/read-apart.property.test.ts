import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract, Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import { policyOf } from '../../../lambdas/rating/policies.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatableUsage, RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { runs } from '../../rating/generate/runs.ts';

/** What the rating library and its second implementation once read apart. Each is decided by the written rule. */

const OCTOBER = { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' };

type Given = {
  /** `meter: null`: a fee. */
  readonly price?: Omit<Partial<Price>, 'meter'> & { readonly meter?: null };
  readonly usage?: readonly Partial<RatableUsage>[];
  readonly policy?: Partial<RatingPolicy>;
  readonly contract?: Partial<Contract>;
} & Partial<Pick<RateInput, 'opening' | 'part'>>;

const input = (
  steps: readonly PriceStep[],
  { price: { meter, ...price } = {}, usage = [], policy, contract, ...rest }: Given,
): RateInput => ({
  contract: {
    id: 'c',
    account: 'a',
    payer: 'a',
    entity: 'e',
    currency: 'USD',
    zone: 'UTC',
    start: '2026-01-01',
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: 'b',
    items: [{ id: 'i', price: 'p' }],
    policy: 'p',
    ...contract,
  },
  contractVersion: 1,
  priceBook: {
    id: 'b',
    name: 'b',
    currency: 'USD',
    prices: [
      {
        id: 'p',
        product: 'p',
        description: 'p',
        perDimensions: [],
        steps,
        ...(meter === null ? {} : { meter: 'm' }),
        ...price,
      },
    ],
  },
  priceBookVersion: 1,
  usage: usage.map((row) => ({ meter: 'm', meterVersion: 1, unit: 'seat', dimensions: {}, quantity: '0', ...row })),
  opening: { format: 2, carryIn: {} },
  period: OCTOBER,
  policy: { ...(policyOf('standard') as RatingPolicy), id: 'p', ...policy },
  usageHash: '',
  ...rest,
});

const amounts = (given: RateInput): string[] => rate(given).lines.map(({ item, amount }) => `${item} ${amount}`);

/** The level of each of some accounts from each of some hours on. */
const levels = fc.array(fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });

const rowOf = (account: string, values: readonly number[]): Partial<RatableUsage> => ({
  dimensions: { account },
  quantity: `${values.at(-1) ?? 0}`,
  changes: values.map((value, hour) => ({
    at: `2026-10-01T0${hour}:00:00.000Z`,
    by: `${value - (values[hour - 1] ?? 0)}`,
  })),
});

const tiers = [
  { upTo: '5', unitPrice: '10' },
  { upTo: '12', unitPrice: '7', flatFee: '50' },
  { upTo: null, unitPrice: '3', flatFee: '20' },
];

describe('levels of several accounts that are priced together', () => {
  it.each<[string, PriceStep]>([
    ['graduated by changes', { step: 'graduated', by: 'changes', tiers }],
    ['seats by second', { step: 'seats', unitPrice: '9.99', proration: 'second' }],
    ['seats by second that are kept', { step: 'seats', unitPrice: '9.99', proration: 'second', decreases: 'keep' }],
    ['the most seats of a month', { step: 'seats', unitPrice: '9.99', proration: 'month' }],
  ])(
    'cost what one account with all of it would: what moves between them at one instant was never more: %s',
    (_, step) => {
      fc.assert(
        fc.property(levels, fc.constantFrom('net' as const, 'each' as const), (all, prorationRounding) => {
          const accounts = [0, 1, 2].map((n) =>
            rowOf(
              `account-${n}`,
              all.map((each) => each[n] ?? 0),
            ),
          );
          const one = rowOf(
            'account-0',
            all.map((each) => each.reduce((sum, value) => sum + value, 0)),
          );
          const policy = { prorationRounding };
          expect(amounts(input([step], { usage: accounts, policy }))).toEqual(
            amounts(input([step], { usage: [one], policy })),
          );
        }),
        runs(60),
      );
    },
  );
});

describe('seats of which somebody said what is charged', () => {
  const seats = (decreases: 'keep' | 'prorate'): PriceStep => ({
    step: 'seats',
    unitPrice: '10',
    proration: 'second',
    decreases,
  });
  const changed = (...changes: readonly (readonly [hour: number, by: string, prorated: string])[]) => ({
    usage: [
      { changes: changes.map(([hour, by, prorated]) => ({ at: `2026-10-01T0${hour}:00:00.000Z`, by, prorated })) },
    ],
  });

  it('are charged so also where fewer seats count from the next period on', () => {
    const rising = changed([0, '3', '1.5'], [1, '2', '0.5']);
    expect(amounts(input([seats('prorate')], rising))).toEqual(['i 20.00']);
    expect(amounts(input([seats('keep')], rising))).toEqual(['i 20.00']);
  });

  it('are charged in proportion where only a part of a change goes above the highest number', () => {
    // 4, then 1, then 7: of the last six seats three count, so 1 of the 2 that are charged.
    const given = input([seats('keep')], changed([0, '4', '4'], [1, '-3', '-1'], [2, '6', '2']));
    expect(amounts(given)).toEqual(['i 50.00']);
    expect(JSON.stringify(rate(given).lines[0]?.arithmetic)).toContain('+3 of 6 charged as 2 × 10.00 USD = 10.00 USD');
  });
});

describe('an allowance that rolls over', () => {
  const steps: readonly PriceStep[] = [
    { step: 'allowance', quantity: '31', rollover: { periods: 2, upTo: '12' } },
    { step: 'per-unit', unitPrice: '1' },
  ];
  const opening = {
    format: 2,
    carryIn: {},
    prices: { '["i",{}]': { rollover: [{ quantity: '10', periods: 1 }] } },
  } as const;
  const early = { ...OCTOBER, end: '2026-10-11' };
  const late = { ...OCTOBER, start: '2026-10-11' };

  it('comes to at most so much where a period ends, not where a contract is amended within it', () => {
    const first = rate(input(steps, { opening, part: early }));
    expect(first.closing.prices).toEqual({
      '["i",{}]': {
        rollover: [
          { quantity: '10', periods: 1 },
          { quantity: '10', periods: 3 },
        ],
      },
    });
    const second = (quantity: string) =>
      rate(input(steps, { opening: first.closing, part: late, usage: [{ quantity }] }));
    // As without the amendment: 10 from before and 31 of October.
    expect(second('41').lines.map(({ amount }) => amount)).toEqual(['0.00']);
    expect(second('42').lines.map(({ amount }) => amount)).toEqual(['1.00']);
    expect(second('20').closing.prices).toEqual({ '["i",{}]': { rollover: [{ quantity: '12', periods: 2 }] } });
  });
});

describe('a commitment that all lines count towards', () => {
  it('is also lowered by what is given back for an item that was dropped', () => {
    const given = input([{ step: 'recurring-fee', amount: '100', proration: 'none' }], {
      price: { meter: null },
      contract: { minimumCommitment: { amount: '90', description: 'Commitment' } },
      policy: { commitmentCovers: 'all' },
      opening: {
        format: 2,
        carryIn: {},
        prices: { '["gone",{}]': { ahead: { start: '2026-10-01', amount: '30', charged: '30' } } },
      },
    });
    expect(amounts(given)).toEqual(['i 100.00', 'gone -30.00', 'minimum-commitment 20.00']);
    expect(new Set(rate(given).lines.map(({ group }) => group)).size).toBe(1);
  });
});

describe('bills that convert their own slice without rounding it', () => {
  it.each([
    ['up', ['2', '2', '2'], 'i 2.00'],
    ['down', ['1', '1', '1'], 'i 1.00'],
  ] as const)('come to the quotient of the whole: packages rounded %s', (rounding, slices, line) => {
    const steps: readonly PriceStep[] = [
      { step: 'unit-conversion', divideBy: '3', unit: 'block' },
      { step: 'package', size: '1', price: '1', rounding },
    ];
    const quantity = `${slices.reduce((sum, slice) => sum + Number(slice), 0)}`;
    const policy = { interimConversion: 'slice' } as const;
    expect(amounts(input(steps, { usage: [{ quantity, slices }], policy }))).toEqual([line]);
  });
});

describe('what was charged ahead under a policy that rounds nothing', () => {
  it('goes back in whole units of the currency under one that does', () => {
    const given = input([{ step: 'recurring-fee', amount: '10', proration: 'none' }], {
      price: { meter: null },
      contract: { maximum: { amount: '5', description: 'At most' } },
      opening: {
        format: 2,
        carryIn: {},
        prices: { '["gone",{}]': { ahead: { start: '2026-10-01', amount: '1.23456', charged: '1.23456' } } },
      },
    });
    expect(amounts(given)).toEqual(['i 10.00', 'gone -1.23', 'contract-maximum -3.77']);
  });
});

describe('usage that cannot be priced', () => {
  it('is transactions that are not known, also where more was taken back than there was', () => {
    const step: PriceStep = { step: 'percentage', percent: '2', fixed: '0.3' };
    for (const quantity of ['5', '-5'])
      expect(() => rate(input([step], { usage: [{ quantity }] }))).toThrow('needs the transactions');
    expect(amounts(input([step], { usage: [{ quantity: '0' }] }))).toEqual([]);
  });

  it.each<[string, readonly PriceStep[], Given['price']]>([
    ['allowance', [{ step: 'allowance', quantity: '5' }], {}],
    ['unit-conversion', [{ step: 'unit-conversion', divideBy: '1000', unit: 'thousand' }], {}],
    ['contract-year', [], { accumulate: 'contract-year' }],
    ['windowed', [], { windowed: { every: 'hour' } }],
  ])('is a matrix over groups that share their tiers where %s changes what was measured', (name, before, more) => {
    const cells = [{ values: ['eu'], unitPrice: '1' }];
    const steps: PriceStep[] = [...before, { step: 'matrix', dimensions: ['region'], cells, otherwise: '2' }];
    const price = { perDimensions: ['region'], ...more };
    const usage = [
      { quantity: '7', dimensions: { region: 'eu' } },
      { quantity: '9', dimensions: { region: 'us' } },
    ];
    const pooled = { groupedTiers: 'pooled' } as const;
    expect(() => rate(input(steps, { price, usage, policy: pooled }))).toThrow(
      `"${name}" changes what is measured, so nobody knows of which cell of its matrix it is: remove "${name}" or name a policy that prices each value alone`,
    );
    const alone = before.length === 0 ? [] : usage;
    expect(() => rate(input(steps, { price, usage: alone }))).not.toThrow();
  });

  it('is not a matrix over groups that share their tiers as they were measured', () => {
    const cells = [{ values: ['eu'], unitPrice: '1' }];
    const steps: PriceStep[] = [{ step: 'matrix', dimensions: ['region'], cells, otherwise: '2' }];
    const usage = [
      { quantity: '7', dimensions: { region: 'eu' } },
      { quantity: '9', dimensions: { region: 'us' } },
    ];
    const given = { price: { perDimensions: ['region'] }, usage, policy: { groupedTiers: 'pooled' } } as const;
    // 7 + 18, shared out by quantity.
    expect(amounts(input(steps, given))).toEqual(['i 10.94', 'i 14.06']);
  });
});
