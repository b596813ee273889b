import { anchoredDay } from '../../platform/period.ts';

/** A contract year: from an anniversary of the contract's start to the next. Local dates, half open. */
export type ContractYear = { readonly start: string; readonly end: string };

/**
 * The contract year that a date lies in; a date before the contract's start is in its first. A year of a contract that
 * begins on 29 February begins on the 28th where there is no 29th.
 */
export const contractYearOf = (contractStart: string, date: string): ContractYear => {
  const day = Number(contractStart.slice(8));
  const anniversary = (years: number): string => anchoredDay(contractStart, 12 * years, day);
  const years = Math.max(0, Number(date.slice(0, 4)) - Number(contractStart.slice(0, 4)));
  const begun = years > 0 && anniversary(years) > date ? years - 1 : years;
  return { start: anniversary(begun), end: anniversary(begun + 1) };
};
