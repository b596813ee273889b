import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { shiftDay } from '../ledger/slot.ts';
import { readDailyUsage } from '../read/daily-usage.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import type { MeteredUsage } from '../types.ts';
import { type DayPlace, type DayRange, stretches } from './stretches.ts';

/** What the ledger says of a UTC day of a subject, whoever the subject belongs to. */
export type DayFigures = {
  readonly subject: string;
  readonly day: string;
  readonly usage: readonly (MeteredUsage & { readonly aggregation: Meter['aggregation'] })[];
  /** Events that could not be counted under their own key, and are in no figure. */
  readonly overflow: number;
};

/** What is asked for. */
export type FiguresRequest = DayRange & {
  /** Every version of every meter. */
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** Days read at a time: what goes on is looked for before each stretch of them. */
const DAYS_AT_A_TIME = 31;
/** A page ends after so many figures: an answer has at most 6 MB. */
const FIGURES_PER_PAGE = 5_000;

/**
 * The figures of each day of each subject as people and thresholds read them, as many as there is time for; days without
 * any are left out. `next` is where the next page goes on; absent when there is no more.
 */
export const dailyFigures = async (
  ports: BalancePorts,
  { meters, ...range }: FiguresRequest,
  isTimeUp: () => boolean,
): Promise<{ readonly items: readonly DayFigures[]; readonly next?: DayPlace }> => {
  const aggregations = new Map(meters.map(({ id, version, body }) => [`${id}#${version}`, body.aggregation]));
  const items: DayFigures[] = [];
  let figures = 0;
  for (const { subject, start, end, place, isLast } of stretches(range, DAYS_AT_A_TIME)) {
    const subjects = [{ subject, from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z' }];
    const { days } = await readDailyUsage(ports, { subjects, start, end, meters });
    for (const { day, usage, overflow } of days) {
      if (figures > FIGURES_PER_PAGE) return { items, next: { subject, day: shiftDay(day, -1) } };
      if (usage.length + overflow === 0) continue;
      figures += usage.length;
      const named = usage.flatMap((one) => {
        const aggregation = aggregations.get(`${one.meter}#${one.meterVersion}`);
        return aggregation === undefined ? [] : [{ ...one, aggregation }];
      });
      items.push({ subject, day, usage: named, overflow });
    }
    if (!isLast && isTimeUp()) return { items, next: place };
  }
  return { items };
};
