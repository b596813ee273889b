import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import {
  compareExact,
  exact,
  isBelowZero,
  minus,
  NOTHING,
  plus,
  roundExact,
  share,
} from '../../../lambdas/rating/exact.ts';
import { addFractions, divideFractions, fraction } from '../../../lambdas/rating/fraction.ts';

const of = (amount: string, part: number, whole: number) => share(exact(parseDecimal(amount)), part, whole);

describe('an amount before its rounding', () => {
  it('takes no larger denominator than its parts need, in whatever order they are added', () => {
    const [third, sixth, half] = [of('1', 1, 3), of('1', 1, 6), of('1', 1, 2)];
    expect(plus(third, third)).toEqual({ value: parseDecimal('2'), parts: 3n });
    expect(plus(sixth, third)).toEqual({ value: parseDecimal('3'), parts: 6n });
    expect(plus(third, sixth)).toEqual({ value: parseDecimal('3'), parts: 6n });
    expect(plus(third, half)).toEqual({ value: parseDecimal('5'), parts: 6n });
    expect(minus(half, third)).toEqual({ value: parseDecimal('1'), parts: 6n });
    expect(plus(NOTHING, third)).toBe(third);
  });

  it('stays as it is where all of it is taken, and has no share of nothing', () => {
    const whole = exact(parseDecimal('310'));
    expect(share(whole, 31, 31)).toBe(whole);
    expect(() => share(whole, 1, 0)).toThrow(new RangeError('a share needs a whole above 0, not 0'));
    expect(() => share(whole, 1, -31)).toThrow(RangeError);
  });

  it('is compared exactly, and is not below 0 at 0', () => {
    expect(compareExact(of('1', 1, 3), exact(parseDecimal('0.333333333333')))).toBe(1);
    expect(compareExact(exact(parseDecimal('0.333333333333')), of('1', 1, 3))).toBe(-1);
    expect(compareExact(of('1', 2, 6), of('1', 1, 3))).toBe(0);
    expect([of('-1', 1, 3), NOTHING, of('1', 1, 3)].map(isBelowZero)).toEqual([true, false, false]);
  });

  it('is rounded once: a third of 0.75 is 0.25, exactly', () => {
    expect(roundExact(of('0.75', 1, 3), 1, 'half-even')).toEqual(parseDecimal('0.2'));
    expect(roundExact(of('0.75', 1, 3), 1, 'half-up')).toEqual(parseDecimal('0.3'));
  });
});

describe('a share', () => {
  it('is in lowest terms, also below 0', () => {
    expect(fraction(20n, 30n)).toEqual({ part: 2n, whole: 3n });
    expect(fraction(-2n, 4n)).toEqual({ part: -1n, whole: 2n });
    expect(fraction(0n, 31n)).toEqual({ part: 0n, whole: 1n });
    expect(addFractions(fraction(12n, 31n), fraction(1n, 1n))).toEqual({ part: 43n, whole: 31n });
    expect(divideFractions(fraction(3n, 4n), fraction(1n, 2n))).toEqual({ part: 3n, whole: 2n });
  });

  it('is of a whole above 0', () => {
    expect(() => fraction(1n, 0n)).toThrow(new RangeError('a share needs a whole above 0, not 0'));
    expect(() => fraction(1n, -1n)).toThrow(RangeError);
    expect(() => divideFractions(fraction(1n, 2n), fraction(0n, 1n))).toThrow(RangeError);
  });
});
