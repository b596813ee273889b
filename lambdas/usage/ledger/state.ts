import type { Aggregation } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { add, compare, type Decimal, formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import type { KeyState, Point, StateKey } from '../types.ts';

/** States by key. */
export type StateMap = Readonly<Record<StateKey, KeyState>>;
export type ScalarState = Extract<KeyState, { class: 'scalar' }>;

/** What one event adds to one state key: a value at its time, or a member of a set. */
export type Contribution = { readonly key: StateKey } & (
  | { readonly class: 'scalar' | 'points'; readonly value: Decimal }
  | { readonly class: 'set'; readonly value: string }
);

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

/** What orders points. */
type Instant = Pick<Point, 'time' | 'idHash'>;

/** Order of points: by time, ties by id hash, so that the order of arrival never matters. */
export const comparePoints = (a: Instant, b: Instant): number => {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.idHash === b.idHash ? 0 : a.idHash < b.idHash ? -1 : 1;
};

/** The later of two points. */
export const laterPoint = <P extends Instant>(a: P, b: P): P => (comparePoints(a, b) >= 0 ? a : b);

/** A point whose value may not be text yet: most points are overtaken before they need to be. */
type Latest = Instant & { readonly value: string | Decimal };
type Scalar = { readonly class: 'scalar'; count: number; sum: Decimal; min: Decimal; max: Decimal; latest: Latest };
type Gathered =
  | Scalar
  | { readonly class: 'set'; readonly values: Set<string> }
  | { readonly class: 'points'; readonly points: Map<string, Point> };

const pointText = (point: Instant): string => `${point.time}#${point.idHash}`;

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

/** What one event says, gathered. */
const firstOf = (contribution: Contribution, event: Instant): Gathered => {
  if (contribution.class === 'set') return { class: 'set', values: new Set([contribution.value]) };
  const { value } = contribution;
  if (contribution.class === 'points') return { class: 'points', points: new Map([pointOf(value, event)]) };
  return { class: 'scalar', count: 1, sum: value, min: value, max: value, latest: { ...event, value } };
};

const pointOf = (value: Decimal, { time, idHash }: Instant): [string, Point] => {
  const point = { time, value: formatDecimal(value), idHash };
  return [pointText(point), point];
};

const mixed = (key: StateKey): TypeError => new TypeError(`the states of the key ${key} are of two classes`);

const gather = (into: Gathered, key: StateKey, state: KeyState): void => {
  if (into.class === 'scalar' && state.class === 'scalar') {
    const min = parseDecimal(state.min);
    const max = parseDecimal(state.max);
    into.count += state.count;
    into.sum = add(into.sum, parseDecimal(state.sum));
    if (compare(min, into.min) < 0) into.min = min;
    if (compare(max, into.max) > 0) into.max = max;
    into.latest = laterPoint<Latest>(into.latest, state.latest);
  } else if (into.class === 'set' && state.class === 'set') {
    for (const value of state.values) into.values.add(value);
  } else if (into.class === 'points' && state.class === 'points') {
    for (const point of state.points) into.points.set(pointText(point), point);
  } else throw mixed(key);
};

const gatherValue = (into: Gathered, contribution: Contribution, event: Instant): void => {
  if (into.class === 'scalar' && contribution.class === 'scalar') {
    const { value } = contribution;
    into.count += 1;
    into.sum = add(into.sum, value);
    if (compare(value, into.min) < 0) into.min = value;
    if (compare(value, into.max) > 0) into.max = value;
    if (comparePoints(into.latest, event) < 0) into.latest = { time: event.time, idHash: event.idHash, value };
  } else if (into.class === 'set' && contribution.class === 'set') {
    into.values.add(contribution.value);
  } else if (into.class === 'points' && contribution.class === 'points') {
    into.points.set(...pointOf(contribution.value, event));
  } else throw mixed(contribution.key);
};

const latestOf = ({ time, idHash, value }: Latest): Point => ({
  time,
  value: typeof value === 'string' ? value : formatDecimal(value),
  idHash,
});

const stateOf = (gathered: Gathered): KeyState => {
  switch (gathered.class) {
    case 'scalar':
      return {
        class: 'scalar',
        count: gathered.count,
        sum: formatDecimal(gathered.sum),
        min: formatDecimal(gathered.min),
        max: formatDecimal(gathered.max),
        latest: latestOf(gathered.latest),
      };
    case 'set':
      return { class: 'set', values: [...gathered.values].sort() };
    case 'points':
      return { class: 'points', points: [...gathered.points.values()].sort(comparePoints) };
  }
};

/** Adds up states over different events. */
export type GatheredStates = {
  /** Takes a state. @throws {TypeError} if its key came with another class. */
  add(key: StateKey, state: KeyState): void;
  /** Takes what one event says: the same as to add the state that says only this. @throws {TypeError} likewise. */
  addValue(contribution: Contribution, event: Instant): void;
  states(): StateMap;
};

/** Adds up states over different events: scalars add, sets and points unite. Any order of adding gives the same `states`. */
export const gatherStates = (): GatheredStates => {
  const all = new Map<StateKey, Gathered>();
  return {
    add: (key, state) => {
      const known = all.get(key);
      if (known === undefined) all.set(key, gatheredOf(state));
      else gather(known, key, state);
    },
    addValue: (contribution, event) => {
      const known = all.get(contribution.key);
      if (known === undefined) all.set(contribution.key, firstOf(contribution, event));
      else gatherValue(known, contribution, event);
    },
    states: () =>
      Object.fromEntries(
        [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, gathered]) => [key, stateOf(gathered)]),
      ),
  };
};
