import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Point, StateKey } from '../types.ts';
import type { MeasuredEvent, MeterIndex } from './meter-states.ts';
import {
  type Contribution,
  gatherStates,
  OVERFLOW,
  parseStateKey,
  type ScalarState,
  type StateMap,
  UNMETERED,
} from './state.ts';

/** A slot has at most so many distinct keys; further ones are recorded under `OVERFLOW`. */
export const MAX_KEYS = 256;

/** What is known of a chain's states before its next events. */
export type KnownStates = {
  readonly scalars: ReadonlyMap<StateKey, ScalarState>;
  readonly sets: ReadonlyMap<StateKey, ReadonlySet<string>>;
  /** The keys that count for the cap: all but `OVERFLOW` and `UNMETERED`. */
  readonly keys: ReadonlySet<StateKey>;
};

const NOTHING: KnownStates = { scalars: new Map(), sets: new Map(), keys: new Set() };

/** Whether a key is one of those that the cap is about. */
export const isCapped = (key: StateKey): boolean => key !== OVERFLOW && key !== UNMETERED;

const overflowing = (key: StateKey, idHash: string): Contribution => {
  const parts = parseStateKey(key);
  return { key: OVERFLOW, class: 'set', value: canonicalJson([parts?.meter ?? key, parts?.meterVersion ?? 0, idHash]) };
};

/** Takes events that count, one after another, and tells what they do to the states of their slot. */
export type StateBuilder = { add(event: MeasuredEvent): void; states(): StateMap };

/**
 * What events do to the states of their slot beyond what is known of it: running scalars, and of sets and points only what
 * is new. Which keys the cap leaves out is decided by the order of the events, so the same chain always gives the same
 * states. Nothing known: the states of the whole chain.
 */
export const stateBuilder = (meters: MeterIndex, known: KnownStates = NOTHING): StateBuilder => {
  const gathered = gatherStates();
  const fresh = new Set<StateKey>();
  const touched = new Set<StateKey>();

  const take = (contribution: Contribution, instant: Pick<Point, 'time' | 'idHash'>): void => {
    const { key } = contribution;
    if (contribution.class === 'set' && known.sets.get(key)?.has(contribution.value)) return;
    if (contribution.class === 'scalar' && !touched.has(key)) {
      touched.add(key);
      const running = known.scalars.get(key);
      if (running !== undefined) gathered.add(key, running);
    }
    gathered.addValue(contribution, instant);
  };
  return {
    add: (event) => {
      const instant = { time: event.event.time, idHash: event.idHash };
      for (const contribution of meters.contributions(event)) {
        const { key } = contribution;
        const isKnown = !isCapped(key) || known.keys.has(key) || fresh.has(key);
        if (!isKnown && known.keys.size + fresh.size >= MAX_KEYS) take(overflowing(key, event.idHash), instant);
        else {
          if (!isKnown) fresh.add(key);
          take(contribution, instant);
        }
      }
    },
    states: gathered.states,
  };
};
