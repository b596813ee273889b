import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract, PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { drawn } from '../../rating/generate/cases.ts';
import type { Draw } from '../../rating/generate/draw.ts';
import { runs } from '../../rating/generate/runs.ts';
import { Rational, total } from '../../rating/oracle/rational.ts';
import { inputOf } from '../../unit/rating/one-price.ts';

const RUNS = runs(500);

const sumOf = (input: RateInput): Rational => total(rate(input).lines.map(({ amount }) => Rational.of(amount)));

const priced = (steps: readonly PriceStep[], quantity: string, policy: Partial<RatingPolicy> = {}): RateInput => {
  const input = inputOf({ steps, quantity });
  return { ...input, policy: { ...input.policy, ...policy } };
};

const edges = (draw: Draw): string[] => {
  let at = 0;
  return draw.list(0, 4, () => {
    at += draw.int(1, 10);
    return `${at}`;
  });
};

const tiers = (draw: Draw, blocks: boolean): Tier[] =>
  [...edges(draw), null].map((upTo) => ({
    upTo,
    unitPrice: draw.decimal(9),
    ...draw.maybe(3, () => ({ flatFee: draw.decimal(40) })),
    ...draw.maybe(4, () => ({ cap: draw.price(30) })),
    ...(blocks ? { per: '3' } : {}),
  }));

/** Charges that never fall when the quantity grows. Volume and stairsteps may: publication warns of their cliffs. */
const rising = (draw: Draw): PriceStep[] => [
  ...(draw.onceIn(3)
    ? [
        {
          step: 'unit-conversion',
          divideBy: '3',
          rounding: draw.pick(['up', 'down', 'half-up'] as const),
          unit: 'block',
        } as const,
      ]
    : []),
  ...(draw.onceIn(2) ? [{ step: 'allowance', quantity: draw.price(9) } as const] : []),
  draw.pick<() => PriceStep>([
    () => ({ step: 'per-unit', unitPrice: draw.decimal(9) }),
    () => ({ step: 'graduated', tiers: tiers(draw, draw.onceIn(3)) }),
    () => ({
      step: 'package',
      size: draw.price(9),
      price: draw.decimal(9),
      rounding: draw.pick(['up', 'down', 'half-up'] as const),
    }),
    () => ({ step: 'percentage', percent: draw.price(99) }),
    () => ({ step: 'dynamic', multiplyBy: draw.price(3) }),
  ])(),
  ...(draw.onceIn(3)
    ? [{ step: 'commitment', amount: draw.price(60), overageFactor: '1.5', trueUp: draw.onceIn(2) } as const]
    : []),
  ...(draw.onceIn(3) ? [{ step: 'percentage-discount', percent: draw.price(99) } as const] : []),
  ...(draw.onceIn(3) ? [{ step: 'amount-discount', amount: draw.price(9) } as const] : []),
  ...(draw.onceIn(3) ? [{ step: 'minimum', amount: draw.price(60) } as const] : []),
  ...(draw.onceIn(3) ? [{ step: 'maximum', amount: `${60 + draw.int(0, 60)}` } as const] : []),
];

const options = (draw: Draw): Partial<RatingPolicy> => ({
  zeroUsageFlatFee: draw.pick(['none', 'charge'] as const),
  tierEdge: draw.pick(['inclusive', 'exclusive'] as const),
  tierGap: draw.pick(['next', 'lower'] as const),
  discountOrder: draw.pick(['before-bounds', 'after-bounds'] as const),
  lineRounding: draw.pick(['half-up', 'half-even', 'up', 'down'] as const),
  roundingStage: draw.pick(['line', 'none'] as const),
});

describe('P5: more usage', () => {
  it('never costs less where the charge is per unit, graduated, by package, percentage or factor', () => {
    const more = drawn((draw) => ({
      steps: rising(draw),
      // A fraction that stays in the lower tier may cost more there than the whole unit does in the next.
      policy: { ...options(draw), tierGap: 'next' as const },
      quantity: draw.decimal(40),
      more: draw.decimal(20),
    }));
    fc.assert(
      fc.property(more, ({ steps, policy, quantity, more: added }) => {
        const grown = Rational.of(quantity).plus(Rational.of(added)).toString();
        expect(
          sumOf(priced(steps, grown, policy)).compare(sumOf(priced(steps, quantity, policy))),
        ).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });
});

describe('P6: minimum and maximum', () => {
  const bounded: Arbitrary<{
    steps: PriceStep[];
    quantity: string;
    policy: Partial<RatingPolicy>;
    least: number;
    most: number;
  }> = drawn((draw) => {
    const least = draw.int(1, 60);
    const most = least + draw.int(0, 60);
    return {
      steps: [
        ...rising(draw).filter(({ step }) => step !== 'minimum' && step !== 'maximum' && step !== 'commitment'),
        { step: 'minimum', amount: `${least}` },
        { step: 'maximum', amount: `${most}` },
      ],
      quantity: draw.decimal(40),
      policy: { ...options(draw), discountOrder: 'before-bounds' },
      least,
      most,
    };
  });

  it('hold the price of a whole period between them', () => {
    fc.assert(
      fc.property(bounded, ({ steps, quantity, policy, least, most }) => {
        const amount = sumOf(priced(steps, quantity, policy));
        expect(amount.compare(Rational.whole(least))).toBeGreaterThanOrEqual(0);
        expect(amount.compare(Rational.whole(most))).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('hold the lines of a contract between its commitment and its maximum, and those of a group between its own', () => {
    fc.assert(
      fc.property(bounded, fc.boolean(), ({ steps, quantity, policy, least, most }, grouped) => {
        const input = priced(steps.slice(0, -2), quantity, { ...policy, commitmentCovers: 'all' });
        const bounds: Partial<Contract> = grouped
          ? { groups: [{ id: 'g', description: 'Group', items: ['item-1'], minimum: `${least}`, maximum: `${most}` }] }
          : {
              minimumCommitment: { amount: `${least}`, description: 'Least' },
              maximum: { amount: `${most}`, description: 'Most' },
            };
        const amount = sumOf({ ...input, contract: { ...input.contract, ...bounds } });
        expect(amount.compare(Rational.whole(least))).toBeGreaterThanOrEqual(0);
        expect(amount.compare(Rational.whole(most))).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('true up only in the last bill of a period: a bill within it never has a minimum', () => {
    fc.assert(
      fc.property(bounded, ({ steps, quantity, policy, least }) => {
        const input = priced(steps.slice(0, -2), quantity, policy);
        const contract = { ...input.contract, minimumCommitment: { amount: `${least}`, description: 'Least' } };
        const minimum = priced([...steps.slice(0, -2), ...steps.slice(-2, -1)], quantity, policy);
        expect(sumOf({ ...input, contract, interim: true })).toEqual(sumOf(input));
        expect(sumOf({ ...minimum, interim: true })).toEqual(sumOf(input));
      }),
      RUNS,
    );
  });
});

const UNITS = ['day', 'day-inclusive', 'second', 'second-inclusive', 'calendar-month'] as const;

describe('P6: parts of a period', () => {
  it('share a fee, a minimum, a commitment and a group minimum to the whole: exactly, and to a cent when rounded', () => {
    const cut = fc.record({
      unit: fc.constantFrom(...UNITS),
      day: fc.integer({ min: 2, max: 31 }),
      cents: fc.integer({ min: 1, max: 100_000 }),
      which: fc.constantFrom('fee', 'minimum', 'commitment', 'group'),
      rounded: fc.boolean(),
    });
    fc.assert(
      fc.property(cut, ({ unit, day, cents, which, rounded }) => {
        const amount = `${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, '0')}`;
        const steps: PriceStep[] =
          which === 'fee'
            ? [{ step: 'recurring-fee', amount, proration: 'day' }]
            : [
                { step: 'per-unit', unitPrice: '1' },
                ...(which === 'minimum' ? [{ step: 'minimum', amount } as const] : []),
              ];
        const bounds: Partial<Contract> = {
          ...(which === 'commitment' ? { minimumCommitment: { amount, description: 'Least' } } : {}),
          ...(which === 'group'
            ? { groups: [{ id: 'g', description: 'Group', items: ['item-1'], minimum: amount }] }
            : {}),
        };
        const middle = `2026-10-${`${day}`.padStart(2, '0')}`;
        const base = inputOf(which === 'fee' ? { steps } : { steps, quantity: '0' });
        const policy: RatingPolicy = {
          ...base.policy,
          prorationUnit: unit,
          partPeriodMinimum: 'by-day',
          roundingStage: rounded ? 'line' : 'none',
        };
        const of = (dates: Partial<Contract>): Rational =>
          sumOf({ ...base, policy, contract: { ...base.contract, ...bounds, ...dates } });
        const difference = of({ end: middle })
          .plus(of({ start: middle }))
          .minus(Rational.of(amount));
        const allowed = rounded ? Rational.of('0.01') : Rational.of('0.000000000002');
        expect(difference.compare(allowed) <= 0 && difference.negated().compare(allowed) <= 0).toBe(true);
      }),
      RUNS,
    );
  });
});
