import { holdingAt } from '../catalog/as-of.ts';
import type { CatalogEntry, CatalogReader, Contract } from '../catalog/types.ts';
import { type Interval, intervalOf, type Period } from '../platform/period.ts';
import { coveredPart } from '../rating/period-part.ts';
import { type CloseDates, endOfDates } from './names.ts';

/** A contract that covers a part of a close's dates, with the instants of that part. */
export type ContractInPeriod = {
  readonly entry: CatalogEntry<Contract>;
  /** The billing period in the contract's zone, and the part of it that the contract covers. */
  readonly period: Period;
  readonly covered: Period;
  readonly active: Interval;
};

const inPeriod = (entry: CatalogEntry<Contract>, dates: CloseDates): ContractInPeriod | undefined => {
  const period = { start: dates.start, end: dates.end, zone: entry.body.zone };
  const part = coveredPart(entry.body, period);
  return part && { entry, period, covered: part.period, active: intervalOf(part.period) };
};

/**
 * The contracts that cover a part of the dates, as known at `knownAt`. The version is the one in force at the start of
 * the covered part: an amendment within the period takes effect with the next one.
 */
export const contractsIn = async (
  catalog: CatalogReader,
  dates: CloseDates,
  knownAt: string,
): Promise<ContractInPeriod[]> => {
  // One read for all: there may be thousands.
  const versions = Map.groupBy(await catalog.history('contract'), ({ id }) => id);
  return [...versions.values()].flatMap((own): ContractInPeriod[] => {
    const latest = holdingAt(own, { effectiveAt: endOfDates(dates), knownAt });
    const last = latest && inPeriod(latest, dates);
    if (last === undefined) return [];
    const entry = holdingAt(own, { effectiveAt: last.active.from, knownAt });
    return [(entry && inPeriod(entry, dates)) ?? last];
  });
};
