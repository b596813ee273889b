import type { Clock } from '../../platform/clock.ts';
import type { DirtyMark, DirtyMarks } from '../ledger/dirty-marks.ts';
import { effectiveSlots, type LedgerPorts } from '../ledger/effective-slots.ts';
import { shiftDay, utcDay } from '../ledger/slot.ts';
import { MARK_CLEARABLE_MILLIS } from '../ledger/writer-memory.ts';
import { coveredTo, coversDay, isFinal, type LatestMeters, settledDayOf } from './settled-day.ts';
import type { SettledDay, SettledHead } from './settled-item.ts';
import { isSomething, type OnTop, readOnTop, settledWith } from './settled-on-top.ts';
import type { SettledStore } from './settled-store.ts';

/** What settling needs. */
export type SettlePorts = LedgerPorts & {
  readonly settled: SettledStore;
  readonly marks: DirtyMarks;
  readonly clock: Clock;
};

const sameVersions = (a: SettledHead['versions'], b: SettledHead['versions']): boolean => {
  const slots = Object.keys(a);
  return slots.length === Object.keys(b).length && slots.every((slot) => a[slot] === b[slot]);
};

/**
 * What a settle did. `changed`: the day's usage is another than was settled before; `finished`: it is settled for good now
 * and was not before. `head` is absent for a day that is not over and has nothing to settle yet.
 */
export type SettleResult = {
  readonly head: SettledHead | undefined;
  readonly changed: boolean;
  readonly finished: boolean;
  readonly cleared: boolean;
};

/** How often a settle is done again because another one was first. */
const MAX_TRIES = 5;

const headOf = async (settled: SettledStore, subject: string, day: string): Promise<SettledHead | undefined> =>
  (await settled.heads(subject, day, shiftDay(day, 1))).days[0];

/** What is known of a day before it is settled: its item and its mark as they are, and what came on top, if it was read. */
export type SeenDay = {
  readonly beganAt: string;
  readonly head: SettledHead | undefined;
  readonly mark: DirtyMark | undefined;
  readonly onTop?: OnTop | undefined;
};

/** A day as it would be settled now: `changed` says whether it is another than is settled, `make` makes it. */
type Next = { readonly changed: boolean; make(): Promise<SettledDay | undefined> };

const wholeDay = async (
  ports: SettlePorts,
  meters: LatestMeters,
  { subject, day, beganAt }: Pick<SettledHead, 'subject' | 'day' | 'beganAt'>,
  head: SettledHead | undefined,
): Promise<Next> => {
  const read = await ports.ledger.day(subject, day);
  const end = coveredTo(day, beganAt);
  const slots = (await effectiveSlots([read], ports.overlays)).filter(({ start }) => start < end);
  const next = settledDayOf({ subject, day, beganAt }, (head?.revision ?? 0) + 1, slots, meters);
  const changed = head === undefined ? slots.length > 0 : !sameVersions(head.versions, next.versions);
  return { changed, make: async () => next };
};

const goneOn = (
  { settled }: SettlePorts,
  meters: LatestMeters,
  head: SettledHead,
  onTop: OnTop,
  beganAt: string,
): Next => ({
  changed: isSomething(onTop),
  make: async () => {
    const { subject, day, revision } = head;
    const [item] = (await settled.days(subject, day, shiftDay(day, 1))).days;
    return item?.revision === revision ? settledWith(item, onTop, beganAt, meters) : undefined;
  },
});

/**
 * Settles one day of a subject, as far as it is covered by then, in this order, so that what it saw can only be newer than
 * what it replaces:
 * 1. `seen`: the item and its mark as they are (read by the caller, or again after a lost race);
 * 2. what came to the item: the slots that the mark names and those covered since. Where that does not tell, or nothing is
 *    settled yet, the day's appends, strongly, and of backfills among them how they stand;
 * 3. write under the item's own revision, if anything is new;
 * 4. clear the mark: only if it was there before 2, is unchanged, and is older than any writer that relies on it.
 * @throws if another settle was first too often.
 */
export const settleDay = async (
  ports: SettlePorts,
  meters: LatestMeters,
  subject: string,
  day: string,
  seen: SeenDay,
): Promise<SettleResult> => {
  let { beganAt, head, onTop } = seen;
  // What one try found stays so for the next: the settle that was first may be this very one, whose answer was lost.
  let [isNew, isFinished] = [false, false];
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    if (head !== undefined) onTop ??= await readOnTop(ports, head, seen.mark, beganAt);
    const next =
      head !== undefined && onTop !== undefined
        ? goneOn(ports, meters, head, onTop, beganAt)
        : await wholeDay(ports, meters, { subject, day, beganAt }, head);
    // Nothing new, but it is worth knowing that nothing was new so late.
    const finished = coversDay(day, beganAt) && (head === undefined || !isFinal(head));
    isNew ||= next.changed;
    isFinished ||= finished;
    const made = next.changed || finished ? await next.make() : undefined;
    const isWritten = made === undefined ? !(next.changed || finished) : await ports.settled.put(made);
    if (isWritten) {
      const cleared = await clearMark(ports, seen.mark, beganAt);
      return { head: made === undefined ? head : headIn(made), changed: isNew, finished: isFinished, cleared };
    }
    beganAt = ports.clock.now();
    head = await headOf(ports.settled, subject, day);
    onTop = undefined;
  }
  throw new Error(`other settles of ${subject} ${day} were first ${MAX_TRIES} times in a row`);
};

const headIn = ({ states: _, ...head }: SettledDay): SettledHead => head;

/** The slots of a mark that may be taken off it; all of one that is of the whole day, or none. */
const clearable = ({ at, slots }: DirtyMark, beganAt: string): readonly string[] | 'all' => {
  const isOld = (named: string): boolean => Date.parse(named) + MARK_CLEARABLE_MILLIS <= Date.parse(beganAt);
  if (isOld(at)) return 'all';
  return Object.entries(slots ?? {}).flatMap(([start, named]) => (isOld(named) ? start : []));
};

/** Clears a mark, or takes off it what no writer can rely on any more. Answers whether it is gone. */
export const clearMark = async (
  { marks }: Pick<SettlePorts, 'marks'>,
  mark: DirtyMark | undefined,
  beganAt: string,
): Promise<boolean> => {
  // Nothing of a day to come is covered, and nobody would look there without its mark.
  if (mark === undefined || mark.day > utcDay(beganAt)) return false;
  const slots = clearable(mark, beganAt);
  if (slots === 'all') return marks.clear(mark);
  if (slots.length > 0) await marks.clear(mark, slots);
  return false;
};
