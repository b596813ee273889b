import type { Interval } from '../platform/period.ts';
import { mapBounded } from './bounded.ts';
import type { LedgerStore } from './ledger-store.ts';
import { daysFrom } from './slot.ts';
import type { Subjects } from './subjects.ts';

/** Events of one subject in the ledger. */
export type SubjectTotals = {
  readonly subject: string;
  readonly firstSeen: string;
  readonly accepted: number;
  readonly late: number;
};

export type LedgerTotals = {
  readonly accepted: number;
  readonly late: number;
  /** Appends that hold them, and their size in the table. */
  readonly appends: number;
  readonly bytes: number;
  readonly subjects: readonly SubjectTotals[];
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
    const { appends, bytes } = await ledger.day(subject, day);
    const isGap = (instant: string): boolean =>
      (gaps.get(subject) ?? []).some(({ from, to }) => from <= instant && instant < to);
    let [accepted, late, nobodys] = [0, 0, 0];
    for (const append of appends) {
      accepted += append.ids.length;
      late += append.late;
      if (isGap(append.slot.start)) nobodys += append.ids.length;
    }
    return { subject, appends: appends.length, bytes, accepted, late, nobodys };
  });
  const bySubject = Map.groupBy(counted, ({ subject }) => subject);
  const sum = (subject: string, field: 'accepted' | 'late' | 'nobodys'): number =>
    (bySubject.get(subject) ?? []).reduce((total, each) => total + each[field], 0);
  const totals = records.map(({ subject, firstSeenAt }) => ({
    subject,
    firstSeen: firstSeenAt,
    accepted: sum(subject, 'accepted'),
    late: sum(subject, 'late'),
  }));
  return {
    accepted: totals.reduce((total, { accepted }) => total + accepted, 0),
    late: totals.reduce((total, { late }) => total + late, 0),
    appends: counted.reduce((total, { appends }) => total + appends, 0),
    bytes: counted.reduce((total, { bytes }) => total + bytes, 0),
    subjects: totals.filter(({ accepted }) => accepted > 0),
    unattributed: totals
      .map(({ subject, firstSeen }) => ({ subject, events: sum(subject, 'nobodys'), firstSeen }))
      .filter(({ events }) => events > 0),
  };
};
