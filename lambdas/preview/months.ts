import { Temporal } from 'temporal-polyfill';

/** A calendar month, half open: what a close is of. */
export type MonthDates = { readonly start: string; readonly end: string };

/** Months of which a preview is asked at most: three years. */
export const MOST_MONTHS = 36;

const monthFrom = (first: Temporal.PlainDate): MonthDates => ({
  start: first.toString(),
  end: first.add({ months: 1 }).toString(),
});

/** So many whole calendar months before the one that an instant lies in (UTC), the oldest first, and that one itself. */
export const monthsBefore = (
  now: string,
  months: number,
): { readonly over: readonly MonthDates[]; readonly running: MonthDates } => {
  const running = Temporal.PlainDate.from(now.slice(0, 10)).with({ day: 1 });
  const over = Array.from({ length: months }, (_, n) => monthFrom(running.subtract({ months: months - n })));
  return { over, running: monthFrom(running) };
};
