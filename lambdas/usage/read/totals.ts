import { mapBounded } from '../../platform/bounded.ts';
import type { Interval } from '../../platform/period.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { daysFrom } from '../ledger/slot.ts';
import type { Subjects } from '../ledger/subjects.ts';

export type LedgerTotals = {
  readonly accepted: number;
  readonly late: number;
  /** Events in slots at which their subject belonged to nobody. */
  readonly unattributed: readonly { readonly subject: string; readonly events: number; readonly firstSeen: string }[];
};

/** The parts of an interval in which subjects belong to nobody: `unattributed` of the catalog. */
export type UnattributedParts = (
  subjects: readonly string[],
  interval: Interval,
) => Promise<readonly (Interval & { readonly subject: string })[]>;

const DAYS_AT_A_TIME = 16;

/**
 * Counts what the ledger holds for the UTC days from `start` to before `end`, by event time, of every subject known.
 * A count of ids, so a repeat is never in it.
 */
export const readTotals = async (
  { ledger, subjects }: { readonly ledger: LedgerStore; readonly subjects: Pick<Subjects, 'list'> },
  unattributedParts: UnattributedParts,
  start: string,
  end: string,
): Promise<LedgerTotals> => {
  const days = daysFrom(start, end);
  const records = await subjects.list();
  const tasks = records.flatMap((record) => days.map((day) => ({ record, day })));
  const interval = { from: `${start}T00:00:00.000Z`, to: `${end}T00:00:00.000Z` };
  const gaps = Map.groupBy(
    await unattributedParts(
      records.map(({ subject }) => subject),
      interval,
    ),
    ({ subject }) => subject,
  );
  const counted = await mapBounded(tasks, DAYS_AT_A_TIME, async ({ record: { subject }, day }) => {
    const { appends } = await ledger.day(subject, day);
    const isGap = (instant: string): boolean =>
      (gaps.get(subject) ?? []).some(({ from, to }) => from <= instant && instant < to);
    let [accepted, late, nobodys] = [0, 0, 0];
    for (const append of appends) {
      accepted += append.ids.length;
      late += append.late;
      if (isGap(append.slot.start)) nobodys += append.ids.length;
    }
    return { subject, accepted, late, nobodys };
  });
  const nobodys = Map.groupBy(counted, ({ subject }) => subject);
  return {
    accepted: counted.reduce((total, { accepted }) => total + accepted, 0),
    late: counted.reduce((total, { late }) => total + late, 0),
    unattributed: records
      .map(({ subject, firstSeenAt }) => ({
        subject,
        events: (nobodys.get(subject) ?? []).reduce((total, day) => total + day.nobodys, 0),
        firstSeen: firstSeenAt,
      }))
      .filter(({ events }) => events > 0),
  };
};
