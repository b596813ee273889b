import type { Interval } from '../platform/period.ts';

/** ISO instants of one form order as text. */
const [first, last] = [
  (a: string, b: string): string => {
    if (a < b) return a;
    return b;
  },
  (a: string, b: string): string => {
    if (a > b) return a;
    return b;
  },
];

/** The common part of two intervals; `undefined` if there is none. */
export const overlap = (a: Interval, b: Interval): Interval | undefined => {
  const common = { from: last(a.from, b.from), to: first(a.to, b.to) };
  return common.from < common.to ? common : undefined;
};

/** The shortest interval that covers all; `undefined` for none. */
export const hull = (intervals: readonly Interval[]): Interval | undefined =>
  intervals.reduce<Interval | undefined>(
    (all, each) => (all ? { from: first(all.from, each.from), to: last(all.to, each.to) } : each),
    undefined,
  );
