import { add, divide, formatDecimal, fromInteger, parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { CannotExpress, decimalOf, fromCents, type Reader, readerOf } from './reader.ts';

/** What a case expects: named figures, in the currency, its cents or another unit. */
export type Expected = {
  readonly reader: Reader;
  readonly inCents: boolean;
  /** The figures are no money (billing cycles, gigabytes). */
  readonly quantity: boolean;
  /** A money figure in the currency; undefined if the case does not name it. */
  readonly figure: (key: string) => string | undefined;
  readonly list: (key: string) => string[] | undefined;
  /** The most decimals of any figure. */
  readonly decimals: number;
};

/** Words that say what a figure is, not what it comes to. */
const WORDS = ['unit', 'meaning', 'lineType'] as const;

const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];

/** Reads `expected`: one amount, or an object of figures. */
export const expectedOf = (value: unknown): Expected => {
  const reader = readerOf(typeof value === 'object' && value !== null ? value : { amount: value }, 'expected');
  for (const word of WORDS) reader.word(word);
  const unit = reader.word('unit');
  const inCents = unit === 'cents';
  const money = (text: string): string => (inCents ? fromCents(text) : text);
  const places = leaves(value).map((text) => /^-?\d+\.(\d+)$/.exec(text)?.[1]?.length ?? 0);
  return {
    reader,
    inCents,
    quantity: unit !== undefined && !inCents,
    figure: (key) => {
      const figure = reader.raw(key);
      return figure === undefined ? undefined : money(decimalOf(figure, `expected.${key}`));
    },
    list: (key) => reader.decimals(key)?.map(money),
    decimals: Math.max(0, ...places),
  };
};

/** Decimals of a figure that was published as a fraction. */
const FRACTION_PLACES = 10;

/** `12/31+0`: fractions and whole numbers that are added up. @throws {CannotExpress} for anything else. */
export const fractionOf = (text: string): string => {
  const terms = text.split('+').map((term) => /^\s*(\d+)\s*(?:\/\s*(\d+))?\s*$/.exec(term));
  const values = terms.map((term) => {
    if (term === null) throw new CannotExpress(`expected.exact is "${text}", not fractions that are added up`);
    return { part: BigInt(term[1] ?? '0'), whole: BigInt(term[2] ?? '1') };
  });
  const whole = values.reduce((product, value) => product * value.whole, 1n);
  const part = values.reduce((total, value) => total + (value.part * whole) / value.whole, 0n);
  if (whole === 0n) throw new CannotExpress(`expected.exact is "${text}", which divides by 0`);
  return formatDecimal(add(ZERO, divide(parseDecimal(`${part}`), fromInteger(whole), FRACTION_PLACES, 'half-up')));
};
