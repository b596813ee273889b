import { mapBounded } from '../../platform/bounded.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Interval } from '../../platform/period.ts';
import { countLive } from '../archive/counted-days.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { daysTouched, intervalOfDay, shiftDay, utcDay, within } from '../ledger/slot.ts';
import { parseStateKey } from '../ledger/state.ts';
import type { SubjectRecord, Subjects } from '../ledger/subjects.ts';
import type { SettledStore } from '../settle/settled-store.ts';
import type { UnattributedParts } from './totals.ts';

/** A subject that nobody owns at a time at which it has usage. */
export type UnattributedSubject = {
  readonly subject: string;
  /** Events at times at which it belonged to nobody, and on how many UTC days. */
  readonly events: number;
  readonly days: number;
  /** Start of the first and of the last slot with such usage. */
  readonly firstUsage: string;
  readonly lastUsage: string;
  /** Days from the first such usage until now, rounded down: for so long somebody's usage is nobody's. */
  readonly ageDays: number;
  /** What is measured of it, by the last day with such usage. */
  readonly meters: readonly string[];
};

/** One page, ordered by subject. `next`: the subject behind which the next one begins. */
export type UnattributedPage = { readonly subjects: readonly UnattributedSubject[]; readonly next?: string };

type Ports = {
  readonly ledger: Pick<LedgerStore, 'day'>;
  readonly settled: SettledStore;
  readonly subjects: Pick<Subjects, 'list'>;
  readonly clock: Clock;
};

const DAY_MILLIS = 86_400_000;
const SUBJECTS_AT_A_TIME = 8;
/** Candidates looked at in one page. */
const PAGE = 400;

/** Usage of a day at nobody's times. */
type DayUsage = { readonly day: string; readonly events: number; readonly slots: readonly string[] };

/** A day from the ledger: one that may not be settled yet, or that belonged to somebody in part. */
const fromLedger = async (
  { ledger }: Ports,
  subject: string,
  day: string,
  isNobodys: (slot: string) => boolean,
): Promise<DayUsage> => {
  const chains = countLive(await ledger.day(subject, day)).filter(
    ({ start, accepted }) => accepted > 0 && isNobodys(start),
  );
  return {
    day,
    events: chains.reduce((total, { accepted }) => total + accepted, 0),
    slots: chains.map(({ start }) => start),
  };
};

const metersOf = async ({ settled, ledger }: Ports, subject: string, day: string): Promise<string[]> => {
  const { days } = await settled.days(subject, day, shiftDay(day, 1));
  const states =
    days.length > 0
      ? days.map((each) => each.states)
      : (await ledger.day(subject, day)).appends.map((each) => each.states);
  const keys = states.flatMap((each) => Object.keys(each));
  return [...new Set(keys.map((key) => parseStateKey(key)?.meter ?? 'none'))].sort();
};

const usageOf = async (
  ports: Ports,
  { subject }: SubjectRecord,
  gaps: readonly Interval[],
): Promise<UnattributedSubject[]> => {
  const now = ports.clock.now();
  const isNobodys = (slot: string): boolean => gaps.some(({ from, to }) => from <= slot && slot < to);
  const days = [...new Set(gaps.flatMap(daysTouched))].sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const heads = await ports.settled.heads(subject, first, shiftDay(last, 1));
  const settled = new Map(heads.days.map((head) => [head.day, head]));
  const isWhole = (day: string): boolean => {
    const all = intervalOfDay(day);
    return gaps.some((gap) => {
      const { from, to } = within(all, gap);
      return from === all.from && to === all.to;
    });
  };
  const found = await mapBounded(days, SUBJECTS_AT_A_TIME, async (day): Promise<DayUsage> => {
    const head = settled.get(day);
    // The day before may end just now, and the next have begun for clocks that are ahead.
    if (day >= shiftDay(utcDay(now), -1)) return fromLedger(ports, subject, day, isNobodys);
    if (head === undefined || head.accepted === 0) return { day, events: 0, slots: [] };
    if (!isWhole(day)) return fromLedger(ports, subject, day, isNobodys);
    const slots = Object.keys(head.versions).map((chain) => chain.split('~')[0] ?? chain);
    return { day, events: head.accepted, slots };
  });
  const used = found.filter(({ events }) => events > 0);
  const slots = used.flatMap((day) => day.slots).sort();
  const [firstUsage, lastUsage] = [slots[0], slots.at(-1)];
  if (firstUsage === undefined || lastUsage === undefined) return [];
  return [
    {
      subject,
      events: used.reduce((total, { events }) => total + events, 0),
      days: used.length,
      firstUsage,
      lastUsage,
      ageDays: Math.max(0, Math.floor((Date.parse(now) - Date.parse(firstUsage)) / DAY_MILLIS)),
      meters: await metersOf(ports, subject, utcDay(lastUsage)),
    },
  ];
};

/**
 * Subjects with usage at times at which nobody owned them, from their settled days; only live days, and days that were
 * somebody's in part, are read from the ledger. Late usage is in it once its day is settled again. A subject takes two
 * queries and one for each such day, so a page looks at a bounded number of them, or ends when `isTimeUp`.
 * @param from the first UTC day that is looked at
 */
export const readUnattributed = async (
  ports: Ports,
  unattributedParts: UnattributedParts,
  from: string,
  { after = '', isTimeUp }: { readonly after?: string; readonly isTimeUp: () => boolean },
): Promise<UnattributedPage> => {
  const records = (await ports.subjects.list()).filter(({ subject }) => subject > after);
  const interval = { from: `${from}T00:00:00.000Z`, to: intervalOfDay(shiftDay(utcDay(ports.clock.now()), 1)).to };
  const parts = await unattributedParts(
    records.map(({ subject }) => subject),
    interval,
  );
  const gaps = Map.groupBy(parts, ({ subject }) => subject);
  const candidates = records.filter(({ subject }) => gaps.has(subject));
  const found: UnattributedSubject[] = [];
  let looked = 0;
  while (looked < Math.min(PAGE, candidates.length) && (looked === 0 || !isTimeUp())) {
    const some = candidates.slice(looked, looked + SUBJECTS_AT_A_TIME);
    const read = await mapBounded(some, SUBJECTS_AT_A_TIME, (record) =>
      usageOf(ports, record, gaps.get(record.subject) ?? []),
    );
    found.push(...read.flat());
    looked += some.length;
  }
  const last = candidates[looked - 1];
  return { subjects: found, ...(looked < candidates.length && last ? { next: last.subject } : {}) };
};
