import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SlotState } from '../ledger/chain.ts';
import type { DirtyMark, DirtyMarks } from '../ledger/dirty-marks.ts';
import { effectiveSlots, type LedgerPorts, versionsOf } from '../ledger/effective-slots.ts';
import { intervalOfDay, OPEN_MILLIS, SLOT_MILLIS, shiftDay, utcDay } from '../ledger/slot.ts';
import { gatherStates, parseStateKey, type StateMap } from '../ledger/state.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS, MARK_CLEARABLE_MILLIS } from '../ledger/writer-memory.ts';
import { formatOf, type SettledDay, type SettledHead } from './settled-item.ts';
import type { SettledStore } from './settled-store.ts';

/** What settling needs. */
export type SettlePorts = LedgerPorts & {
  readonly settled: SettledStore;
  readonly marks: DirtyMarks;
  readonly clock: Clock;
};

/** Which meter versions keep a value per slot when a day is settled: LATEST. */
export type LatestMeters = { isLatest(meter: string, version: number): boolean };

/** @throws by `isLatest` if it is asked for a version that is not among them: such a day must not be settled yet. */
export const latestMeters = (history: readonly CatalogEntry<Meter>[]): LatestMeters => {
  const known = new Map(history.map((entry) => [`${entry.id}#${entry.version}`, entry.body.aggregation]));
  return {
    isLatest: (meter, version) => {
      const aggregation = known.get(`${meter}#${version}`);
      if (aggregation === undefined) {
        throw new Error(`version ${version} of meter ${meter} is in the ledger but not in the catalog that was read`);
      }
      return aggregation === 'LATEST';
    },
  };
};

/** So long after its end every writer has ended that still took a slot for open. */
const COVERED_MILLIS = OPEN_MILLIS + LONGEST_RUN_MILLIS + CLOCK_SKEW_MILLIS;

/**
 * Up to which slot edge of its day a settle that began then can be trusted as long as no mark stands beside it: every
 * append to an earlier slot was there to be read, or is announced by a mark.
 */
export const coveredTo = (day: string, beganAt: string): string => {
  const { from, to } = intervalOfDay(day);
  const edge = Math.floor((Date.parse(beganAt) - COVERED_MILLIS) / SLOT_MILLIS) * SLOT_MILLIS;
  return new Date(Math.min(Math.max(edge, Date.parse(from)), Date.parse(to))).toISOString();
};

/** Whether a settle of a day that begins then covers all of it. */
export const coversDay = (day: string, beganAt: string): boolean => coveredTo(day, beganAt) === intervalOfDay(day).to;

/** From when on, in milliseconds since 1970, a day can be settled for good. */
export const finalFrom = (day: string): number => Date.parse(intervalOfDay(day).to) + COVERED_MILLIS;

/** Whether a settled day is settled for good, as long as no mark stands beside it. */
export const isFinal = ({ day, beganAt }: SettledHead): boolean => coversDay(day, beganAt);

/** A day's states from its slots. LATEST meters keep each slot's last value as a point. */
export const dayStates = (slots: readonly SlotState[], meters: LatestMeters): StateMap => {
  const gathered = gatherStates();
  for (const { states } of slots) {
    for (const [key, state] of Object.entries(states)) {
      const parts = parseStateKey(key);
      const keepsSlots =
        parts !== undefined && state.class === 'scalar' && meters.isLatest(parts.meter, parts.meterVersion);
      gathered.add(key, keepsSlots ? { class: 'points', points: [state.latest] } : state);
    }
  }
  return gathered.states();
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

/** A day as settled from its slots, those before `coveredTo` only. */
export const settledDayOf = (
  { subject, day, beganAt }: Pick<SettledHead, 'subject' | 'day' | 'beganAt'>,
  revision: number,
  slots: readonly SlotState[],
  meters: LatestMeters,
): SettledDay => {
  const versions: SettledHead['versions'] = Object.assign({}, ...slots.map(versionsOf));
  return {
    format: formatOf(versions),
    subject,
    day,
    revision,
    beganAt,
    versions,
    accepted: slots.reduce((total, { accepted }) => total + accepted, 0),
    late: slots.reduce((total, { late }) => total + late, 0),
    states: dayStates(slots, meters),
  };
};

/**
 * Settles one day of a subject, as far as it is covered by then, in this order, so that what it saw can only be newer than
 * what it replaces:
 * 1. `seen`: the item and its mark as they are (read by the caller, or again after a lost race);
 * 2. the day's appends, strongly, and of backfills among them how they stand;
 * 3. write under the item's own revision, if anything is new;
 * 4. clear the mark: only if it was there before 2, is unchanged, and is older than any writer that relies on it.
 * @throws if another settle was first too often.
 */
export const settleDay = async (
  ports: SettlePorts,
  meters: LatestMeters,
  subject: string,
  day: string,
  seen: { readonly beganAt: string; readonly head: SettledHead | undefined; readonly mark: DirtyMark | undefined },
): Promise<SettleResult> => {
  let { beganAt, head } = seen;
  // What one try found stays so for the next: the settle that was first may be this very one, whose answer was lost.
  let [isNew, isFinished] = [false, false];
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const read = await ports.ledger.day(subject, day);
    const end = coveredTo(day, beganAt);
    const slots = (await effectiveSlots([read], ports.overlays)).filter(({ start }) => start < end);
    const next = settledDayOf({ subject, day, beganAt }, (head?.revision ?? 0) + 1, slots, meters);
    const changed = head === undefined ? slots.length > 0 : !sameVersions(head.versions, next.versions);
    // Nothing new, but it is worth knowing that nothing was new so late.
    const finished = coversDay(day, beganAt) && (head === undefined || !isFinal(head));
    isNew ||= changed;
    isFinished ||= finished;
    const isWritten = !(changed || finished) || (await ports.settled.put(next));
    if (isWritten) {
      const { states: _, ...itsHead } = next;
      const written = changed || finished ? itsHead : head;
      const cleared = await clearMark(ports, seen, beganAt);
      return { head: written, changed: isNew, finished: isFinished, cleared };
    }
    beganAt = ports.clock.now();
    head = await headOf(ports.settled, subject, day);
  }
  throw new Error(`other settles of ${subject} ${day} were first ${MAX_TRIES} times in a row`);
};

const clearMark = async (
  { marks }: SettlePorts,
  { mark }: { readonly mark: DirtyMark | undefined },
  beganAt: string,
): Promise<boolean> => {
  if (mark === undefined || Date.parse(mark.at) + MARK_CLEARABLE_MILLIS > Date.parse(beganAt)) return false;
  // Nothing of a day to come is covered, and nobody would look there without its mark.
  if (mark.day > utcDay(beganAt)) return false;
  return marks.clear(mark);
};
