import { add, type Decimal, formatDecimal, fromInteger, multiply, parseDecimal, ZERO } from '../../platform/decimal.ts';
import { addDays, daysOf, type Period, startOfDay } from '../../platform/period.ts';
import type { Point } from '../types.ts';

/** When a subject belongs to an account: instants, half open. */
export type SubjectInterval = { readonly subject: string; readonly from: string; readonly to: string };

/** A value over time: the samples of a subject within its intervals (both in order), and what was in force before. */
export type SubjectSeries = {
  readonly subject: string;
  readonly intervals: readonly SubjectInterval[];
  readonly points: readonly Point[];
  readonly carryIn: { readonly time: string; readonly value: string } | undefined;
};

/** The value in force just before an instant; 0 before the first point when nothing was carried in. */
const valueBefore = ({ points, carryIn }: SubjectSeries, instant: string): Decimal => {
  const last = points.findLast(({ time }) => time < instant) ?? carryIn;
  return last === undefined ? ZERO : parseDecimal(last.value);
};

/** The integral of a subject's value over its intervals, in value × milliseconds, exact. */
export const areaUnder = (series: SubjectSeries): Decimal => {
  let area = ZERO;
  for (const { from, to } of series.intervals) {
    let value = valueBefore(series, from);
    let reached = Date.parse(from);
    const until = (instant: number): void => {
      area = add(area, multiply(value, fromInteger(instant - reached)));
      reached = instant;
    };
    for (const point of series.points) {
      if (point.time < from || point.time >= to) continue;
      until(Date.parse(point.time));
      value = parseDecimal(point.value);
    }
    until(Date.parse(to));
  }
  return area;
};

/** A local day and the instant at which it ends. */
export type DayEnd = { readonly day: string; readonly end: string };

/** The local days of a period. */
export const dayEnds = (period: Period): DayEnd[] =>
  daysOf(period).map((day) => ({ day, end: startOfDay(addDays(day, 1), period.zone) }));

/**
 * The value in force at the end of each local day, added up over subjects. A subject counts on a day at
 * whose end it belongs to the account.
 */
export const dailyValues = (
  all: readonly SubjectSeries[],
  ends: readonly DayEnd[],
): { readonly day: string; readonly value: string }[] =>
  ends.map(({ day, end }) => {
    let value = ZERO;
    for (const series of all) {
      if (series.intervals.some(({ from, to }) => from < end && end <= to))
        value = add(value, valueBefore(series, end));
    }
    return { day, value: formatDecimal(value) };
  });
