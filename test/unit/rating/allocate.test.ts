import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal, sum } from '../../../lambdas/platform/decimal.ts';
import { allocate, allocateUnits } from '../../../lambdas/rating/allocate.ts';

const shares = (total: string, weights: readonly string[], places = 2): string[] =>
  allocate(parseDecimal(total), weights.map(parseDecimal), places).map(formatDecimal);

describe('an amount over parts', () => {
  it('gives the rest to who lost most, then to who comes first', () => {
    expect(shares('1', ['1', '1', '1'])).toEqual(['0.34', '0.33', '0.33']);
    expect(shares('0.05', ['1', '2.5', '6.5'])).toEqual(['0.01', '0.01', '0.03']);
    expect(shares('-1', ['1', '1', '1'])).toEqual(['-0.34', '-0.33', '-0.33']);
    expect(shares('100', ['0', '3'], 0)).toEqual(['0', '100']);
  });

  it('goes evenly over parts that weigh nothing', () => {
    expect(shares('1', ['0', '0', '0'])).toEqual(['0.34', '0.33', '0.33']);
  });

  it('refuses what cannot be allocated', () => {
    expect(allocateUnits(0n, [])).toEqual([]);
    expect(() => allocateUnits(1n, [])).toThrow('1 cannot be allocated to no parts');
    expect(() => allocateUnits(1n, [1n, -1n])).toThrow('below 0');
    expect(() => shares('0.001', ['1'])).toThrow('more than 2 decimals');
  });

  it('always sums to the whole, and no part is a unit or more from its exact share', () => {
    const weight = fc.bigInt({ min: 0n, max: 1_000_000n });
    fc.assert(
      fc.property(fc.bigInt(), fc.array(weight, { minLength: 1, maxLength: 12 }), (total, weights) => {
        const parts = allocateUnits(total, weights);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        const all = weights.reduce((a, b) => a + b, 0n);
        if (all === 0n) return;
        parts.forEach((part, n) => {
          const off = part * all - total * (weights[n] ?? 0n);
          expect((off < 0n ? -off : off) < all).toBe(true);
        });
      }),
    );
  });

  it('sums as decimals, too', () => {
    const weight = fc.integer({ min: 0, max: 10_000 }).map((n) => parseDecimal((n / 100).toFixed(2)));
    fc.assert(
      fc.property(fc.integer(), fc.array(weight, { minLength: 1 }), (cents, weights) => {
        const total = parseDecimal((cents / 100).toFixed(2));
        expect(sum(allocate(total, weights, 2))).toEqual(total);
      }),
    );
  });
});
