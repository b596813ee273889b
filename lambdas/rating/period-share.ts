import { fromInteger } from '../platform/decimal.ts';
import { anchoredDay, daysBetween, intervalOf, type Period, secondsOf } from '../platform/period.ts';
import { addFractions, divideFractions, type Fraction, fraction } from './fraction.ts';
import type { RatingPolicy } from './types.ts';
import { number } from './wording.ts';

/** What share of a period a part is, exactly, and how that is said: `20 of 31 days`. */
export type PeriodShare = Fraction & { readonly words: string };

type Unit = RatingPolicy['prorationUnit'];

const counted = (part: number, whole: number, unit: string): PeriodShare => ({
  ...fraction(BigInt(part), BigInt(whole)),
  words: `${number(fromInteger(part))} of ${number(fromInteger(whole))} ${unit}`,
});

/** The months of a period, counted from its start; the last may reach beyond its end. */
export const monthsOf = (period: Period, anchorDay: number): Period[] => {
  const onAnchor = anchoredDay(period.start, 0, anchorDay) === period.start;
  const anchor = onAnchor ? anchorDay : Number(period.start.slice(8));
  const months: Period[] = [];
  for (let start = period.start; start < period.end; ) {
    const end = anchoredDay(period.start, months.length + 1, anchor);
    months.push({ start, end, zone: period.zone });
    start = end;
  }
  return months;
};

const common = (a: Period, b: Period): number => {
  const [, start = a.start] = [a.start, b.start].sort();
  const [end = a.end] = [a.end, b.end].sort();
  return start < end ? daysBetween(start, end) : 0;
};

const byMonth = (part: Period, period: Period, anchorDay: number): PeriodShare => {
  const months = monthsOf(period, anchorDay);
  const measured = (of: Period): Fraction =>
    months
      .map((month) => fraction(BigInt(common(month, of)), BigInt(daysBetween(month.start, month.end))))
      .reduce(addFractions);
  const [some, all] = [measured(part), measured(period)];
  const share = divideFractions(some, all);
  if (months.length === 1)
    return { ...share, words: counted(common(part, period), daysBetween(period.start, period.end), 'days').words };
  return { ...share, words: `${mixed(some)} of ${mixed(all)} months` };
};

/** A number of months with its broken one: `2 12/31`. */
const mixed = ({ part, whole }: Fraction): string => {
  const [full, rest] = [part / whole, part % whole];
  if (rest === 0n) return `${full}`;
  return `${full === 0n ? '' : `${full} `}${rest}/${whole}`;
};

/**
 * The share of a period that a part of it is, measured as the policy says (S6). The shares of parts that make up a
 * period sum to 1, whatever the unit. `part` lies within `period`; `anchorDay` is the contract's.
 *
 * - `day`: local days, the end is not one of them. 12 to 31 October is 20 of 31 days.
 * - `day-inclusive`: the first and the last local day both count; for parts of whole days, as all parts of a period
 *   are, that is the same number. It differs for what changes within a day (seats): the day counts for both.
 * - `second`: elapsed seconds, so a day on which the clock is changed has 23 or 25 hours.
 * - `second-inclusive`: the period ends at 23:59:59: the period, and what lasts to its end, is one second shorter
 *   (30 days are 2,591,999 seconds). Source: Flexprice, as published.
 * - `calendar-month`: whole months count 1 however long they are; of a month that is not whole, days ÷ its length.
 *   1 to 13 February of a month from 13 January is 12/31. Source: Kill Bill, leading and trailing proration.
 */
export const shareOfPeriod = (part: Period, period: Period, unit: Unit, anchorDay: number): PeriodShare => {
  switch (unit) {
    case 'day':
    case 'day-inclusive':
      return counted(daysBetween(part.start, part.end), daysBetween(period.start, period.end), 'days');
    case 'second':
      return counted(secondsOf(intervalOf(part)), secondsOf(intervalOf(period)), 'seconds');
    case 'second-inclusive': {
      const last = part.end === period.end ? 1 : 0;
      return counted(secondsOf(intervalOf(part)) - last, secondsOf(intervalOf(period)) - 1, 'seconds');
    }
    case 'calendar-month':
      return byMonth(part, period, anchorDay);
  }
};
