import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { daysFrom, shiftDay } from '../ledger/slot.ts';
import { readDailyUsage } from '../read/daily-usage.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import type { MeteredUsage } from '../types.ts';
import type { VerifyPlace } from './verify.ts';

/** What the ledger says of a UTC day of a subject, whoever the subject belongs to. */
export type DayFigures = {
  readonly subject: string;
  readonly day: string;
  readonly usage: readonly (MeteredUsage & { readonly aggregation: Meter['aggregation'] })[];
  /** Events that could not be counted under their own key, and are in no figure. */
  readonly overflow: number;
};

/** What is asked for: UTC days from `start` to before `end` of subjects in order, from after a place on. */
export type FiguresRequest = {
  readonly subjects: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly after?: VerifyPlace | undefined;
  /** Every version of every meter. */
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** Days read at a time: what goes on is looked for 35 days before them. */
const DAYS_AT_A_TIME = 31;
/** A page ends after so many figures: an answer has at most 6 MB. */
const FIGURES_PER_PAGE = 5_000;

/**
 * The figures of each day of each subject as people and thresholds read them, as many as there is time for; days without
 * any are left out. `next` is where the next page goes on; absent when there is no more.
 */
export const dailyFigures = async (
  ports: BalancePorts,
  { subjects, start, end, after, meters }: FiguresRequest,
  isTimeUp: () => boolean,
): Promise<{ readonly items: readonly DayFigures[]; readonly next?: VerifyPlace }> => {
  const aggregations = new Map(meters.map(({ id, version, body }) => [`${id}#${version}`, body.aggregation]));
  const items: DayFigures[] = [];
  let figures = 0;
  const open = subjects.filter((subject) => after === undefined || subject >= after.subject);
  for (const subject of open) {
    const days = daysFrom(subject === after?.subject ? shiftDay(after.day, 1) : start, end);
    for (let n = 0; n < days.length; n += DAYS_AT_A_TIME) {
      const [first = '', last = ''] = [days[n], days[Math.min(n + DAYS_AT_A_TIME, days.length) - 1]];
      const read = await readDailyUsage(ports, {
        subjects: [{ subject, from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z' }],
        start: first,
        end: shiftDay(last, 1),
        meters,
      });
      for (const { day, usage, overflow } of read.days) {
        if (figures > FIGURES_PER_PAGE) return { items, next: { subject, day: shiftDay(day, -1) } };
        if (usage.length + overflow === 0) continue;
        figures += usage.length;
        const named = usage.flatMap((one) => {
          const aggregation = aggregations.get(`${one.meter}#${one.meterVersion}`);
          return aggregation === undefined ? [] : [{ ...one, aggregation }];
        });
        items.push({ subject, day, usage: named, overflow });
      }
      const isLast = subject === open.at(-1) && n + DAYS_AT_A_TIME >= days.length;
      if (!isLast && isTimeUp()) return { items, next: { subject, day: last } };
    }
  }
  return { items };
};
