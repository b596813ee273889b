import type { Contract } from '../../catalog/types.ts';
import { localDate, type Period } from '../../platform/period.ts';

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The anchor of a month: the anchor day, or the month's last day when it is shorter. Months may run over 1 to 12. */
const anchorOf = (year: number, month: number, anchorDay: number): string => {
  const index = year * 12 + month - 1;
  const [y, m] = [Math.floor(index / 12), (index % 12) + 1];
  const day = Math.min(anchorDay, daysInMonth(y, m));
  return `${y}-${String(m).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
};

/**
 * The period in which an account's limits count at an instant: the contract's month from anchor to anchor, cut at the
 * contract's own start and end. Without a contract, the UTC calendar month.
 */
export const limitPeriod = (
  contract: Pick<Contract, 'zone' | 'anchorDay' | 'start' | 'end'> | undefined,
  instant: string,
): Period => {
  const zone = contract?.zone ?? 'UTC';
  const anchorDay = contract?.anchorDay ?? 1;
  const date = localDate(instant, zone);
  const [year = 0, month = 1] = date.split('-').map(Number);
  const shift = date >= anchorOf(year, month, anchorDay) ? 0 : -1;
  const start = anchorOf(year, month + shift, anchorDay);
  const end = anchorOf(year, month + shift + 1, anchorDay);
  const [first, last] = [contract?.start ?? start, contract?.end ?? end];
  return { start: first > start && first <= date ? first : start, end: last < end && last > date ? last : end, zone };
};
