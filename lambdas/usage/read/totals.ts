import { mapBounded } from '../../platform/bounded.ts';
import type { Interval } from '../../platform/period.ts';
import type { ChainCount, CountDay } from '../archive/counted-days.ts';
import { daysFrom } from '../ledger/slot.ts';
import type { Subjects } from '../ledger/subjects.ts';

/** What the ledger holds of a period. */
export type LedgerTotals = {
  /** Usage lines, cancelled ones too. */
  readonly accepted: number;
  /** Of these, those that a cancellation or a replacement took back. */
  readonly cancelled: number;
  /** Of these, those of backfills, whether they are closed or not. */
  readonly backfilled: number;
  readonly late: number;
  /** Lines that are no usage of their slot. */
  readonly alone: number;
  /** Events that count, in slots at which their subject belonged to nobody. */
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
  { countDay, subjects }: { readonly countDay: CountDay; readonly subjects: Pick<Subjects, 'list'> },
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
    const chains = await countDay(subject, day);
    const isGap = ({ start: instant, isOverlay }: ChainCount): boolean =>
      !isOverlay && (gaps.get(subject) ?? []).some(({ from, to }) => from <= instant && instant < to);
    const sum = (figure: (chain: ChainCount) => number): number =>
      chains.reduce((total, chain) => total + figure(chain), 0);
    return {
      subject,
      accepted: sum(({ accepted }) => accepted),
      cancelled: sum(({ cancelled }) => cancelled),
      backfilled: sum(({ isOverlay, accepted }) => (isOverlay ? accepted : 0)),
      late: sum(({ late }) => late),
      alone: sum(({ alone }) => alone),
      nobodys: sum((chain) => (isGap(chain) ? chain.accepted - chain.cancelled : 0)),
    };
  });
  const total = (name: Exclude<keyof (typeof counted)[number], 'subject'>): number =>
    counted.reduce((sum, day) => sum + day[name], 0);
  const bySubject = Map.groupBy(counted, ({ subject }) => subject);
  return {
    accepted: total('accepted'),
    cancelled: total('cancelled'),
    backfilled: total('backfilled'),
    late: total('late'),
    alone: total('alone'),
    unattributed: records
      .map(({ subject, firstSeenAt }) => ({
        subject,
        events: (bySubject.get(subject) ?? []).reduce((sum, day) => sum + day.nobodys, 0),
        firstSeen: firstSeenAt,
      }))
      .filter(({ events }) => events > 0),
  };
};
