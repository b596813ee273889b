import { Temporal } from 'temporal-polyfill';
import { addDays, type Period } from './period.ts';

/**
 * The calendar of a contract: which billing periods it has. Periods are half open, tile time without gap or overlap, and
 * are whole however little of one a contract covers. Pure.
 */

/** What a calendar is made from; structurally a contract. Dates `YYYY-MM-DD` local to `zone`. */
export type BillingTerms = {
  readonly zone: string;
  /** First day of the contract. */
  readonly start: string;
  /** Day of the month on which periods begin, 1 to 31; a month that is too short has them begin on its last day. */
  readonly anchorDay: number;
  readonly cadence: 'monthly' | 'quarterly' | 'annual';
};

const MONTHS: Readonly<Record<BillingTerms['cadence'], number>> = { monthly: 1, quarterly: 3, annual: 12 };

/** Months since the year 0: one number that can be counted with. */
const monthOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;

/** The anchor of a month: 31 is 31 January, 28 or 29 February, 31 March, 30 April. */
const anchorOf = (month: number, anchorDay: number): string =>
  // `constrain` takes the last day of a month that is too short. The anchor stays what it was: it never creeps forward.
  Temporal.PlainDate.from({ year: Math.floor(month / 12), month: (month % 12) + 1, day: anchorDay }).toString();

/**
 * The month that quarters and years are counted from. A contract that begins on its anchor has its own (an anniversary:
 * from 15 March on, quarters begin on 15 March, June, September, December); any other is billed by the calendar's, which
 * begin in January, and its first period is a part of one.
 */
const firstMonth = ({ start, anchorDay }: BillingTerms): number =>
  anchorOf(monthOf(start), anchorDay) === start ? monthOf(start) : 0;

/** The month in which the period begins that a date lies in. */
const monthBegun = (terms: BillingTerms, date: string): number => {
  const step = MONTHS[terms.cadence];
  const month = monthOf(date);
  const begun = date >= anchorOf(month, terms.anchorDay) ? month : month - 1;
  const past = (((begun - firstMonth(terms)) % step) + step) % step;
  return begun - past;
};

const periodFrom = ({ anchorDay, cadence, zone }: BillingTerms, month: number): Period => ({
  start: anchorOf(month, anchorDay),
  end: anchorOf(month + MONTHS[cadence], anchorDay),
  zone,
});

/** The billing period that a local date lies in, whole. */
export const billingPeriodOf = (terms: BillingTerms, date: string): Period =>
  periodFrom(terms, monthBegun(terms, date));

/**
 * The periods that end after `dates.start` and not after `dates.end` (local dates of each contract), in order. Closes of
 * dates that tile time so take each period once.
 */
export const billingPeriodsEndingIn = (
  terms: BillingTerms,
  dates: { readonly start: string; readonly end: string },
): Period[] => {
  const periods: Period[] = [];
  // The one that `dates.start` lies in is the first that ends after it.
  let month = monthBegun(terms, dates.start);
  for (let next = periodFrom(terms, month); next.end <= dates.end; next = periodFrom(terms, month)) {
    periods.push(next);
    month += MONTHS[terms.cadence];
  }
  return periods;
};

/** The calendar month whose close rates the periods that end on a date: `2026-10-15` and `2026-11-01` are October's. */
export const monthOfEnd = (end: string): { readonly start: string; readonly end: string } => {
  const start = `${addDays(end, -1).slice(0, 8)}01`;
  return { start, end: Temporal.PlainDate.from(start).add({ months: 1 }).toString() };
};
