import fc from 'fast-check';
import type { PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import { type Decimal, formatDecimal, fromMinorUnits } from '../../../lambdas/platform/decimal.ts';

/** A decimal of 0 or more with up to six decimals. */
export const decimal = (most = 1_000_000_000n): fc.Arbitrary<Decimal> =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: most }), fc.integer({ min: 0, max: 6 }))
    .map(([n, scale]) => fromMinorUnits(n, scale));

/** The same as text. */
export const decimalText = (most?: bigint): fc.Arbitrary<string> => decimal(most).map(formatDecimal);

const positive = fc.bigInt({ min: 1n, max: 100_000n }).map((n) => formatDecimal(fromMinorUnits(n, 2)));

/** One to ten tiers with rising edges; prices rise or fall as they like. */
export const tiers: fc.Arbitrary<readonly Tier[]> = fc
  .tuple(
    fc.uniqueArray(fc.bigInt({ min: 1n, max: 100_000_000n }), { maxLength: 9 }),
    fc.array(decimalText(10_000n), { minLength: 10, maxLength: 10 }),
  )
  .map(([edges, prices]) => [
    ...edges
      .sort((a, b) => (a < b ? -1 : 1))
      .map((edge, n) => ({ upTo: formatDecimal(fromMinorUnits(edge, 2)), unitPrice: prices[n] ?? '0' })),
    { upTo: null, unitPrice: prices[9] ?? '0' },
  ]);

/** One step that charges usage and never charges less for more. */
export const usageCharge: fc.Arbitrary<PriceStep> = fc.oneof(
  decimalText(10_000n).map((unitPrice) => ({ step: 'per-unit', unitPrice }) as const),
  tiers.map((each) => ({ step: 'graduated', tiers: each }) as const),
  fc
    .tuple(positive, decimalText(10_000n), fc.constantFrom('up' as const, 'down' as const))
    .map(([size, price, rounding]) => ({ step: 'package', size, price, rounding }) as const),
);

/** The steps of a metered price: any allowed combination around one charge. */
export const steps: fc.Arbitrary<readonly PriceStep[]> = fc
  .tuple(
    fc.option(decimalText(10_000_000n), { nil: undefined }),
    usageCharge,
    fc.option(decimalText(1_000_000n), { nil: undefined }),
    fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
    fc.option(decimalText(1_000_000n), { nil: undefined }),
  )
  .map(([included, charge, fee, percent, least]) => [
    ...(included === undefined ? [] : [{ step: 'allowance', quantity: included } as const]),
    charge,
    ...(fee === undefined ? [] : [{ step: 'recurring-fee', amount: fee, proration: 'day' } as const]),
    ...(percent === undefined ? [] : [{ step: 'percentage-discount', percent: `${percent}` } as const]),
    ...(least === undefined ? [] : [{ step: 'minimum', amount: least } as const]),
  ]);
