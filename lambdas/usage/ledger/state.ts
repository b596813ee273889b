import type { Aggregation } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { add, compare, type Decimal, formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import type { KeyState, Point, StateKey } from '../types.ts';

/** States by key. */
export type StateMap = Readonly<Record<StateKey, KeyState>>;
export type ScalarState = Extract<KeyState, { class: 'scalar' }>;

/**
 * The key under which an event is recorded that could not be counted under its own: too many distinct keys, a key too
 * long, a value that is no number. Its set holds canonical JSON of `[meter, meterVersion, idHash]`.
 */
export const OVERFLOW = 'overflow';
/** The key of events that no meter measured at their time. Its set holds the event types. */
export const UNMETERED = 'unmetered';

/** The text of a state key: canonical JSON of `[meter, meterVersion, dimensions]`. */
export const stateKey = (meter: string, version: number, dimensions: Readonly<Record<string, string>>): StateKey =>
  canonicalJson([meter, version, dimensions]);

/** What a state key says; `undefined` for `OVERFLOW` and `UNMETERED`. */
export const parseStateKey = (
  key: StateKey,
):
  | { readonly meter: string; readonly meterVersion: number; readonly dimensions: Readonly<Record<string, string>> }
  | undefined => {
  if (key === OVERFLOW || key === UNMETERED) return undefined;
  const [meter, meterVersion, dimensions] = JSON.parse(key) as [string, number, Record<string, string>];
  return { meter, meterVersion, dimensions };
};

/** Which class of state an aggregation needs. */
export const classOf = (aggregation: Aggregation): KeyState['class'] =>
  aggregation === 'UNIQUE_COUNT' ? 'set' : aggregation === 'TIME_WEIGHTED' ? 'points' : 'scalar';

/** Order of points: by time, ties by id hash, so that the order of arrival never matters. */
export const comparePoints = (a: Point, b: Point): number => {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.idHash === b.idHash ? 0 : a.idHash < b.idHash ? -1 : 1;
};

/** The later of two points. */
export const laterPoint = (a: Point, b: Point): Point => (comparePoints(a, b) >= 0 ? a : b);

const smaller = (a: string, b: string): string => (compare(parseDecimal(a), parseDecimal(b)) <= 0 ? a : b);
const larger = (a: string, b: string): string => (compare(parseDecimal(a), parseDecimal(b)) >= 0 ? a : b);

/** Adds up two scalars over *different* events. Commutative and associative. */
export const addScalars = (a: ScalarState, b: ScalarState): ScalarState => ({
  class: 'scalar',
  count: a.count + b.count,
  sum: formatDecimal(add(parseDecimal(a.sum), parseDecimal(b.sum))),
  min: smaller(a.min, b.min),
  max: larger(a.max, b.max),
  latest: laterPoint(a.latest, b.latest),
});

type Gathered =
  | {
      readonly class: 'scalar';
      count: number;
      sum: Decimal;
      min: Decimal;
      max: Decimal;
      latest: Point;
    }
  | { readonly class: 'set'; readonly values: Set<string> }
  | { readonly class: 'points'; readonly points: Map<string, Point> };

const pointText = (point: Point): string => `${point.time}#${point.idHash}`;

const gatheredOf = (state: KeyState): Gathered => {
  switch (state.class) {
    case 'scalar':
      return {
        class: 'scalar',
        count: state.count,
        sum: parseDecimal(state.sum),
        min: parseDecimal(state.min),
        max: parseDecimal(state.max),
        latest: state.latest,
      };
    case 'set':
      return { class: 'set', values: new Set(state.values) };
    case 'points':
      return { class: 'points', points: new Map(state.points.map((point) => [pointText(point), point])) };
  }
};

const gather = (into: Gathered, state: KeyState): void => {
  if (into.class === 'scalar' && state.class === 'scalar') {
    const [min, max] = [parseDecimal(state.min), parseDecimal(state.max)];
    into.count += state.count;
    into.sum = add(into.sum, parseDecimal(state.sum));
    if (compare(min, into.min) < 0) into.min = min;
    if (compare(max, into.max) > 0) into.max = max;
    into.latest = laterPoint(into.latest, state.latest);
  } else if (into.class === 'set' && state.class === 'set') {
    for (const value of state.values) into.values.add(value);
  } else if (into.class === 'points' && state.class === 'points') {
    for (const point of state.points) into.points.set(pointText(point), point);
  } else {
    throw new TypeError(`a ${state.class} state cannot be added to a ${into.class} state of the same key`);
  }
};

const stateOf = (gathered: Gathered): KeyState => {
  switch (gathered.class) {
    case 'scalar':
      return {
        ...gathered,
        sum: formatDecimal(gathered.sum),
        min: formatDecimal(gathered.min),
        max: formatDecimal(gathered.max),
      };
    case 'set':
      return { class: 'set', values: [...gathered.values].sort() };
    case 'points':
      return { class: 'points', points: [...gathered.points.values()].sort(comparePoints) };
  }
};

/**
 * Adds up states over different events: scalars add, sets and points unite. Any order of `add` gives the same `states`.
 * @throws {TypeError} if one key comes with two classes.
 */
export const gatherStates = (): { add(key: StateKey, state: KeyState): void; states(): StateMap } => {
  const all = new Map<StateKey, Gathered>();
  return {
    add: (key, state) => {
      const known = all.get(key);
      if (known === undefined) all.set(key, gatheredOf(state));
      else gather(known, state);
    },
    states: () =>
      Object.fromEntries(
        [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, gathered]) => [key, stateOf(gathered)]),
      ),
  };
};
