import {
  add,
  type Decimal,
  formatDecimal,
  isZero,
  negate,
  parseDecimal,
  subtract,
  ZERO,
} from '../../platform/decimal.ts';
import type { SubjectSeries } from './series.ts';

/** A change of a level: `by` (negative for less) from `at` on. */
export type LevelChange = { readonly at: string; readonly by: string };

/** The changes of one subject: what it begins with, each point, and the end of its belonging to the account. */
const changesOfSubject = ({ intervals, points, carryIn }: SubjectSeries, end: string): [string, Decimal][] =>
  intervals.flatMap(({ from, to }) => {
    const before = points.findLast(({ time }) => time < from) ?? carryIn;
    let level = before === undefined ? ZERO : parseDecimal(before.value);
    const changes: [string, Decimal][] = [[from, level]];
    for (const { time, value } of points) {
      if (time < from || time >= to) continue;
      const now = parseDecimal(value);
      changes.push([time, subtract(now, level)]);
      level = now;
    }
    if (to < end) changes.push([to, negate(level)]);
    return changes;
  });

/**
 * How the value of a meter that goes on changes over a period, added up over subjects, in the order of time; the first
 * is the level at the beginning. Of a meter that keeps the latest value of each slot, changes are told to the slot's
 * latest event.
 */
export const levelChanges = (all: readonly SubjectSeries[], period: { readonly to: string }): LevelChange[] => {
  const sums = new Map<string, Decimal>();
  for (const [at, by] of all.flatMap((series) => changesOfSubject(series, period.to))) {
    sums.set(at, add(sums.get(at) ?? ZERO, by));
  }
  return [...sums]
    .filter(([, by]) => !isZero(by))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([at, by]) => ({ at, by: formatDecimal(by) }));
};
