import { mapBounded } from '../../platform/bounded.ts';
import { chainsOf, foldChain, type SlotState } from '../ledger/chain.ts';
import type { DirtyMark } from '../ledger/dirty-marks.ts';
import { type LedgerPorts, versionsOf } from '../ledger/effective-slots.ts';
import { sealQuiet } from '../ledger/sealed-slots.ts';
import { laterOf, SLOT_MILLIS } from '../ledger/slot.ts';
import { gatherStates, type StateMap } from '../ledger/state.ts';
import type { KeyState } from '../types.ts';
import { coveredTo, dayStates, type LatestMeters } from './settled-day.ts';
import type { SettledDay, SettledHead } from './settled-item.ts';
import { movesSince, type SlotMoves } from './slot-moves.ts';

/** What came to a settled day: by how much settled slots moved, and slots that have come to be covered since. */
export type OnTop = { readonly moves: readonly SlotMoves[]; readonly slots: readonly SlotState[] };

/** Slots of a day that are looked at at a time. */
const SLOTS_AT_A_TIME = 8;

/** Marked slots that a settled day already tells of. */
const settledSlots = ({ day, beganAt }: SettledHead, { slots = {} }: Pick<DirtyMark, 'slots'>): string[] => {
  const covered = coveredTo(day, beganAt);
  return Object.keys(slots)
    .filter((start) => start < covered)
    .sort();
};

/**
 * Whether what came to a settled day can be told from the slots that a mark names: not if the mark is of the whole day, and
 * not where backfills count.
 */
const canGoOn = ({ format }: SettledHead, mark: Pick<DirtyMark, 'slots'> | undefined): boolean =>
  mark === undefined || (format === 1 && mark.slots !== undefined);

/**
 * By how much the slots that a mark names moved since they were settled; `undefined`: it cannot be told from them alone.
 * @param seals whether what is read of heavy slots may be sealed
 */
export const readMoves = async (
  { ledger, sealed }: Pick<LedgerPorts, 'ledger' | 'sealed'>,
  head: SettledHead,
  mark: DirtyMark | undefined,
  seals: boolean,
): Promise<readonly SlotMoves[] | undefined> => {
  if (!canGoOn(head, mark)) return undefined;
  const { subject } = head;
  const starts = mark === undefined ? [] : settledSlots(head, mark);
  const [first, last] = [starts[0], starts.at(-1)];
  if (first === undefined || last === undefined) return [];
  const to = new Date(Date.parse(last) + SLOT_MILLIS).toISOString();
  const known = new Map((await sealed?.of(subject, { from: first, to }))?.map((seal) => [seal.start, seal]));
  const moves = await mapBounded(starts, SLOTS_AT_A_TIME, (start) =>
    movesSince(
      { ledger, sealed },
      { slot: { subject, start }, known: head.versions[start] ?? 0, seal: known.get(start), seals },
    ),
  );
  return moves.includes('restated') ? undefined : moves.flatMap((each) => (each === 'restated' ? [] : (each ?? [])));
};

/**
 * What came to a settled day until a settle began: what its mark names, and the slots covered since, sealed if they are
 * heavy. `undefined`: the day must be read as a whole.
 */
export const readOnTop = async (
  ports: Pick<LedgerPorts, 'ledger' | 'sealed'>,
  head: SettledHead,
  mark: DirtyMark | undefined,
  beganAt: string,
): Promise<OnTop | undefined> => {
  const { subject, day } = head;
  const moves = await readMoves(ports, head, mark, true);
  if (moves === undefined) return undefined;
  const [from, to] = [coveredTo(day, head.beganAt), coveredTo(day, beganAt)];
  if (from >= to) return { moves, slots: [] };
  const { appends, overlays } = await ports.ledger.day(subject, day, { from, to });
  if (overlays.length > 0) return undefined;
  await sealQuiet(ports.sealed, appends);
  return { moves, slots: chainsOf(appends).map(foldChain) };
};

/** Whether anything came. */
export const isSomething = ({ moves, slots }: OnTop): boolean => moves.length + slots.length > 0;

/** States of a settled day without the last values, one per slot, that others have taken the place of. */
export const withoutReplaced = (states: StateMap, moves: readonly SlotMoves[]): StateMap => {
  const changed = moves.flatMap(({ replaced }) => [...replaced]).filter(([key]) => states[key]?.class === 'points');
  if (changed.length === 0) return states;
  const gone = Map.groupBy(changed, ([key]) => key);
  const left = Object.entries(states).flatMap(([key, state]): [string, KeyState][] => {
    if (state.class !== 'points') return [[key, state]];
    const out = new Set(gone.get(key)?.map(([, { time, idHash }]) => `${time}#${idHash}`));
    const points = state.points.filter(({ time, idHash }) => !out.has(`${time}#${idHash}`));
    return points.length === 0 ? [] : [[key, { ...state, points }]];
  });
  return Object.fromEntries(left);
};

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);

/** A settled day with what came to it: as if all of it were settled anew now, by a settle that began then. */
export const settledWith = (
  item: SettledDay,
  { moves, slots }: OnTop,
  beganAt: string,
  meters: LatestMeters,
): SettledDay => {
  const gathered = gatherStates();
  const take = (states: StateMap): void => {
    for (const [key, state] of Object.entries(states)) gathered.add(key, state);
  };
  take(withoutReplaced(item.states, moves));
  // A last value is kept per slot, as for any slot of the day.
  take(dayStates(moves, meters));
  take(dayStates(slots, meters));
  const versions = {
    ...item.versions,
    ...Object.fromEntries(moves.map(({ start, version }) => [start, version])),
    ...(Object.assign({}, ...slots.map(versionsOf)) as SettledHead['versions']),
  };
  return {
    ...item,
    revision: item.revision + 1,
    // Clocks differ: what was covered stays so.
    beganAt: laterOf(item.beganAt, beganAt),
    versions: Object.fromEntries(Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1))),
    accepted: item.accepted + sum(moves, ({ accepted }) => accepted) + sum(slots, ({ accepted }) => accepted),
    late: item.late + sum(moves, ({ late }) => late) + sum(slots, ({ late }) => late),
    states: gathered.states(),
  };
};
