import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  type Decimal,
  divide,
  equals,
  formatDecimal,
  formatFixed,
  fromMinorUnits,
  isNegative,
  isZero,
  maximum,
  minimum,
  multiply,
  negate,
  ONE,
  parseDecimal,
  type Rounding,
  round,
  subtract,
  sum,
  toMinorUnits,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';

const decimals: fc.Arbitrary<Decimal> = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => fromMinorUnits(units, scale));
const nonZero = decimals.filter((value) => !isZero(value));
const places = fc.integer({ min: 0, max: 8 });
const roundings = fc.constantFrom<Rounding>('half-up', 'half-even', 'up', 'down', 'floor', 'ceiling');

/** The distance of two decimals. */
const distance = (a: Decimal, b: Decimal): Decimal => {
  const difference = subtract(a, b);
  return isNegative(difference) ? negate(difference) : difference;
};
const unitOf = (decimalPlaces: number): Decimal => fromMinorUnits(1n, decimalPlaces);

describe('decimals are the numbers they stand for', () => {
  it('keep their value through text', () => {
    fc.assert(
      fc.property(decimals, places, (a, more) => {
        expect(parseDecimal(formatDecimal(a))).toEqual(a);
        expect(parseDecimal(formatFixed(a, a.scale + more))).toEqual(a);
        expect(fromMinorUnits(toMinorUnits(a, a.scale + more), a.scale + more)).toEqual(a);
      }),
    );
  });

  it('are equal only if they look alike', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(equals(a, b)).toBe(formatDecimal(a) === formatDecimal(b));
        expect(a.scale === 0 || a.units % 10n !== 0n).toBe(true);
      }),
    );
  });

  it('add and multiply as a ring', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a));
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
        expect(multiply(a, b)).toEqual(multiply(b, a));
        expect(multiply(multiply(a, b), c)).toEqual(multiply(a, multiply(b, c)));
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
        expect(subtract(a, b)).toEqual(add(a, negate(b)));
        expect([add(a, ZERO), multiply(a, ONE), multiply(a, ZERO)]).toEqual([a, a, ZERO]);
        expect(sum([a, b, c])).toEqual(add(a, add(b, c)));
      }),
    );
  });

  it('are ordered as their differences say', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const sign = isNegative(subtract(a, b)) ? -1 : isZero(subtract(a, b)) ? 0 : 1;
        expect(compare(a, b)).toBe(sign);
        expect(add(minimum(a, b), maximum(a, b))).toEqual(add(a, b));
        expect(compare(minimum(a, b), maximum(a, b))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('round to a neighbour, on the side and at the half that the mode says', () => {
    fc.assert(
      fc.property(decimals, places, roundings, (a, to, rounding) => {
        const rounded = round(a, to, rounding);
        const off = distance(rounded, a);
        const unit = unitOf(to);
        expect(rounded.scale).toBeLessThanOrEqual(to);
        expect(compare(off, unit)).toBeLessThan(0);
        const away = compare(distance(rounded, ZERO), distance(a, ZERO));
        if (rounding === 'floor') expect(compare(rounded, a)).toBeLessThanOrEqual(0);
        if (rounding === 'ceiling') expect(compare(rounded, a)).toBeGreaterThanOrEqual(0);
        if (rounding === 'up') expect(away).toBeGreaterThanOrEqual(0);
        if (rounding === 'down') expect(away).toBeLessThanOrEqual(0);
        if (rounding === 'half-up' || rounding === 'half-even') {
          const half = compare(multiply(off, parseDecimal('2')), unit);
          expect(half).toBeLessThanOrEqual(0);
          if (half === 0 && rounding === 'half-up') expect(away).toBe(1);
          if (half === 0 && rounding === 'half-even') expect(toMinorUnits(rounded, to) % 2n).toBe(0n);
        }
        expect(round(rounded, to, rounding)).toEqual(rounded);
      }),
      { numRuns: 500 },
    );
  });

  it('divide to the nearest there is, and exactly where it fits', () => {
    fc.assert(
      fc.property(decimals, nonZero, places, (a, b, to) => {
        const quotient = divide(a, b, to, 'half-even');
        const rest = distance(multiply(quotient, b), a);
        const most = multiply(distance(b, ZERO), unitOf(to));
        expect(compare(multiply(rest, parseDecimal('2')), most)).toBeLessThanOrEqual(0);
        expect(divide(multiply(a, b), b, a.scale, 'down')).toEqual(a);
      }),
    );
  });
});
