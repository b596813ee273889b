import type { Contract } from '../catalog/types.ts';
import { anchoredDay, type Period } from '../platform/period.ts';

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
 * part: what came before the contract or in its trial is not its.
 */
export const coveredPart = (contract: Charged, period: Period, part: Period = period): Period | undefined => {
  const start = latest(firstChargedDay(contract), latest(part.start, period.start));
  const end = earliest(contract.end ?? period.end, earliest(part.end, period.end));
  return start < end ? { start, end, zone: period.zone } : undefined;
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
