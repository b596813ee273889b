import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import { exponentOf } from '../../../lambdas/platform/currency.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  fromMinorUnits,
  multiply,
  parseDecimal,
  subtract,
  sum,
  toMinorUnits,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';
import { daysOf } from '../../../lambdas/platform/period.ts';
import { applySteps } from '../../../lambdas/rating/apply-steps.ts';
import { compareExact, type Exact, exact, plus, roundExact, share } from '../../../lambdas/rating/exact.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { graduation, priceTiers } from '../../../lambdas/rating/steps/price-tiers.ts';
import type { RatableUsage, RateInput } from '../../../lambdas/rating/types.ts';
import { inputOf, policy } from '../../unit/rating/one-price.ts';
import { contextOf, workingOf } from '../../unit/rating/one-step.ts';
import { decimal, decimalText, steps, tiers, usageCharge } from './arbitraries.ts';

const context = contextOf();
const amountOf = (quantity: Decimal, charge: readonly PriceStep[]): Exact =>
  applySteps({ ...workingOf('0'), quantity }, charge, context).amount;
const cents = (amount: Exact): Decimal => roundExact(amount, 2, 'half-up');

const EPSILON = parseDecimal('0.000001');

/** A contract with several prices over two meters and dimensions, and its usage in some order. */
const contracts: fc.Arbitrary<RateInput> = fc
  .record({
    prices: fc.array(fc.record({ steps, each: fc.boolean(), meter: fc.constantFrom('a', 'b') }), {
      minLength: 1,
      maxLength: 4,
    }),
    usage: fc.uniqueArray(
      fc.record({ meter: fc.constantFrom('a', 'b'), size: fc.constantFrom('s', 'm', 'l'), quantity: decimalText() }),
      { selector: (row) => `${row.meter} ${row.size}`, maxLength: 6 },
    ),
    currency: fc.constantFrom('USD', 'JPY', 'BHD'),
    start: fc.constantFrom('2026-01-01', '2026-10-12', '2026-10-31'),
    commitment: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
    policyId: fc.constantFrom('standard', 'itemised'),
  })
  .map(({ prices, usage, currency, start, commitment, policyId }) => {
    const base = inputOf({ steps: [], currency });
    const book: Price[] = prices.map((price, n) => ({
      id: `price-${n}`,
      product: 'product',
      description: 'Product',
      meter: price.meter,
      perDimensions: price.each ? ['size'] : [],
      steps: price.steps,
    }));
    const rows = usage.map(
      ({ meter, size, quantity }): RatableUsage => ({
        meter,
        meterVersion: 1,
        unit: 'unit',
        dimensions: { size },
        quantity,
      }),
    );
    return {
      ...base,
      contract: {
        ...base.contract,
        start,
        items: book.map((price) => ({ id: price.id, price: price.id })),
        ...(commitment === undefined ? {} : { minimumCommitment: { amount: `${commitment}`, description: 'Least' } }),
      },
      priceBook: { ...base.priceBook, prices: book },
      usage: rows,
      policy: policy(policyId),
    };
  });

describe('rating, whatever the contract', () => {
  it('sums rounded lines to the subtotal: every line is whole minor units', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const { lines } = rate(input);
        const exponent = exponentOf(input.contract.currency);
        const units = lines.map((line) => toMinorUnits(parseDecimal(line.amount), exponent));
        const subtotal = sum(lines.map((line) => parseDecimal(line.amount)));
        expect(subtotal).toEqual(
          fromMinorUnits(
            units.reduce((a, b) => a + b, 0n),
            exponent,
          ),
        );
        for (const line of lines) expect(line.arithmetic.children.at(-1)?.result).toBe(line.amount);
      }),
    );
  });

  it('gives the same bytes again, in whatever order usage is listed', () => {
    fc.assert(
      fc.property(contracts, fc.infiniteStream(fc.nat()), (input, keys) => {
        const once = JSON.stringify(rate(input));
        expect(JSON.stringify(rate(structuredClone(input)))).toBe(once);
        const shuffled = input.usage
          .map((row) => ({ row, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        expect(JSON.stringify(rate({ ...input, usage: shuffled }))).toBe(once);
      }),
    );
  });

  it('gives every line an id of its own', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const ids = rate(input).lines.map((line) => line.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('never stays below the commitment', () => {
    fc.assert(
      fc.property(contracts, (input) => {
        const least = input.contract.minimumCommitment;
        if (least === undefined || input.contract.start > input.period.start) return;
        const { lines } = rate({ ...input, policy: policy('standard') });
        expect(
          compare(sum(lines.map((line) => parseDecimal(line.amount))), parseDecimal(least.amount)),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the price of a quantity', () => {
  it('never falls when the quantity grows', () => {
    fc.assert(
      fc.property(steps, decimal(), decimal(), (price, quantity, more) => {
        const less = cents(amountOf(quantity, price));
        expect(compare(cents(amountOf(add(quantity, more), price)), less)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('puts the edge of a tier into the lower tier, and what is above it into the next', () => {
    fc.assert(
      fc.property(tiers, (all) => {
        const ready = graduation(all);
        all.forEach((tier, n) => {
          if (tier.upTo === null) return;
          const edge = parseDecimal(tier.upTo);
          const parts: number[] = [];
          const at = priceTiers(edge, ready, context.policy, (part) => parts.push(part.tier));
          expect(parts.at(-1)).toBe(n);
          const next = parseDecimal(all[n + 1]?.unitPrice ?? '0');
          expect(subtract(priceTiers(add(edge, EPSILON), ready, context.policy), at)).toEqual(multiply(EPSILON, next));
        });
      }),
    );
  });

  it('is the sum of what its tiers show', () => {
    fc.assert(
      fc.property(tiers, decimal(), (all, quantity) => {
        const parts: { readonly quantity: Decimal; readonly amount: Decimal }[] = [];
        const amount = priceTiers(quantity, graduation(all), context.policy, (part) => parts.push(part));
        expect(sum(parts.map((part) => part.amount))).toEqual(amount);
        expect(sum(parts.map((part) => part.quantity))).toEqual(quantity);
      }),
    );
  });

  it('does not depend on how the usage came: the differences of a growing total add up to it', () => {
    fc.assert(
      fc.property(usageCharge, fc.array(decimal(), { minLength: 1, maxLength: 8 }), (charge, slices) => {
        let [total, billed] = [ZERO, ZERO];
        for (const slice of slices) {
          total = add(total, slice);
          const due = cents(amountOf(total, [charge]));
          billed = add(billed, subtract(due, billed));
        }
        expect(billed).toEqual(cents(amountOf(sum(slices), [charge])));
      }),
    );
  });
});

describe('shares by day', () => {
  it('add up to the whole, exactly', () => {
    fc.assert(
      fc.property(decimal(), fc.integer({ min: 1, max: 366 }), (whole, days) => {
        const parts = Array.from({ length: days }, () => share(exact(whole), 1, days));
        expect(roundExact(parts.reduce(plus), 12, 'half-up')).toEqual(whole);
      }),
    );
  });

  it('of a share are the share of the product', () => {
    const part = fc.integer({ min: 1, max: 31 });
    fc.assert(
      fc.property(decimal(), part, part, (whole, a, b) => {
        const twice = share(share(exact(whole), a, 31), b, 31);
        const once = share(exact(whole), a * b, 31 * 31);
        expect(compareExact(twice, once)).toBe(0);
      }),
    );
  });

  it('make the fee of two contracts that meet in a month the fee of one, to a cent', () => {
    const fee = (contractStart: string, end?: string) => {
      const input = inputOf({ steps: [{ step: 'recurring-fee', amount: '490.00', proration: 'day' }], contractStart });
      const contract = end === undefined ? input.contract : { ...input.contract, end };
      return sum(rate({ ...input, contract }).lines.map((line) => parseDecimal(line.amount)));
    };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 31 }), (day) => {
        const cut = `2026-10-${String(day).padStart(2, '0')}`;
        const together = add(fee('2025-01-01', cut), fee(cut));
        const off = subtract(together, parseDecimal('490'));
        expect(['-0.01', '0', '0.01']).toContain(formatDecimal(off));
      }),
    );
  });

  it('charge constant seats as a month of seats', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), decimal(100_000n), (count, price) => {
        const unitPrice = formatDecimal(price);
        const input = inputOf({
          seats: [{ from: '2026-10-01', seats: `${count}` }],
          unit: 'seat',
          policy: 'itemised',
          steps: [{ step: 'seats', unitPrice, proration: 'day' }],
        });
        expect(input.usage[0]?.daily).toHaveLength(daysOf(input.period).length);
        const whole = roundExact(exact(multiply(price, parseDecimal(`${count}`))), 2, 'half-even');
        expect(parseDecimal(rate(input).lines[0]?.amount ?? '')).toEqual(whole);
      }),
    );
  });
});
