import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import { exponentOf } from '../../../lambdas/platform/currency.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatableUsage, RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';
import { drawn, inputs } from '../../rating/generate/cases.ts';
import type { Draw } from '../../rating/generate/draw.ts';
import { runs } from '../../rating/generate/runs.ts';
import { Rational, total } from '../../rating/oracle/rational.ts';
import { inputOf } from '../../unit/rating/one-price.ts';

const RUNS = runs(400);

const amounts = (input: RateInput): Rational[] => rate(input).lines.map(({ amount }) => Rational.of(amount));

describe('P7: rounding', () => {
  it('leaves every line whole minor units of its currency, of 0, 2 or 3 decimals, so that lines sum to the subtotal', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { lines, payments } = rate({ ...input, policy: { ...input.policy, roundingStage: 'line' } });
        const exponent = exponentOf(input.contract.currency);
        const pattern = exponent === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${exponent}}$`);
        for (const { amount } of [...lines, ...payments]) expect(amount).toMatch(pattern);
      }),
      RUNS,
    );
  });

  it('moves a line by less than one minor unit, in the direction that the policy says', () => {
    const line = drawn((draw) => ({
      currency: draw.pick(['USD', 'JPY', 'BHD'] as const),
      quantity: draw.decimal(40),
      unitPrice: draw.price(9),
      percent: draw.price(99),
      lineRounding: draw.pick(['half-up', 'half-even', 'up', 'down'] as const),
    }));
    fc.assert(
      fc.property(line, ({ currency, quantity, unitPrice, percent, lineRounding }) => {
        const steps: PriceStep[] = [
          { step: 'per-unit', unitPrice },
          { step: 'percentage-discount', percent },
        ];
        const input = inputOf({ steps, quantity, currency });
        const exact = Rational.of(quantity)
          .times(Rational.of(unitPrice))
          .times(Rational.whole(100).minus(Rational.of(percent)))
          .over(Rational.whole(100));
        const off = total(amounts({ ...input, policy: { ...input.policy, lineRounding } })).minus(exact);
        const unit = new Rational(1n, 10n ** BigInt(exponentOf(currency)));
        const size = off.sign() < 0 ? off.negated() : off;
        expect(size.compare(unit)).toBeLessThan(0);
        if (lineRounding.startsWith('half')) expect(size.plus(size).compare(unit)).toBeLessThanOrEqual(0);
        if (lineRounding === 'up') expect(off.sign()).toBeGreaterThanOrEqual(0);
        if (lineRounding === 'down') expect(off.sign()).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });
});

const decimalEdges = (draw: Draw): string[] => {
  let at = Rational.of('0');
  return draw.list(1, 4, () => {
    at = at.plus(Rational.of(draw.price(9)));
    return at.toString();
  });
};

const EPSILON = '0.000001';

describe('P8: the edge of a tier', () => {
  const tiered = drawn((draw) => {
    const edges = decimalEdges(draw);
    return { edges, prices: [...edges, null].map(() => draw.decimal(9)), at: draw.int(0, edges.length - 1) };
  });
  const priceOf = (steps: readonly PriceStep[], quantity: string, policy: Partial<RatingPolicy>): Rational => {
    const input = inputOf({ steps, quantity });
    return total(amounts({ ...input, policy: { ...input.policy, roundingStage: 'none', ...policy } }));
  };

  it('belongs to the lower tier, and what is above it by however little to the next; decimals too', () => {
    fc.assert(
      fc.property(tiered, ({ edges, prices, at }) => {
        const edge = edges[at] ?? '';
        const tiers = [...edges, null].map((upTo, n) => ({ upTo, unitPrice: prices[n] ?? '0' }));
        const above = Rational.of(edge).plus(Rational.of(EPSILON)).toString();
        const [lower, next] = [Rational.of(prices[at] ?? ''), Rational.of(prices[at + 1] ?? '')];
        const volume: PriceStep[] = [{ step: 'volume', tiers }];
        expect(priceOf(volume, edge, {})).toEqual(Rational.of(edge).times(lower));
        expect(priceOf(volume, above, {})).toEqual(Rational.of(above).times(next));
        expect(priceOf(volume, edge, { tierEdge: 'exclusive' })).toEqual(Rational.of(edge).times(next));
        const graduated: PriceStep[] = [{ step: 'graduated', tiers }];
        const whole = priceOf(graduated, edge, {});
        expect(priceOf(graduated, above, {}).minus(whole)).toEqual(Rational.of(EPSILON).times(next));
        expect(priceOf(graduated, edge, { tierEdge: 'exclusive' })).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('decides on flat fees and on the steps of a staircase', () => {
    fc.assert(
      fc.property(tiered, ({ edges, prices, at }) => {
        const edge = edges[at] ?? '';
        const above = Rational.of(edge).plus(Rational.of(EPSILON)).toString();
        const upTo = [...edges, null];
        const stairs: PriceStep[] = [
          { step: 'stairstep', tiers: upTo.map((each, n) => ({ upTo: each, price: prices[n] ?? '' })) },
        ];
        expect(priceOf(stairs, edge, {})).toEqual(Rational.of(prices[at] ?? ''));
        expect(priceOf(stairs, above, {})).toEqual(Rational.of(prices[at + 1] ?? ''));
        expect(priceOf(stairs, edge, { tierEdge: 'exclusive' })).toEqual(Rational.of(prices[at + 1] ?? ''));
        const flat: PriceStep[] = [
          { step: 'graduated', tiers: upTo.map((each, n) => ({ upTo: each, flatFee: prices[n] ?? '' })) },
        ];
        const reached = (tiers: number): Rational => total(prices.slice(0, tiers).map((each) => Rational.of(each)));
        expect(priceOf(flat, edge, {})).toEqual(reached(at + 1));
        expect(priceOf(flat, above, {})).toEqual(reached(at + 2));
        expect(priceOf(flat, edge, { tierEdge: 'exclusive' })).toEqual(reached(at + 2));
      }),
      RUNS,
    );
  });

  it('of whole units keeps a fraction above it in the lower tier when the policy says so, up to the next whole unit', () => {
    const whole = drawn((draw) => ({ edge: draw.int(1, 30), parts: draw.int(1, 999) }));
    fc.assert(
      fc.property(whole, ({ edge, parts }) => {
        const volume: PriceStep[] = [
          {
            step: 'volume',
            tiers: [
              { upTo: `${edge}`, flatFee: '1' },
              { upTo: null, flatFee: '2' },
            ],
          },
        ];
        const fraction = `${edge}.${`${parts}`.padStart(3, '0')}`;
        const flat = (quantity: string, tierGap: RatingPolicy['tierGap']): string =>
          priceOf(volume, quantity, { tierGap }).toString();
        expect([flat(fraction, 'next'), flat(fraction, 'lower')]).toEqual(['2', '1']);
        expect([flat(`${edge + 1}`, 'next'), flat(`${edge + 1}`, 'lower')]).toEqual(['2', '2']);
      }),
      RUNS,
    );
  });
});

const grouped = drawn((draw) => {
  const charge: PriceStep = draw.pick<() => PriceStep>([
    () => ({
      step: 'graduated',
      tiers: [...decimalEdges(draw), null].map((upTo) => ({ upTo, unitPrice: draw.decimal(9) })),
    }),
    () => ({ step: 'package', size: draw.price(9), price: draw.price(9), rounding: 'up' }),
    () => ({
      step: 'volume',
      tiers: [...decimalEdges(draw), null].map((upTo) => ({ upTo, unitPrice: draw.decimal(9) })),
    }),
    () => ({ step: 'per-unit', unitPrice: draw.decimal(9) }),
  ])();
  return {
    steps: draw.onceIn(3) ? [{ step: 'allowance', quantity: draw.price(12) } as const, charge] : [charge],
    usage: ['eu', 'us', 'ap', 'za'].slice(0, draw.int(1, 4)).map((region) => ({ region, quantity: draw.price(30) })),
  };
});

describe('P12: groups', () => {
  const inputsOf = ({
    steps,
    usage,
  }: {
    steps: readonly PriceStep[];
    usage: readonly { region: string; quantity: string }[];
  }) => {
    const base = inputOf({ steps, quantity: '0' });
    const [price] = base.priceBook.prices as readonly [Price];
    const rows: RatableUsage[] = usage.map(({ region, quantity }) => ({
      meter: 'meter-1',
      meterVersion: 1,
      unit: 'call',
      dimensions: { region },
      quantity,
    }));
    const of = (perDimensions: readonly string[], groupedTiers: RatingPolicy['groupedTiers']): RateInput => ({
      ...base,
      priceBook: { ...base.priceBook, prices: [{ ...price, perDimensions }] },
      usage: rows,
      policy: { ...base.policy, groupedTiers, zeroUsageLine: 'show' },
    });
    return { whole: of([], 'per-group'), pooled: of(['region'], 'pooled'), apart: of(['region'], 'per-group') };
  };
  const quantities = (input: RateInput) => total(rate(input).lines.map(({ quantity }) => Rational.of(quantity)));

  it('have the quantities of all together', () => {
    fc.assert(
      fc.property(grouped, (given) => {
        const { whole, pooled, apart } = inputsOf(given);
        expect(quantities(pooled)).toEqual(quantities(whole));
        expect(quantities(apart)).toEqual(quantities(whole));
      }),
      RUNS,
    );
  });

  it('share one set of tiers to the cent when pooled, and have one of their own when not', () => {
    fc.assert(
      fc.property(grouped, (given) => {
        const { whole, pooled, apart } = inputsOf(given);
        expect(total(amounts(pooled))).toEqual(total(amounts(whole)));
        const alone = given.usage.map((row) => total(amounts(inputsOf({ ...given, usage: [row] }).whole)));
        expect(total(amounts(apart))).toEqual(total(alone));
      }),
      RUNS,
    );
  });
});
