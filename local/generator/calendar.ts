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

/** ISO 8601 UTC with milliseconds. */
export const iso = (millis: number): string => new Date(millis).toISOString();
