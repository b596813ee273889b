import { Temporal } from 'temporal-polyfill';

/** A billing period: local dates in an IANA zone, half open (`end` is not in it). Never a string like `2026-10`. */
export type Period = {
  /** First day, `YYYY-MM-DD`, local to `zone`. */
  readonly start: string;
  /** Day after the last, `YYYY-MM-DD`, local to `zone`. */
  readonly end: string;
  /** IANA time zone, e.g. `Asia/Kolkata`. */
  readonly zone: string;
};

/** Two instants, half open, ISO 8601 UTC with milliseconds. */
export type Interval = { readonly from: string; readonly to: string };

const instantText = (instant: Temporal.Instant): string => instant.toString({ fractionalSecondDigits: 3 });

/** The first instant of a local day. On a day without midnight (DST) it is the first instant that exists. */
export const startOfDay = (date: string, zone: string): string =>
  instantText(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone }).toInstant());

/** The instants that a period covers. */
export const intervalOf = (period: Period): Interval => ({
  from: startOfDay(period.start, period.zone),
  to: startOfDay(period.end, period.zone),
});

/** The local date of an instant in a zone, `YYYY-MM-DD`. */
export const localDate = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

const DAY_MILLIS = 86_400_000;

/** Milliseconds of a date's midnight in UTC: where dates are only counted with, a calendar without zones is enough, and much faster. */
const midnightOf = (date: string): number => {
  const millis = date.length === 10 ? Date.parse(date) : Number.NaN;
  // 30 February is read as 2 March: only days that some months do not have can be taken for others.
  const exists = !Number.isNaN(millis) && (date.slice(8) < '29' || dateAt(millis) === date);
  if (!exists) throw new RangeError(`"${date}" is not a date like 2026-01-31`);
  return millis;
};

const dateAt = (millis: number): string => new Date(millis).toISOString().slice(0, 10);

/** `date` moved by a number of days. @throws {RangeError} for what is no date. */
export const addDays = (date: string, days: number): string => dateAt(midnightOf(date) + days * DAY_MILLIS);

/**
 * The day `anchorDay` of the month that lies `months` after the month of `date`; the last day of a month that is too
 * short. Example: 2026-01-31, one month on, anchored at 31, is 2026-02-28, and two months on 2026-03-31.
 */
export const anchoredDay = (date: string, months: number, anchorDay: number): string => {
  const { year, month } = Temporal.PlainDate.from(date).with({ day: 1 }).add({ months });
  return Temporal.PlainDate.from({ year, month, day: anchorDay }).toString();
};

/** The number of days from `start` to `end` (half open). @throws {RangeError} for what is no date. */
export const daysBetween = (start: string, end: string): number => (midnightOf(end) - midnightOf(start)) / DAY_MILLIS;

/** The seconds of an interval: a local day has 23, 24 or 25 hours of them. */
export const secondsOf = ({ from, to }: Interval): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** The local time of an instant in a zone, to the minute: `2026-10-01T09:00`. */
export const localTime = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' });

/** Every local day of a period, in order. */
export const daysOf = ({ start, end }: Period): string[] => {
  const first = midnightOf(start);
  return Array.from({ length: daysBetween(start, end) }, (_, n) => dateAt(first + n * DAY_MILLIS));
};

/** The UTC days (`YYYY-MM-DD`) that an interval touches, in order. */
export const utcDaysOf = (interval: Interval): string[] => {
  const first = interval.from.slice(0, 10);
  const last = new Date(Date.parse(interval.to) - 1).toISOString().slice(0, 10);
  return Array.from({ length: daysBetween(first, last) + 1 }, (_, n) => addDays(first, n));
};
