import { formatDecimal, parseDecimal } from '../../../lambdas/platform/decimal.ts';

/** The case says something that this translator does not know: it is left out with this reason, never guessed. */
export class CannotExpress extends Error {
  override readonly name = 'CannotExpress';
}

/** A number as JSON may have it, without an exponent: 1e-7 is 0.0000001. */
const plainNumber = (value: number): string =>
  value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });

/** A number or a decimal text as canonical decimal text. @throws {CannotExpress} for anything else. */
export const decimalOf = (value: unknown, path: string): string => {
  try {
    if (typeof value === 'number') return formatDecimal(parseDecimal(plainNumber(value)));
    if (typeof value === 'string') return formatDecimal(parseDecimal(value));
  } catch {
    // Said below, as for any other value.
  }
  throw new CannotExpress(`${path} is ${JSON.stringify(value)}, not a plain decimal number`);
};

/** A whole number that can be counted with. @throws {CannotExpress} for anything else. */
export const wholeOf = (value: unknown, path: string): number => {
  const number = Number(decimalOf(value, path));
  if (!Number.isSafeInteger(number)) throw new CannotExpress(`${path} is ${JSON.stringify(value)}, not a whole number`);
  return number;
};

/** Minor units as an amount: 5000 cents are 50. Only the point moves. */
export const fromCents = (cents: string): string => {
  const { units, scale } = parseDecimal(cents);
  const digits = units
    .toString()
    .replace('-', '')
    .padStart(scale + 3, '0');
  const cut = digits.length - scale - 2;
  return formatDecimal(parseDecimal(`${units < 0n ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`));
};

/** An object that is read key by key, so that what nobody read can be named. */
export type Reader = {
  readonly path: string;
  readonly keys: readonly string[];
  has(key: string): boolean;
  /** The value as it is; undefined if absent. Counts as read, as by all others. */
  raw(key: string): unknown;
  decimal(key: string): string | undefined;
  whole(key: string): number | undefined;
  /** `<key>`, or `<key>Cents` taken to the currency. */
  money(key: string): string | undefined;
  decimals(key: string): string[] | undefined;
  flag(key: string): boolean | undefined;
  word(key: string): string | undefined;
  /** An object or a list of objects, whose keys must be read too. */
  object(key: string): Reader | undefined;
  objects(key: string): Reader[] | undefined;
  /** @throws {CannotExpress} naming every key that nobody has read. */
  finish(): void;
};

const listOf = (value: unknown, path: string): unknown[] => {
  if (!Array.isArray(value)) throw new CannotExpress(`${path} is not a list`);
  return value;
};

/** Reads an object of the published format. @throws {CannotExpress} if it is none. */
export const readerOf = (value: unknown, path: string): Reader => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CannotExpress(`${path} is ${JSON.stringify(value)}, not an object`);
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  const read = new Set<string>();
  const children: Reader[] = [];
  const at = (key: string): string => `${path}.${key}`;
  const child = (inner: unknown, where: string): Reader => {
    const reader = readerOf(inner, where);
    children.push(reader);
    return reader;
  };
  const raw = (key: string): unknown => {
    read.add(key);
    return entries.get(key) ?? undefined;
  };
  const typed =
    <T>(type: 'boolean' | 'string') =>
    (key: string): T | undefined => {
      const inner = raw(key);
      if (inner !== undefined && typeof inner !== type) throw new CannotExpress(`${at(key)} is not a ${type}`);
      return inner as T | undefined;
    };
  const decimal = (key: string): string | undefined => {
    const inner = raw(key);
    return inner === undefined ? undefined : decimalOf(inner, at(key));
  };
  return {
    path,
    keys: [...entries.keys()],
    has: (key) => entries.has(key),
    raw,
    decimal,
    whole: (key) => {
      const inner = raw(key);
      return inner === undefined ? undefined : wholeOf(inner, at(key));
    },
    money: (key) => {
      const cents = decimal(`${key}Cents`);
      return cents === undefined ? decimal(key) : fromCents(cents);
    },
    decimals: (key) => {
      const inner = raw(key);
      return inner === undefined
        ? undefined
        : listOf(inner, at(key)).map((each, n) => decimalOf(each, `${at(key)}[${n}]`));
    },
    flag: typed<boolean>('boolean'),
    word: typed<string>('string'),
    object: (key) => {
      const inner = raw(key);
      return inner === undefined ? undefined : child(inner, at(key));
    },
    objects: (key) => {
      const inner = raw(key);
      return inner === undefined ? undefined : listOf(inner, at(key)).map((each, n) => child(each, `${at(key)}[${n}]`));
    },
    finish: () => {
      const unread = [...entries.keys()].filter((key) => !read.has(key));
      if (unread.length > 0) throw new CannotExpress(`unknown ${unread.map(at).join(', ')}`);
      for (const each of children) each.finish();
    },
  };
};
