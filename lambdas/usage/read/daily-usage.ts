import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { addDays, daysOf } from '../../platform/period.ts';
import { type BalancePorts, readFragments } from '../settle/settled-fragments.ts';
import type { MeteredUsage } from '../types.ts';
import { aggregate, type CarryIn } from './aggregate.ts';
import { lookBack } from './look-back.ts';
import { clipSubjects } from './period-usage.ts';
import type { SubjectInterval } from './series.ts';

/** One UTC day of an account. */
export type DayUsage = {
  readonly day: string;
  /** All of its usage came from settled days. */
  readonly settled: boolean;
  readonly usage: readonly MeteredUsage[];
  /** Events that could not be counted under their own key, and are in no usage. */
  readonly overflow: number;
};

export type DailyUsageRequest = {
  readonly subjects: readonly SubjectInterval[];
  /** First UTC day and the day after the last. */
  readonly start: string;
  readonly end: string;
  /** Every version of the meters that are asked for. */
  readonly meters: readonly CatalogEntry<Meter>[];
};

/**
 * The usage of each UTC day, for signals and charts: one read for all days. UTC days, because those are what is settled;
 * a chart of local days would have to read the ledger. Days without usage have an empty list.
 */
export const readDailyUsage = async (
  ports: BalancePorts,
  { subjects, start, end, meters }: DailyUsageRequest,
): Promise<{ readonly days: DayUsage[]; readonly read: { readonly queries: number; readonly bytes: number } }> => {
  const zone = 'UTC';
  const asked = clipSubjects(subjects, { start, end, zone });
  const before = await lookBack(ports, asked, meters);
  const { fragments, queries, bytes } = await readFragments(ports, asked);
  const byDay = Map.groupBy(fragments, ({ day }) => day);
  const days: DayUsage[] = [];
  let { carryIn }: { carryIn: CarryIn } = before;
  for (const day of daysOf({ start, end, zone })) {
    const period = { start: day, end: addDays(day, 1), zone };
    const own = byDay.get(day) ?? [];
    const { usage, carryOut, overflow } = aggregate({
      fragments: own,
      subjects: clipSubjects(subjects, period),
      period,
      carryIn,
      meters,
    });
    carryIn = carryOut;
    days.push({ day, settled: own.every(({ settled }) => settled), usage, overflow: overflow.length });
  }
  return { days, read: { queries: queries + before.queries, bytes: bytes + before.bytes } };
};
