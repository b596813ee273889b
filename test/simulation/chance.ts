/** A seeded source of chance: the same seed gives the same run, for ever. */
export type Chance = {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** True with that probability. */
  happens(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
};

/** Mulberry32: 32 bits of state, more than enough to find an ordering. */
export const chance = (seed: number): Chance => {
  let state = (seed * 2_654_435_761) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    happens: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
    shuffle: (items) => {
      const shuffled = [...items];
      for (let n = shuffled.length - 1; n > 0; n -= 1) {
        const other = below(n + 1);
        const [a, b] = [shuffled[n], shuffled[other]];
        if (a === undefined || b === undefined) continue;
        [shuffled[n], shuffled[other]] = [b, a];
      }
      return shuffled;
    },
  };
};
