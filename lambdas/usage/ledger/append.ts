import type { Append, CanonicalUsage, Slot, StateKey, Tombstone } from '../types.ts';
import { appendHash, FIRST_HASH } from './chain.ts';
import { rememberIds } from './ids-text.ts';
import { isCapped, stateBuilder } from './key-states.ts';
import { appendBytes } from './ledger-item.ts';
import type { MeterIndex } from './meter-states.ts';
import type { Seal } from './seal.ts';
import { isSameSlot, laterOf } from './slot.ts';
import type { ScalarState, StateMap } from './state.ts';

/** What a chain knows of corrections. */
type Corrections = {
  /** Id hashes that are cancelled for ever, whether they came or not. */
  readonly tombstones: Set<string>;
  /** Ids of lines that are no usage of the slot. */
  readonly alone: Set<string>;
};

/** What a writer knows of a slot's chain: the ids, the running scalars, the values already in sets. */
export type ChainView = {
  version: number;
  hash: string;
  newestTime: string;
  /** Id hash → body hash. Of what is sealed only those that were asked for (`sealed-view.ts`). */
  readonly ids: Map<string, string>;
  readonly scalars: Map<StateKey, ScalarState>;
  readonly sets: Map<StateKey, Set<string>>;
  /** Keys that count for the cap. */
  readonly keys: Set<StateKey>;
  /** Absent while nothing was ever cancelled. */
  corrections?: Corrections;
  /** Where the ids up to a version lie; absent: all are in `ids`. */
  readonly sealed?: Seal;
};

/** A slot that nothing was appended to. */
export const emptyView = (): ChainView => ({
  version: 0,
  hash: FIRST_HASH,
  newestTime: '',
  ids: new Map(),
  scalars: new Map(),
  sets: new Map(),
  keys: new Set(),
});

const takeTombstones = (view: ChainView, { ids, cancels }: Append): void => {
  if (cancels === undefined) return;
  view.corrections ??= { tombstones: new Set(), alone: new Set() };
  for (const { idHash, line, alone } of cancels) {
    view.corrections.tombstones.add(idHash);
    if (alone) view.corrections.alone.add(ids[line]?.idHash ?? '');
  }
};

/** Takes an append, known to be in the ledger, into the view. Only the next version is taken; others are refused. */
export const applyAppend = (view: ChainView, append: Append): void => {
  applyStates(view, append);
  rememberIds(view.ids, append.ids);
};

/** The same for a view that is not asked for ids: of many, unpacking them is most of the work. */
export const applyStates = (view: ChainView, append: Append): void => {
  if (append.version !== view.version + 1) {
    throw new RangeError(`append ${append.version} does not follow version ${view.version}`);
  }
  view.version = append.version;
  view.hash = append.hash;
  view.newestTime = append.newestTime;
  takeTombstones(view, append);
  if (append.full) {
    view.scalars.clear();
    view.sets.clear();
    view.keys.clear();
  }
  for (const [key, state] of Object.entries(append.states)) {
    if (isCapped(key)) view.keys.add(key);
    if (state.class === 'scalar') view.scalars.set(key, state);
    if (state.class === 'set') {
      const known = view.sets.get(key);
      if (known === undefined) view.sets.set(key, new Set(state.values));
      else for (const value of state.values) known.add(value);
    }
  }
};

/** What becomes of an event at its own chain. */
export type Verdict = 'new' | 'duplicate' | 'conflict';

/**
 * Judges events of one slot, in their order, against what is known and against each other: a known id with the same
 * body is a duplicate, with another body a conflict (the first stands). Whether an id is cancelled changes nothing here.
 */
export const judge = (view: ChainView, events: readonly CanonicalUsage[]): Verdict[] => {
  const seen = new Map<string, string>();
  return events.map(({ idHash, bodyHash }) => {
    const known = view.ids.get(idHash) ?? seen.get(idHash);
    if (known !== undefined) return known === bodyHash ? 'duplicate' : 'conflict';
    seen.set(idHash, bodyHash);
    return 'new';
  });
};

/** The id that a line cancels in a slot, if it cancels one there. */
export const cancelledIn = (slot: Slot, { cancels }: CanonicalUsage): string | undefined =>
  cancels !== undefined && isSameSlot(cancels.slot, slot) ? cancels.idHash : undefined;

/** Whether a line is no usage of a slot: a cancellation, or a replacement that lies in another slot. */
const isAlone = (slot: Slot, line: CanonicalUsage): boolean =>
  line.kind === 'cancellation' || !isSameSlot(line.slot, slot);

/** Whether a chain counts an event: it is there, is usage, and was not cancelled. */
const counts = ({ ids, corrections }: ChainView, idHash: string): boolean =>
  ids.has(idHash) &&
  (corrections === undefined || !(corrections.tombstones.has(idHash) || corrections.alone.has(idHash)));

/** Whether new lines cancel something that the chain counts: then its states must be stated anew. */
export const mustRestate = (view: ChainView, slot: Slot, fresh: readonly CanonicalUsage[]): boolean =>
  fresh.some((line) => {
    const cancelled = cancelledIn(slot, line);
    return cancelled !== undefined && counts(view, cancelled);
  });

/** No append is larger, by construction (an item's hard limit is 400 KB). */
export const MAX_APPEND_BYTES = 100_000;
/** No append tells of more events, so that a try at its size stays cheap. */
const MAX_EVENTS = 2_000;

/** In order of time, ties by id; what cancels goes first, so that what it cancels is never counted before. */
const ordered = (slot: Slot, lines: readonly CanonicalUsage[]): CanonicalUsage[] => {
  const rank = (line: CanonicalUsage): number => (cancelledIn(slot, line) === undefined ? 1 : 0);
  return [...lines].sort((a, b) => {
    if (a.cancels !== undefined || b.cancels !== undefined) {
      const [first, second] = [rank(a), rank(b)];
      if (first !== second) return first - second;
    }
    if (a.event.time !== b.event.time) return a.event.time < b.event.time ? -1 : 1;
    return a.idHash < b.idHash ? -1 : 1;
  });
};

const tombstonesOf = (slot: Slot, lines: readonly CanonicalUsage[]): Tombstone[] =>
  lines.flatMap((line, n) => {
    const idHash = cancelledIn(slot, line);
    return idHash === undefined ? [] : [{ idHash, line: n, alone: isAlone(slot, line) }];
  });

/** The lines of an append that count: usage of the slot that is not cancelled, by the chain or by the append itself. */
const counting = (
  view: ChainView,
  slot: Slot,
  lines: readonly CanonicalUsage[],
  tombstones: readonly Tombstone[],
): readonly CanonicalUsage[] => {
  if (tombstones.length === 0 && view.corrections === undefined) return lines;
  const own = new Set(tombstones.map(({ idHash }) => idHash));
  return lines.filter(
    (line) => !isAlone(slot, line) && !own.has(line.idHash) && !view.corrections?.tombstones.has(line.idHash),
  );
};

const newestOf = (view: ChainView, slot: Slot, usage: readonly CanonicalUsage[]): string => {
  const before = view.newestTime === '' ? slot.start : view.newestTime;
  return usage.reduce((newest, { event }) => laterOf(newest, event.time), before);
};

const statesAfter = (view: ChainView, events: readonly CanonicalUsage[], meters: MeterIndex): StateMap => {
  const builder = stateBuilder(meters, view);
  for (const event of events) builder.add(event);
  return builder.states();
};

/** What the lines of an append do to the states: `restated` states are the whole truth, with all of them in it. */
type NewStates = { readonly meters: MeterIndex } | { readonly restated: StateMap };

const appendOf = (
  view: ChainView,
  slot: Slot,
  lines: readonly CanonicalUsage[],
  states: NewStates,
  appendedAt: string,
): Append => {
  const stamp = lines.find((line) => line.stamp !== undefined)?.stamp;
  const cancels = tombstonesOf(slot, lines);
  const usage = cancels.length === 0 ? lines : lines.filter((line) => !isAlone(slot, line));
  const full = 'restated' in states;
  const said: Omit<Append, 'hash'> = {
    format: cancels.length > 0 || full || slot.overlay !== undefined ? 2 : 1,
    slot,
    version: view.version + 1,
    ids: lines.map(({ idHash, bodyHash }) => ({ idHash, bodyHash })),
    ...(cancels.length === 0 ? {} : { cancels }),
    states: full ? states.restated : statesAfter(view, counting(view, slot, lines, cancels), states.meters),
    pointers: lines.map(({ pointer }) => pointer),
    late: usage.filter(({ late }) => late).length,
    newestTime: newestOf(view, slot, usage),
    ...(stamp === undefined ? {} : { stamp }),
    appendedAt,
    full,
    previousHash: view.hash,
  };
  return { ...said, hash: appendHash(said) };
};

/** An append ready to be put, its size, and the lines that did not fit into it: for the append after it. */
export type NextAppend = { readonly append: Append; readonly bytes: number; readonly rest: readonly CanonicalUsage[] };

/**
 * The next append of a slot for lines that were judged `new` and cancel nothing that the chain counts (`mustRestate`), and
 * what did not fit into it (`rest`: for the append after that, once this one is known to be written). `pointers[n]` is the
 * archive line of `ids[n]`.
 */
export const nextAppend = (
  view: ChainView,
  slot: Slot,
  accepted: readonly CanonicalUsage[],
  meters: MeterIndex,
  appendedAt: string,
): NextAppend => {
  const lines = ordered(slot, accepted);
  for (let take = Math.min(lines.length, MAX_EVENTS); ; take = Math.floor(take / 2)) {
    const append = appendOf(view, slot, lines.slice(0, take), { meters }, appendedAt);
    const bytes = appendBytes(append);
    if (bytes <= MAX_APPEND_BYTES || take === 1) return { append, bytes, rest: lines.slice(take) };
  }
};

/** Lines of one restating append: with their tombstones and pointers they are far below the largest item. */
const MAX_RESTATING_LINES = 500;

/** The lines that a restating append takes, those that cancel first; which of them count, and what they cancel. */
export const restatingLines = (
  view: ChainView,
  slot: Slot,
  fresh: readonly CanonicalUsage[],
): {
  readonly lines: readonly CanonicalUsage[];
  readonly counting: readonly CanonicalUsage[];
  readonly cancelled: ReadonlySet<string>;
} => {
  const lines = ordered(slot, fresh).slice(0, MAX_RESTATING_LINES);
  const tombstones = tombstonesOf(slot, lines);
  return {
    lines,
    counting: counting(view, slot, lines, tombstones),
    cancelled: new Set(tombstones.map(({ idHash }) => idHash)),
  };
};

/** The restating append of a slot: new lines, if any, and the states of the whole chain with them. */
export const restatingAppend = (
  view: ChainView,
  slot: Slot,
  lines: readonly CanonicalUsage[],
  states: StateMap,
  appendedAt: string,
): Append => appendOf(view, slot, lines, { restated: states }, appendedAt);
