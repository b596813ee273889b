import type { Contract } from '../catalog/types.ts';
import { anchoredDay, daysBetween, type Period } from '../platform/period.ts';

/** The part of a period that a contract covers. */
export type CoveredPart = {
  readonly period: Period;
  readonly coveredDays: number;
  readonly periodDays: number;
};

/** What of a contract says which time it charges: all local dates, half open. */
type Charged = Pick<Contract, 'start' | 'end' | 'trialUntil'>;

/** The first day that a contract charges: its start, or the day on which its trial is over. */
export const firstChargedDay = ({ start, trialUntil }: Charged): string =>
  trialUntil !== undefined && trialUntil > start ? trialUntil : start;

const latest = (a: string, b: string): string => (a > b ? a : b);
const earliest = (a: string, b: string): string => (a < b ? a : b);

/**
 * Clips a period to the time that a contract charges: its start and end, its trial, and the part in which its version
 * holds when it was amended within the period. `undefined` if nothing is left. Usage must be read for exactly this
 * part: what came before the contract or in its trial is not its. Shares are of the whole period.
 */
export const coveredPart = (contract: Charged, period: Period, part: Period = period): CoveredPart | undefined => {
  const start = latest(firstChargedDay(contract), latest(part.start, period.start));
  const end = earliest(contract.end ?? period.end, earliest(part.end, period.end));
  if (start >= end) return undefined;
  const periodDays = daysOfPeriod(period.start, period.end);
  const whole = start === period.start && end === period.end;
  return {
    period: { start, end, zone: period.zone },
    coveredDays: whole ? periodDays : daysBetween(start, end),
    periodDays,
  };
};

let lastPeriod: { readonly start: string; readonly end: string; readonly days: number } | undefined;

/** The days of a period; of the last one they are remembered, as the accounts of a run mostly have the same. */
const daysOfPeriod = (start: string, end: string): number => {
  if (lastPeriod?.start !== start || lastPeriod.end !== end) lastPeriod = { start, end, days: daysBetween(start, end) };
  return lastPeriod.days;
};

const MONTHS = { monthly: 1, quarterly: 3, annual: 12 } as const;

/** The billing period that follows: of the contract's cadence, up to its anchor day. */
export const nextPeriod = (
  { cadence, anchorDay }: Pick<Contract, 'cadence' | 'anchorDay'>,
  period: Period,
): Period => ({
  start: period.end,
  end: anchoredDay(period.end, MONTHS[cadence], anchorDay),
  zone: period.zone,
});
