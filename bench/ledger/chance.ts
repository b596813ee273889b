import { type Random, seededRandom } from '../../local/generator/random.ts';

/** Chance that is the same for the same seed. */
export type Chance = Random & {
  /** A number from 0 to below 1. */
  fraction(): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
};

/** A source of chance. */
export const chance = (seed: number): Chance => {
  const random = seededRandom(seed);
  const fraction = (): number => random.next() / 2 ** 32;
  return { ...random, fraction, happens: (probability) => fraction() < probability };
};

/** Draws ranks 0 to `count - 1`; rank n comes in proportion to 1 / (n + 1)^exponent (Zipf). `share` is its probability. */
export const zipf = (
  count: number,
  exponent: number,
): { draw(random: Chance): number; share(rank: number): number } => {
  const weights = Array.from({ length: count }, (_, n) => (n + 1) ** -exponent);
  const all = weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((weight) => weight / all);
  const upTo: number[] = [];
  for (const share of shares) upTo.push((upTo.at(-1) ?? 0) + share);
  return {
    draw: (random) => {
      const point = random.fraction();
      let [low, high] = [0, count - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((upTo[middle] ?? 1) <= point) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    share: (rank) => shares[rank] ?? 0,
  };
};
