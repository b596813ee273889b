/**
 * Arithmetic and order on decimal strings, for showing and summing amounts. Exact: scaled bigint, no binary float.
 * The console never computes what is billed; it adds up and compares what the API said.
 */

type Scaled = { readonly units: bigint; readonly scale: number };

const SHAPE = /^(-?)(\d+)(?:\.(\d+))?$/;

/** @throws when the text is not a plain decimal: a wrong amount must never be shown as another one. */
const parse = (text: string): Scaled => {
  const match = SHAPE.exec(text);
  if (!match) throw new Error(`not a decimal: ${text}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const digits = BigInt(whole + fraction);
  return { units: sign === '-' ? -digits : digits, scale: fraction.length };
};

const rescale = ({ units, scale }: Scaled, to: number): bigint => units * 10n ** BigInt(to - scale);

const print = (units: bigint, scale: number): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`;
  return `${units < 0n ? '-' : ''}${whole}${fraction}`;
};

const both = (a: string, b: string): [bigint, bigint, number] => {
  const [left, right] = [parse(a), parse(b)];
  const scale = Math.max(left.scale, right.scale);
  return [rescale(left, scale), rescale(right, scale), scale];
};

/** `a + b` with the longer number of decimals. */
export const add = (a: string, b: string): string => {
  const [left, right, scale] = both(a, b);
  return print(left + right, scale);
};

/** `a − b` with the longer number of decimals. */
export const subtract = (a: string, b: string): string => {
  const [left, right, scale] = both(a, b);
  return print(left - right, scale);
};

/** The value without its sign. */
export const absolute = (a: string): string => (a.startsWith('-') ? a.slice(1) : a);

/** Negative, zero or positive as `a` is less than, equal to or more than `b`. */
export const compare = (a: string, b: string): number => {
  const [left, right] = both(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Whether the value is below zero; `-0.00` is not. */
export const isNegative = (a: string): boolean => parse(a).units < 0n;

/** Whether the value is zero. */
export const isZero = (a: string): boolean => parse(a).units === 0n;

/** At most `decimals` decimals, half to even, without trailing zeros. For quantities; amounts are never rounded here. */
export const shorten = (a: string, decimals: number): string => {
  const value = parse(a);
  if (value.scale <= decimals) return a;
  const divisor = 10n ** BigInt(value.scale - decimals);
  const negative = value.units < 0n;
  const units = negative ? -value.units : value.units;
  const rest = units % divisor;
  const floor = units / divisor;
  const up = rest * 2n > divisor || (rest * 2n === divisor && floor % 2n === 1n);
  const rounded = print(negative ? -(floor + (up ? 1n : 0n)) : floor + (up ? 1n : 0n), decimals);
  return rounded.includes('.') ? rounded.replace(/\.?0+$/, '') : rounded;
};
