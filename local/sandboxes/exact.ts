/**
 * Exact decimals for the sandboxes' books. The product has its own; sharing it would let both sides make the same
 * mistake.
 */

/** A JSON number as it stood in the request. */
export class NumberToken {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Parses JSON; numbers become `NumberToken`. @throws {SyntaxError} */
export const parseJson = (text: string): unknown =>
  JSON.parse(text, (_key, value, context?: { source?: string }) =>
    typeof value === 'number' ? new NumberToken(context?.source ?? String(value)) : value,
  );

const json = JSON as JSON & { rawJSON(text: string): unknown };

/** A number token for an answer. */
export const numberJson = (text: string): unknown => json.rawJSON(text);

/** Writes JSON; `NumberToken`s become numbers again. */
export const writeJson = (value: unknown): string =>
  JSON.stringify(value, (_key, field) => (field instanceof NumberToken ? json.rawJSON(field.text) : field));

/** `units / 10^scale`. */
export type Exact = { readonly units: bigint; readonly scale: number };

export const ZERO: Exact = { units: 0n, scale: 0 };

/** Reads a JSON number, exponent included. @throws {RangeError} */
export const exact = (text: string): Exact => {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) throw new RangeError(`${text} is not a number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  let units = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  let scale = fraction.length - Number(exponent);
  if (scale < 0) {
    units *= 10n ** BigInt(-scale);
    scale = 0;
  }
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units, scale };
};

const align = (a: Exact, b: Exact): [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
};

export const plus = (a: Exact, b: Exact): Exact => {
  const [x, y, scale] = align(a, b);
  return { units: x + y, scale };
};

export const minus = (a: Exact, b: Exact): Exact => plus(a, { units: -b.units, scale: b.scale });

/** Below, equal to or above 0 as `a` is below, equal to or above `b`. */
export const order = (a: Exact, b: Exact): number => {
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
};

/** The text with exactly `places` decimals. @throws {RangeError} if the value has more. */
export const fixed = (value: Exact, places: number): string => {
  const { units, scale } = exact(textOf(value));
  if (scale > places) throw new RangeError(`${textOf(value)} has more than ${places} decimals`);
  const whole = units * 10n ** BigInt(places - scale);
  return textOf({ units: whole, scale: places });
};

const textOf = ({ units, scale }: Exact): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${scale === 0 ? '' : `.${digits.slice(cut)}`}`;
};

/** Decimals of a currency, for those that have not two. */
const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, ISK: 0, CLP: 0, VND: 0, KWD: 3, BHD: 3, OMR: 3 };
export const decimalsOf = (currency: string): number => DECIMALS[currency] ?? 2;
