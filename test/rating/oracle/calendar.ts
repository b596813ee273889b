import type { Contract, Policy, Span } from './given.ts';
import { NOTHING, Rational } from './rational.ts';

/** Local dates as numbers of days, counted year by year and month by month: no date library, so that its mistakes would show. */
const FIRST_YEAR = 1970;
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Days of a month; months are counted from January of year 0. */
const lengthOf = (month: number): number =>
  month % 12 === 1 && isLeap(Math.floor(month / 12)) ? 29 : (LENGTHS[month % 12] ?? 0);

const monthOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;

/** The first day of each month since 1970, counted on as far as it is asked for. */
const firsts: number[] = [0];
const firstOf = (month: number): number => {
  const wanted = month - FIRST_YEAR * 12;
  while (firsts.length <= wanted) {
    firsts.push((firsts.at(-1) ?? 0) + lengthOf(FIRST_YEAR * 12 + firsts.length - 1));
  }
  return firsts[wanted] ?? 0;
};

/** Days since 1970-01-01. */
export const dayNumber = (date: string): number => firstOf(monthOf(date)) + Number(date.slice(8)) - 1;

const two = (n: number): string => `${n}`.padStart(2, '0');

const dateIn = (month: number, day: number): string => `${Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(day)}`;

const dateOf = (number: number): string => {
  // No month has more than 31 days, so it is this one or one of the few after it.
  let month = FIRST_YEAR * 12 + Math.floor(number / 31);
  while (firstOf(month + 1) <= number) month += 1;
  return dateIn(month, number - firstOf(month) + 1);
};

export const daysFrom = (start: string, end: string): number => dayNumber(end) - dayNumber(start);

/** The day of a month, or the last one where the month is too short. */
const inMonth = (month: number, day: number): string => dateIn(month, Math.min(day, lengthOf(month)));

/** The same day `months` later; the last of the month where there is none. */
export const laterBy = (date: string, months: number, day = Number(date.slice(8))): string =>
  inMonth(monthOf(date) + months, day);

const MONTHS = { monthly: 1, quarterly: 3, annual: 12 } as const;

/** The period that begins where this one ends. */
export const nextPeriod = (contract: Contract, period: Span): Span => ({
  start: period.end,
  end: laterBy(period.end, MONTHS[contract.cadence], contract.anchorDay),
  zone: period.zone,
});

/** The first day of the period before. */
export const periodBefore = (contract: Contract, period: Span): string =>
  laterBy(period.start, -MONTHS[contract.cadence], contract.anchorDay);

/** Where two spans meet; `undefined` if nowhere. An absent end never comes. */
const overlap = (span: Span, start: string, end = '9999-12-31'): Span | undefined => {
  const [from, to] = [start > span.start ? start : span.start, end < span.end ? end : span.end];
  return from < to ? { ...span, start: from, end: to } : undefined;
};

/** The first day that is charged: after the trial, if there is one. */
export const firstDay = ({ start, trialUntil }: Contract): string =>
  trialUntil !== undefined && trialUntil > start ? trialUntil : start;

/** The part of a period that the contract charges for. */
export const covered = (contract: Contract, period: Span, part: Span = period): Span | undefined => {
  const held = overlap(period, part.start, part.end);
  return held && overlap(held, firstDay(contract), contract.end);
};

/** The latest anniversary of the contract's start that is not after a date. */
export const yearStart = (contract: Contract, date: string): string => {
  let years = 0;
  while (laterBy(contract.start, 12 * (years + 1)) <= date) years += 1;
  return laterBy(contract.start, 12 * years);
};

/** The next anniversary after that. */
export const yearEnd = (contract: Contract, date: string): string => {
  let years = 1;
  while (laterBy(contract.start, 12 * years) <= date) years += 1;
  return laterBy(contract.start, 12 * years);
};

const DAY = 86_400_000;
const midnights = new Map<string, number>();
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Local date of an instant. */
const localDateOf = (time: number, zone: string): string => {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    clocks.set(zone, clock);
  }
  return clock.format(time);
};

/** Milliseconds since 1970 of the first instant of a local day: searched for, second by second by halving. */
export const midnight = (date: string, zone: string): number => {
  const key = `${date} ${zone}`;
  const known = midnights.get(key);
  if (known !== undefined) return known;
  let [low, high] = [dayNumber(date) * DAY - DAY, dayNumber(date) * DAY + DAY];
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000;
    if (localDateOf(middle, zone) < date) low = middle;
    else high = middle;
  }
  midnights.set(key, high);
  return high;
};

export const secondsFrom = (span: Span): number =>
  (midnight(span.end, span.zone) - midnight(span.start, span.zone)) / 1_000;

/** Day of the month on which the months of a period begin: the anchor, or the period's own first day where it begins elsewhere. */
const monthDay = (period: Span, anchorDay: number): number =>
  inMonth(monthOf(period.start), anchorDay) === period.start ? anchorDay : Number(period.start.slice(8));

/**
 * Months of a part of a period, day by day: each day is one of the days of its month, however many those are. 1 February
 * to 13 April of months from the 13th is 12/31 + 2.
 */
const monthsFrom = (part: Span, period: Span, anchorDay: number): Rational => {
  const monthsDay = monthDay(period, anchorDay);
  const [first, last] = [dayNumber(part.start), dayNumber(part.end)];
  let months = NOTHING;
  let [begin, inside] = [dayNumber(period.start), 0];
  let end = dayNumber(laterBy(period.start, 1, monthsDay));
  for (let day = begin, n = 2; day < last; day += 1) {
    if (day >= first) inside += 1;
    if (day + 1 < end && day + 1 < last) continue;
    months = months.plus(Rational.whole(inside).over(Rational.whole(end - begin)));
    [begin, end, inside] = [end, dayNumber(laterBy(period.start, n, monthsDay)), 0];
    n += 1;
  }
  return months;
};

/**
 * Which share of a period a part of it is. `second-inclusive` periods end at 23:59:59: they, and parts that end with them,
 * are a second short. `day-inclusive` names the last day instead of the one after it, which is as many days.
 */
export const shareOf = (part: Span, period: Span, unit: Policy['prorationUnit'], anchorDay: number): Rational => {
  const measured = (span: Span): Rational => {
    if (unit === 'calendar-month') return monthsFrom(span, period, anchorDay);
    if (unit === 'day' || unit === 'day-inclusive') return Rational.whole(daysFrom(span.start, span.end));
    const short = unit === 'second-inclusive' && span.end === period.end ? 1 : 0;
    return Rational.whole(secondsFrom(span) - short);
  };
  return measured(part).over(measured(period));
};

/** The date so many days later. */
export const dateAfter = (date: string, days: number): string => dateOf(dayNumber(date) + days);

/** The share of the period that is left of its covered part from an instant on, by the second. */
export const shareLeft = (at: string, part: Span, period: Span, unit: Policy['prorationUnit']): Rational => {
  const short = unit === 'second-inclusive' ? 1 : 0;
  const left = midnight(part.end, period.zone) - Date.parse(at) - (part.end === period.end ? short * 1_000 : 0);
  return new Rational(BigInt(left), 1_000n).over(Rational.whole(secondsFrom(period) - short));
};

/** Whether a part is the last of its period: another version of the contract does not follow. */
export const endsPeriod = ({ part, period }: { readonly part?: Span; readonly period: Span }): boolean =>
  part === undefined || part.end >= period.end;

/** What lines are for: the covered part, or of a period that is not covered the part of the next that is charged ahead. */
export const servicePeriod = (
  contract: Contract,
  { period, part }: { readonly period: Span; readonly part?: Span },
): Span => {
  const next = endsPeriod(part === undefined ? { period } : { part, period })
    ? covered(contract, nextPeriod(contract, period))
    : undefined;
  return covered(contract, period, part) ?? next ?? period;
};
