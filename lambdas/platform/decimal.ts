/**
 * The one exact number of Meterbridge: an arbitrary-precision decimal on a scaled bigint.
 * No binary float ever touches a quantity or an amount.
 *
 * A value is `units / 10^scale`. Values are normalised (no trailing zero digits), so two equal numbers have
 * the same representation and the same canonical text.
 */
export type Decimal = { readonly units: bigint; readonly scale: number };

/** How a division or a rounding resolves what does not fit. `half-up` rounds halves away from zero. */
export type Rounding = 'half-up' | 'half-even' | 'up' | 'down' | 'floor' | 'ceiling';

/** Thrown for text that is not a plain decimal number. */
export class DecimalFormatError extends Error {
  override readonly name = 'DecimalFormatError';
}

const PATTERN = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?$/;

/** Powers that are needed all the time. */
const POWERS = Array.from({ length: 32 }, (_, n) => 10n ** BigInt(n));
const pow10 = (n: number): bigint => POWERS[n] ?? 10n ** BigInt(n);

/** Takes the zeros off the end: most numbers have none, and are looked at once. */
const normalise = (units: bigint, scale: number): Decimal => {
  let u = units;
  let s = scale;
  while (s > 0 && u % 10n === 0n) {
    u /= 10n;
    s -= 1;
  }
  return { units: u, scale: s };
};

/** `0`. */
export const ZERO: Decimal = { units: 0n, scale: 0 };
/** `1`. */
export const ONE: Decimal = { units: 1n, scale: 0 };

/**
 * Reads a plain decimal text such as `-12.50` (no exponent, no spaces, no thousands separators).
 * @throws {DecimalFormatError} for anything else, naming the text.
 */
export const parseDecimal = (text: string): Decimal => {
  const match = PATTERN.exec(text);
  if (match === null) throw new DecimalFormatError(`"${text}" is not a plain decimal number like 12.50`);
  const [, sign, whole = '', fraction = ''] = match;
  let scale = fraction.length;
  while (scale > 0 && fraction.charCodeAt(scale - 1) === ZERO_CODE) scale -= 1;
  const units = BigInt(scale === 0 ? whole : whole + fraction.slice(0, scale));
  return { units: sign === '-' ? -units : units, scale };
};

const ZERO_CODE = '0'.charCodeAt(0);

/** Most counts are small: their decimals are at hand. */
const SMALL: readonly Decimal[] = Array.from({ length: 1024 }, (_, n) => ({ units: BigInt(n), scale: 0 }));

/** A whole number as a decimal. @throws {RangeError} if `value` is not a safe integer. */
export const fromInteger = (value: number | bigint): Decimal => {
  const small = typeof value === 'number' ? SMALL[value] : undefined;
  if (small !== undefined) return small;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not a safe integer`);
  }
  return { units: BigInt(value), scale: 0 };
};

/** Minor units of a currency (`1234` cents, exponent 2) as a decimal amount (`12.34`). */
export const fromMinorUnits = (units: bigint, exponent: number): Decimal => normalise(units, exponent);

/** The canonical text: no trailing zeros, no exponent; `parseDecimal(formatDecimal(d))` is `d`. */
export const formatDecimal = (d: Decimal): string => formatUnits(d.units, d.scale);

const formatUnits = (units: bigint, scale: number): string => {
  if (scale === 0) return units.toString();
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`;
};

/** The text with exactly `places` decimals, e.g. `12.50`. @throws {RangeError} if the value has more. */
export const formatFixed = (d: Decimal, places: number): string => {
  if (d.scale > places) throw new RangeError(`${formatDecimal(d)} has more than ${places} decimals: round it first`);
  return formatUnits(d.units * pow10(places - d.scale), places);
};

/** The units of a number at a scale that is not below its own. */
const unitsAt = ({ units, scale }: Decimal, wanted: number): bigint =>
  scale === wanted ? units : units * pow10(wanted - scale);

/** `a + b`. */
export const add = (a: Decimal, b: Decimal): Decimal => {
  if (a.scale === b.scale) return normalise(a.units + b.units, a.scale);
  const scale = Math.max(a.scale, b.scale);
  return normalise(unitsAt(a, scale) + unitsAt(b, scale), scale);
};

/** `a - b`. */
export const subtract = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale);
  return normalise(unitsAt(a, scale) - unitsAt(b, scale), scale);
};

/** `a × b`, exact. */
export const multiply = (a: Decimal, b: Decimal): Decimal => normalise(a.units * b.units, a.scale + b.scale);

/** `-a`. */
export const negate = (a: Decimal): Decimal => ({ units: -a.units, scale: a.scale });

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export const compare = (a: Decimal, b: Decimal): number => {
  if (a.scale === b.scale) return a.units < b.units ? -1 : a.units > b.units ? 1 : 0;
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [unitsAt(a, scale), unitsAt(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
};

/** Whether both are the same number. */
export const equals = (a: Decimal, b: Decimal): boolean => compare(a, b) === 0;
/** Whether the number is 0. */
export const isZero = (a: Decimal): boolean => a.units === 0n;
/** Whether the number is below 0. */
export const isNegative = (a: Decimal): boolean => a.units < 0n;
/** The smaller of both. */
export const minimum = (a: Decimal, b: Decimal): Decimal => (compare(a, b) <= 0 ? a : b);
/** The larger of both. */
export const maximum = (a: Decimal, b: Decimal): Decimal => (compare(a, b) >= 0 ? a : b);
/** The sum of all; 0 for none. */
export const sum = (values: Iterable<Decimal>): Decimal => {
  let total = ZERO;
  for (const value of values) total = add(total, value);
  return total;
};

const divideInteger = (n: bigint, d: bigint, rounding: Rounding): bigint => {
  const [num, den] = d < 0n ? [-n, -d] : [n, d];
  const quotient = num / den;
  const rest = num % den;
  if (rest === 0n) return quotient;
  const away = num < 0n ? -1n : 1n;
  const doubled = (rest < 0n ? -rest : rest) * 2n;
  switch (rounding) {
    case 'up':
      return quotient + away;
    case 'down':
      return quotient;
    case 'floor':
      return num < 0n ? quotient - 1n : quotient;
    case 'ceiling':
      return num > 0n ? quotient + 1n : quotient;
    case 'half-up':
      return doubled >= den ? quotient + away : quotient;
    case 'half-even':
      if (doubled !== den) return doubled > den ? quotient + away : quotient;
      return quotient % 2n === 0n ? quotient : quotient + away;
  }
};

/** `a` with at most `places` decimals. */
export const round = (a: Decimal, places: number, rounding: Rounding): Decimal =>
  a.scale <= places ? a : normalise(divideInteger(a.units, pow10(a.scale - places), rounding), places);

/** `a / b` with at most `places` decimals. @throws {RangeError} for division by zero. */
export const divide = (a: Decimal, b: Decimal, places: number, rounding: Rounding): Decimal => {
  if (b.units === 0n) throw new RangeError('division by zero');
  if (b === ONE) return round(a, places, rounding);
  const shift = places + b.scale - a.scale;
  const numerator = shift >= 0 ? a.units * pow10(shift) : a.units;
  const denominator = shift >= 0 ? b.units : b.units * pow10(-shift);
  return normalise(divideInteger(numerator, denominator, rounding), places);
};

/** The minor units of an amount (`12.34` with exponent 2 is `1234`). @throws {RangeError} if it does not fit. */
export const toMinorUnits = (amount: Decimal, exponent: number): bigint => {
  if (amount.scale > exponent) {
    throw new RangeError(`${formatDecimal(amount)} has more than ${exponent} decimals: round it first`);
  }
  return amount.units * pow10(exponent - amount.scale);
};

/** Digits in groups of three: `1234567.5` becomes `1,234,567.5`. */
export const grouped = (text: string): string => {
  const point = text.indexOf('.');
  const end = point < 0 ? text.length : point;
  const start = text.startsWith('-') ? 1 : 0;
  let first = end - 3;
  if (first <= start) return text;
  let groups = text.slice(first);
  for (; first - 3 > start; first -= 3) groups = `${text.slice(first - 3, first)},${groups}`;
  return `${text.slice(0, first)},${groups}`;
};
