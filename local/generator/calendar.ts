import { Temporal } from 'temporal-polyfill';

/** Milliseconds since 1970 of a local wall-clock time, `minutes` after the local day's start (DST-correct). */
export const localInstant = (day: string, zone: string, minutes: number): number =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone }).add({ minutes }).epochMilliseconds;

/** Every local day from `start` up to, without, `end`. */
export const daysFrom = (start: string, end: string): string[] => {
  const days: string[] = [];
  for (let day = Temporal.PlainDate.from(start); day.toString() < end; day = day.add({ days: 1 }))
    days.push(day.toString());
  return days;
};

/** 1 = Monday ... 7 = Sunday. */
export const weekday = (day: string): number => Temporal.PlainDate.from(day).dayOfWeek;

/** The first day of a month `YYYY-MM` and of the month after. */
export const monthEdges = (month: string): { first: string; end: string } => {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  return { first: first.toString(), end: first.add({ months: 1 }).toString() };
};

/** A month ends in the last zone of the earth (UTC-12) so much after it ended in UTC. */
const LAST_ZONE_MILLIS = 12 * 3_600_000;

/** The last calendar month, `YYYY-MM`, that is over in every zone: until then nobody can close it. */
export const lastMonthOver = (nowMillis: number): string =>
  Temporal.PlainDate.from(new Date(nowMillis - LAST_ZONE_MILLIS).toISOString().slice(0, 10))
    .toPlainYearMonth()
    .subtract({ months: 1 })
    .toString();

/** ISO 8601 UTC with milliseconds. */
export const iso = (millis: number): string => new Date(millis).toISOString();
