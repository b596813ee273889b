import fc, { type Arbitrary, type GeneratorValue } from 'fast-check';

const ranges = new Map<number, () => Arbitrary<number>>();
/** More than any range is wide. */
const WIDEST = 1_000_000;

/** One arbitrary for each range, named by its function: `gen` knows those by identity, arguments it compares slowly. */
const range = (min: number, max: number): (() => Arbitrary<number>) => {
  const key = min * WIDEST + max;
  const known = ranges.get(key);
  if (known !== undefined) return known;
  const arbitrary = fc.integer({ min, max });
  const made = () => arbitrary;
  ranges.set(key, made);
  return made;
};

/** Draws of one case. Each shrinks to its first or smallest choice, so put the plain one first. */
export type Draw = {
  readonly int: (min: number, max: number) => number;
  readonly pick: <T>(choices: readonly T[]) => T;
  /** True once in so many times. */
  readonly onceIn: (times: number) => boolean;
  /** `something()` once in so many times, else nothing. */
  readonly maybe: <T extends object>(times: number, something: () => T) => T | Record<never, never>;
  /** A decimal of 0 or more: whole numbers, halves and long tails. */
  readonly decimal: (most: number) => string;
  /** An amount above 0, with up to three decimals. */
  readonly price: (most: number) => string;
  readonly list: <T>(min: number, max: number, each: (n: number) => T) => T[];
};

const SCALES = [1, 2, 4, 1_000] as const;

const withPlaces = (n: number, scale: number): string => {
  const digits = scale === 1 ? 0 : scale === 2 ? 1 : scale === 4 ? 2 : 3;
  const text = (n / scale).toFixed(digits);
  return digits === 0 ? text : text.replace(/\.?0+$/, '');
};

export const drawOf = (gen: GeneratorValue): Draw => {
  const int = (min: number, max: number): number => gen(range(min, max));
  const pick = <T>(choices: readonly T[]): T => choices[int(0, choices.length - 1)] as T;
  const onceIn = (times: number): boolean => int(0, times - 1) === times - 1;
  return {
    int,
    pick,
    onceIn,
    maybe: (times, something) => (onceIn(times) ? something() : {}),
    decimal: (most) => {
      const scale = pick(SCALES);
      return withPlaces(int(0, most * scale), scale);
    },
    price: (most) => {
      const scale = pick(SCALES);
      return withPlaces(int(1, most * scale), scale);
    },
    list: (min, max, each) => Array.from({ length: int(min, max) }, (_, n) => each(n)),
  };
};
