import { mapBounded } from '../../platform/bounded.ts';
import type { Clock } from '../../platform/clock.ts';
import type { DirtyMark, DirtyMarks } from '../ledger/dirty-marks.ts';
import { type LedgerPorts, versionsOf } from '../ledger/effective-slots.ts';
import { AHEAD_MILLIS, intervalOfDay, shiftDay, utcDay } from '../ledger/slot.ts';
import { gatherStates } from '../ledger/state.ts';
import type { SubjectRecord, Subjects } from '../ledger/subjects.ts';
import type { Fragment } from '../read/aggregate.ts';
import { type DayPart, dayParts, readDayParts } from '../read/period-usage.ts';
import type { SubjectInterval } from '../read/series.ts';
import { coveredTo, isFinal } from './settled-day.ts';
import type { SettledDay } from './settled-item.ts';
import { readMoves, withoutReplaced } from './settled-on-top.ts';
import type { SettledStore } from './settled-store.ts';
import type { SlotMoves } from './slot-moves.ts';

/** What reading settled usage and live days needs. */
export type BalancePorts = LedgerPorts & {
  readonly settled: SettledStore;
  readonly marks: DirtyMarks;
  readonly subjects: Subjects;
  readonly clock: Clock;
};

/** A fragment with the UTC day it lies in, the slots it was made from, and whether that is a day settled for good. */
export type DatedFragment = Fragment & {
  readonly day: string;
  /** Slot start → version; of an overlay `<slot start>~<backfill>`. */
  readonly versions: Readonly<Record<string, number>>;
  readonly settled: boolean;
};

export type FragmentsRead = {
  readonly fragments: readonly DatedFragment[];
  readonly queries: number;
  readonly bytes: number;
};

/** What is read of a part of a day: the settled item, what came to it since, and which of its slots from the ledger. */
type Plan = { readonly item?: DatedFragment; readonly moved?: DatedFragment; readonly fromLedger?: DayPart };

/** The last day that may have appends without a mark: slots of tomorrow are open just before midnight. */
const lastDay = (now: string): string => utcDay(new Date(Date.parse(now) + AHEAD_MILLIS).toISOString());

/** A settled item, and by how much the slots that its mark names have moved since, as fragments of a day. */
const itemPlan = (item: SettledDay, moves: readonly SlotMoves[], isMarked: boolean): Pick<Plan, 'item' | 'moved'> => {
  const { subject, day } = item;
  const settled = !isMarked && isFinal(item);
  if (moves.length === 0) return { item: { subject, day, states: item.states, versions: item.versions, settled } };
  const newer = Object.fromEntries(moves.map(({ start, version }) => [start, version]));
  const versions = Object.fromEntries(Object.entries(item.versions).filter(([start]) => newer[start] === undefined));
  const gathered = gatherStates();
  for (const { states } of moves) for (const [key, state] of Object.entries(states)) gathered.add(key, state);
  return {
    item: { subject, day, states: withoutReplaced(item.states, moves), versions, settled },
    moved: { subject, day, states: gathered.states(), versions: newer, settled },
  };
};

/**
 * How a part of a day is read. A settled item is trusted up to where it is covered, but for the slots that a mark beside it
 * names: those are looked at, and what comes after is read from the ledger. Nothing at all is read where no append can be,
 * because every append to a slot that was not open had a mark, and every mark ends in a settled item.
 */
const planOf = async (
  ports: BalancePorts,
  dayPart: DayPart,
  record: SubjectRecord,
  item: SettledDay | undefined,
  mark: DirtyMark | undefined,
): Promise<Plan> => {
  const { subject, day, part } = dayPart;
  const mayBeUnmarked = day >= record.watchedFrom && day <= lastDay(ports.clock.now());
  if (item === undefined) return mark !== undefined || mayBeUnmarked ? { fromLedger: dayPart } : {};
  // What is settled cannot be divided.
  if (part !== undefined) {
    return mark === undefined && isFinal(item) && item.accepted === 0 ? {} : { fromLedger: dayPart };
  }
  const moves = await readMoves(ports, item, mark, false);
  if (moves === undefined) return { fromLedger: dayPart };
  const [from, { to }] = [coveredTo(day, item.beganAt), intervalOfDay(day)];
  const isMarkedAfter = Object.keys(mark?.slots ?? {}).some((start) => start >= from);
  const rest =
    (mayBeUnmarked || isMarkedAfter) && from < to ? { fromLedger: { subject, day, part: { from, to } } } : {};
  return { ...itemPlan(item, moves, mark !== undefined), ...rest };
};

const SUBJECTS_AT_A_TIME = 4;
const DAYS_AT_A_TIME = 4;

const readSubject = async (
  ports: BalancePorts,
  intervals: readonly SubjectInterval[],
  only: 'scalars' | undefined,
): Promise<FragmentsRead> => {
  const subject = intervals[0]?.subject ?? '';
  const record = await ports.subjects.get(subject);
  // Registered before its first append: an unknown subject has no usage.
  if (record === undefined) return { fragments: [], queries: 1, bytes: 0 };
  const parts = dayParts(intervals);
  const [first, last] = [parts[0]?.day ?? '', parts.at(-1)?.day ?? ''];
  // Marks before items: what a settle clears in between it has written before, and that is read next.
  const marks = new Map((await ports.marks.marksOf(subject)).map((mark) => [mark.day, mark]));
  const settled = await ports.settled.days(subject, first, shiftDay(last, 1), only);
  const items = new Map(settled.days.map((item) => [item.day, item]));
  const plans = await mapBounded(parts, DAYS_AT_A_TIME, (part) =>
    planOf(ports, part, record, items.get(part.day), marks.get(part.day)),
  );
  const live = await readDayParts(
    ports,
    plans.flatMap(({ fromLedger }) => fromLedger ?? []),
  );
  return {
    fragments: [
      ...plans.flatMap(({ item, moved }) => [item ?? [], moved ?? []].flat()),
      ...live.slots.map((slot) => ({
        subject,
        day: utcDay(slot.start),
        states: slot.states,
        versions: versionsOf(slot),
        settled: false,
      })),
    ],
    queries: 2 + settled.queries + live.queries,
    bytes: settled.bytes + live.bytes,
  };
};

/**
 * Everything that was used in the intervals, from settled days where they can be trusted and from the ledger where not
 * (live or dirty days, parts of days). Intervals are in order, by subject. `scalars`: sets and points may be missing.
 */
export const readFragments = async (
  ports: BalancePorts,
  subjects: readonly SubjectInterval[],
  only?: 'scalars',
): Promise<FragmentsRead> => {
  const bySubject = [...Map.groupBy(subjects, ({ subject }) => subject).values()];
  const reads = await mapBounded(bySubject, SUBJECTS_AT_A_TIME, (intervals) => readSubject(ports, intervals, only));
  return {
    fragments: reads.flatMap(({ fragments }) => fragments),
    queries: reads.reduce((total, { queries }) => total + queries, 0),
    bytes: reads.reduce((total, { bytes }) => total + bytes, 0),
  };
};
