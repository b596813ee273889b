import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import type { SlotState } from '../ledger/chain.ts';
import { versionsOf } from '../ledger/effective-slots.ts';
import { intervalOfDay, OPEN_MILLIS, SLOT_MILLIS } from '../ledger/slot.ts';
import { gatherStates, parseStateKey, type StateMap } from '../ledger/state.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS } from '../ledger/writer-memory.ts';
import { formatOf, type SettledDay, type SettledHead } from './settled-item.ts';

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
export const dayStates = (slots: readonly Pick<SlotState, 'states'>[], meters: LatestMeters): StateMap => {
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
