import type { Crossing, Crossings, Threshold } from '../../lambdas/usage/limits/crossings.ts';

/** Crossings in memory. */
export const memoryCrossings = (): Crossings => {
  const known = new Map<string, Crossing>();
  const prefixOf = ({ account, limit, periodStart }: Omit<Threshold, 'percent'>) =>
    `${account}#${periodStart}#${limit}#`;
  const keyOf = (threshold: Threshold) => `${prefixOf(threshold)}${threshold.percent}`;
  return {
    over: async (threshold, quantity) => {
      const key = keyOf(threshold);
      const stands = known.get(key);
      if (stands?.over === true) return stands;
      const next = { number: (stands?.number ?? 0) + 1, over: true, told: false, quantity };
      known.set(key, next);
      return next;
    },
    told: async (threshold, number) => {
      const stands = known.get(keyOf(threshold));
      if (stands?.number === number) known.set(keyOf(threshold), { ...stands, told: true });
    },
    standing: async (limit) => {
      const prefix = prefixOf(limit);
      const own = [...known].filter(([key]) => key.startsWith(prefix));
      return new Map(
        own.map(([key, { number, over, told }]) => [Number(key.slice(prefix.length)), { number, over, told }]),
      );
    },
    under: async (threshold, { number }) => {
      const stands = known.get(keyOf(threshold));
      if (stands?.number === number && stands.over && stands.told) {
        known.set(keyOf(threshold), { ...stands, over: false });
      }
    },
  };
};
