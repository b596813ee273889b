import {
  add,
  compare,
  type Decimal,
  divide,
  fromInteger,
  multiply,
  negate,
  type Rounding,
  round,
  subtract,
  toMinorUnits,
} from '../platform/decimal.ts';

/**
 * An amount before its one rounding: `value / parts`, exact. A share by day (8 of 31) has no finite decimal, so it is
 * kept as a fraction until the line is rounded; rounding it earlier would round twice.
 */
export type Exact = { readonly value: Decimal; readonly parts: bigint };

/** A decimal as an exact amount. */
export const exact = (value: Decimal): Exact => ({ value, parts: 1n });

/** `0`. */
export const NOTHING: Exact = exact(fromInteger(0));

/** `a + b`. */
export const plus = (a: Exact, b: Exact): Exact => {
  // A line begins with nothing: what is first added to it needs no arithmetic.
  if (a === NOTHING) return b;
  if (a.parts === b.parts) return { value: add(a.value, b.value), parts: a.parts };
  // A denominator that holds the other one is enough for both: adding up many parts must not multiply them all.
  if (a.parts % b.parts === 0n) return { value: add(a.value, stretched(b, a.parts / b.parts)), parts: a.parts };
  if (b.parts % a.parts === 0n) return { value: add(stretched(a, b.parts / a.parts), b.value), parts: b.parts };
  return { value: add(stretched(a, b.parts), stretched(b, a.parts)), parts: a.parts * b.parts };
};

const stretched = ({ value }: Exact, by: bigint): Decimal => multiply(value, fromInteger(by));

/** `a - b`. */
export const minus = (a: Exact, b: Exact): Exact =>
  a.parts === b.parts
    ? { value: subtract(a.value, b.value), parts: a.parts }
    : plus(a, { value: negate(b.value), parts: b.parts });

/** `a × factor`. */
export const times = (a: Exact, factor: Decimal): Exact => ({ value: multiply(a.value, factor), parts: a.parts });

/** `part / whole` of `a`. @throws {RangeError} if `whole` is not above 0. */
export const share = (a: Exact, part: number | bigint, whole: number | bigint): Exact => {
  if (whole <= 0) throw new RangeError(`a share needs a whole above 0, not ${whole}`);
  return part === whole ? a : { value: multiply(a.value, fromInteger(part)), parts: a.parts * BigInt(whole) };
};

/** `part` of `whole` of an amount, both decimals. @throws {RangeError} if `whole` is not above 0. */
export const ratio = (amount: Exact, part: Decimal, whole: Decimal): Exact => {
  const scale = Math.max(part.scale, whole.scale);
  return share(amount, toMinorUnits(part, scale), toMinorUnits(whole, scale));
};

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export const compareExact = (a: Exact, b: Exact): number => {
  if (a.parts === b.parts) return compare(a.value, b.value);
  const { units } = minus(a, b).value;
  return units < 0n ? -1 : units > 0n ? 1 : 0;
};

/** Whether the amount is below 0. */
export const isBelowZero = (a: Exact): boolean => a.value.units < 0n;

/** The amount with at most `places` decimals: the one place where a fraction becomes a decimal. */
export const roundExact = (a: Exact, places: number, rounding: Rounding): Decimal =>
  a.parts === 1n ? round(a.value, places, rounding) : divide(a.value, fromInteger(a.parts), places, rounding);
