import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Append, CanonicalUsage, KeyState, Slot, StateKey } from '../types.ts';
import { appendHash, FIRST_HASH } from './chain.ts';
import { appendBytes } from './ledger-item.ts';
import type { Contribution, MeterIndex } from './meter-states.ts';
import { laterOf } from './slot.ts';
import { addScalars, comparePoints, OVERFLOW, parseStateKey, type ScalarState } from './state.ts';

/** What a writer knows of a slot's chain: the ids, the running scalars, the values already in sets. */
export type ChainView = {
  version: number;
  hash: string;
  newestTime: string;
  /** Id hash → body hash. */
  readonly ids: Map<string, string>;
  readonly scalars: Map<StateKey, ScalarState>;
  readonly sets: Map<StateKey, Set<string>>;
  readonly keys: Set<StateKey>;
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

/** Takes an append, known to be in the ledger, into the view. Only the next version is taken; others are refused. */
export const applyAppend = (view: ChainView, append: Append): void => {
  if (append.version !== view.version + 1) {
    throw new RangeError(`append ${append.version} does not follow version ${view.version}`);
  }
  view.version = append.version;
  view.hash = append.hash;
  view.newestTime = append.newestTime;
  for (const { idHash, bodyHash } of append.ids) view.ids.set(idHash, bodyHash);
  if (append.full) {
    view.scalars.clear();
    view.sets.clear();
    view.keys.clear();
  }
  for (const [key, state] of Object.entries(append.states)) {
    view.keys.add(key);
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
 * body is a duplicate, with another body a conflict (the first stands).
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

/** No append is larger, by construction (an item's hard limit is 400 KB). */
export const MAX_APPEND_BYTES = 100_000;
/** No append tells of more events, so that a try at its size stays cheap. */
const MAX_EVENTS = 2_000;
/** A slot has at most so many distinct keys; further ones are recorded under `OVERFLOW`. */
export const MAX_KEYS = 256;

const overflowing = (key: StateKey, idHash: string): Contribution => {
  const parts = parseStateKey(key);
  const value = canonicalJson([parts?.meter ?? key, parts?.meterVersion ?? 0, idHash]);
  return { key: OVERFLOW, state: { class: 'set', values: [value] } };
};

/** The states an append holds: running scalars, and of sets and points only what is new. */
const statesAfter = (
  view: ChainView,
  events: readonly CanonicalUsage[],
  meters: MeterIndex,
): Record<StateKey, KeyState> => {
  const scalars = new Map<StateKey, ScalarState>();
  const sets = new Map<StateKey, Set<string>>();
  const points = new Map<StateKey, Extract<KeyState, { class: 'points' }>['points'][number][]>();
  const fresh = new Set<StateKey>();

  const take = ({ key, state }: Contribution): void => {
    if (state.class === 'scalar') {
      const running = scalars.get(key) ?? view.scalars.get(key);
      scalars.set(key, running === undefined ? state : addScalars(running, state));
    } else if (state.class === 'set') {
      const values = sets.get(key) ?? new Set();
      for (const value of state.values) if (!view.sets.get(key)?.has(value)) values.add(value);
      if (values.size > 0) sets.set(key, values);
    } else {
      points.set(key, [...(points.get(key) ?? []), ...state.points]);
    }
  };
  for (const event of events) {
    for (const contribution of meters.contributions(event)) {
      const { key } = contribution;
      const known = view.keys.has(key) || fresh.has(key) || parseStateKey(key) === undefined;
      if (!known && view.keys.size + fresh.size >= MAX_KEYS) take(overflowing(key, event.idHash));
      else {
        if (!known) fresh.add(key);
        take(contribution);
      }
    }
  }
  const states: [StateKey, KeyState][] = [
    ...scalars,
    ...[...sets].map(([key, values]): [StateKey, KeyState] => [key, { class: 'set', values: [...values].sort() }]),
    ...[...points].map(([key, all]): [StateKey, KeyState] => [
      key,
      { class: 'points', points: all.sort(comparePoints) },
    ]),
  ];
  return Object.fromEntries(states.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const inOrder = (a: CanonicalUsage, b: CanonicalUsage): number => {
  if (a.event.time !== b.event.time) return a.event.time < b.event.time ? -1 : 1;
  return a.idHash < b.idHash ? -1 : 1;
};

const appendOf = (
  view: ChainView,
  slot: Slot,
  events: readonly CanonicalUsage[],
  meters: MeterIndex,
  appendedAt: string,
): Append => {
  const stamp = events.find((event) => event.stamp !== undefined)?.stamp;
  const said: Omit<Append, 'hash'> = {
    format: 1,
    slot,
    version: view.version + 1,
    ids: events.map(({ idHash, bodyHash }) => ({ idHash, bodyHash })),
    states: statesAfter(view, events, meters),
    pointers: events.map(({ pointer }) => pointer),
    late: events.filter(({ late }) => late).length,
    newestTime: laterOf(view.newestTime, events.at(-1)?.event.time ?? ''),
    ...(stamp === undefined ? {} : { stamp }),
    appendedAt,
    full: false,
    previousHash: view.hash,
  };
  return { ...said, hash: appendHash(said) };
};

/**
 * The next append of a slot for events that were judged `new`, and what did not fit into it (`rest`: for the append
 * after that, once this one is known to be written). `pointers[n]` is the archive line of `ids[n]`.
 */
export const nextAppend = (
  view: ChainView,
  slot: Slot,
  accepted: readonly CanonicalUsage[],
  meters: MeterIndex,
  appendedAt: string,
): { readonly append: Append; readonly bytes: number; readonly rest: readonly CanonicalUsage[] } => {
  const ordered = [...accepted].sort(inOrder);
  for (let take = Math.min(ordered.length, MAX_EVENTS); ; take = Math.floor(take / 2)) {
    const append = appendOf(view, slot, ordered.slice(0, take), meters, appendedAt);
    const bytes = appendBytes(append);
    if (bytes <= MAX_APPEND_BYTES || take === 1) return { append, bytes, rest: ordered.slice(take) };
  }
};
