import type { Contract } from '../../catalog/types.ts';
import { billingPeriodOf } from '../../platform/billing-calendar.ts';
import { localDate, type Period } from '../../platform/period.ts';

/** What of a contract gives its limits their period; monthly without `cadence`. */
type Terms = Pick<Contract, 'zone' | 'anchorDay' | 'start' | 'end'> & Partial<Pick<Contract, 'cadence'>>;

const CALENDAR: Terms = { zone: 'UTC', anchorDay: 1, start: '0001-01-01' };

/**
 * The period in which an account's limits count at an instant: the contract's billing period, cut at the contract's own
 * start and end. Without a contract, the UTC calendar month.
 */
export const limitPeriod = (contract: Terms | undefined, instant: string): Period => {
  const terms = contract ?? CALENDAR;
  const { zone, start: first, end: last } = terms;
  const date = localDate(instant, zone);
  const { start, end } = billingPeriodOf({ ...terms, cadence: terms.cadence ?? 'monthly' }, date);
  const isEnding = last !== undefined && last < end && last > date;
  return { start: first > start && first <= date ? first : start, end: isEnding ? last : end, zone };
};
