import type { Contract } from '../catalog/types.ts';
import { daysBetween, type Period } from '../platform/period.ts';

/** The part of a period that a contract covers. */
export type CoveredPart = {
  readonly period: Period;
  readonly coveredDays: number;
  readonly periodDays: number;
};

/**
 * Clips a period to a contract's start and end, both local dates in the contract's zone, half open. `undefined` if the
 * contract covers none of it. Usage must be read for exactly this part: what came before the contract is not its.
 */
export const coveredPart = (contract: Contract, period: Period): CoveredPart | undefined => {
  const startsLater = contract.start > period.start;
  const endsEarlier = contract.end !== undefined && contract.end < period.end;
  const start = startsLater ? contract.start : period.start;
  const end = endsEarlier && contract.end !== undefined ? contract.end : period.end;
  if (start >= end) return undefined;
  return {
    period: { start, end, zone: period.zone },
    coveredDays: daysBetween(start, end),
    periodDays: daysBetween(period.start, period.end),
  };
};
