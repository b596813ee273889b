import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { add, type Decimal, divide, formatDecimal, fromInteger, parseDecimal, ZERO } from '../../platform/decimal.ts';
import { type Interval, intervalOf, type Period } from '../../platform/period.ts';
import {
  comparePoints,
  gatherStates,
  laterPoint,
  OVERFLOW,
  parseStateKey,
  type StateMap,
  UNMETERED,
} from '../ledger/state.ts';
import type { KeyState, MeteredUsage, Point, StateKey } from '../types.ts';
import { areaUnder, type DayEnd, dailyValues, dayEnds, type SubjectInterval, type SubjectSeries } from './series.ts';

/** The last value before a period, by canonical JSON of `[meter, dimensions, subject]`. */
export type CarryIn = Readonly<Record<string, { readonly time: string; readonly value: string }>>;

/** States of a part of a subject's time: a slot or a day. Parts of one aggregation never overlap. */
export type Fragment = { readonly subject: string; readonly states: StateMap };

export type SpanInput = {
  readonly fragments: readonly Fragment[];
  /** When each subject belonged to the account; the fragments lie inside. */
  readonly subjects: readonly SubjectInterval[];
  readonly interval: Interval;
  /** The instants at which LATEST meters are read, in order; asked for by those only. The last is the interval's end. */
  readonly ends: () => readonly DayEnd[];
  readonly carryIn: CarryIn;
  /** Every version of every meter. */
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** As `SpanInput`, for a period of whole local days: LATEST meters are read at the end of each. */
export type AggregateInput = Omit<SpanInput, 'interval' | 'ends'> & { readonly period: Period };

/** An accepted event that could not be counted under its own key; a person decides. */
export type OverflowedEvent = {
  readonly subject: string;
  readonly meter: string;
  readonly meterVersion: number;
  readonly idHash: string;
};

export type Aggregated = {
  /** Ordered by meter and dimensions. */
  readonly usage: readonly MeteredUsage[];
  /** What passes to the next period, for subjects that still belong to the account at its end. */
  readonly carryOut: CarryIn;
  readonly overflow: readonly OverflowedEvent[];
  /** Event types that no meter measured when they happened. */
  readonly unmetered: readonly { readonly subject: string; readonly eventType: string }[];
  /** Meters that the ledger knows and `meters` does not. */
  readonly unknownMeters: readonly string[];
};

/** Decimals of quotients (AVG, TIME_WEIGHTED), rounded half-even, once. */
export const QUOTIENT_DECIMALS = 12;

/** The key of a carried value. */
export const carryKey = (meter: string, dimensions: Readonly<Record<string, string>>, subject: string): string =>
  canonicalJson([meter, dimensions, subject]);

/** Meters whose value goes on after the last event. */
export const goesOn = ({ aggregation }: Meter): boolean => aggregation === 'LATEST' || aggregation === 'TIME_WEIGHTED';

const pointsOf = (state: KeyState): readonly Point[] => {
  if (state.class === 'points') return state.points;
  return state.class === 'scalar' ? [state.latest] : [];
};

/** The last value of every meter that goes on, by `carryKey`. */
export const lastValuesIn = (fragments: readonly Fragment[], meters: readonly CatalogEntry<Meter>[]): CarryIn => {
  const going = new Set(meters.filter(({ body }) => goesOn(body)).map(({ id, version }) => `${id}#${version}`));
  const last = new Map<string, Point>();
  for (const { subject, states } of fragments) {
    for (const [key, state] of Object.entries(states)) {
      const parts = parseStateKey(key);
      if (parts === undefined || !going.has(`${parts.meter}#${parts.meterVersion}`)) continue;
      const name = carryKey(parts.meter, parts.dimensions, subject);
      const points = [...pointsOf(state), last.get(name)].filter((point) => point !== undefined);
      last.set(name, points.reduce(laterPoint));
    }
  }
  return Object.fromEntries([...last].map(([name, { time, value }]) => [name, { time, value }]));
};

/** All that is known of one meter and one set of dimension values. */
type Group = {
  entry: CatalogEntry<Meter>;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly states: { readonly subject: string; readonly state: KeyState }[];
};

/** The scalar or set over all subjects. Same key for all: they are one sum here. */
const total = (group: Group): KeyState | undefined => {
  const gathered = gatherStates();
  for (const { state } of group.states) gathered.add('all', state);
  return gathered.states().all;
};

const quotient = (a: Decimal, b: Decimal): string => formatDecimal(divide(a, b, QUOTIENT_DECIMALS, 'half-even'));

const seriesOf = (group: Group, { subjects, carryIn }: SpanInput): SubjectSeries[] => {
  const bySubject = Map.groupBy(group.states, ({ subject }) => subject);
  return [...Map.groupBy(subjects, ({ subject }) => subject)].map(([subject, intervals]) => ({
    subject,
    intervals: [...intervals].sort((a, b) => (a.from < b.from ? -1 : 1)),
    points: (bySubject.get(subject) ?? []).flatMap(({ state }) => pointsOf(state)).sort(comparePoints),
    carryIn: carryIn[carryKey(group.entry.id, group.dimensions, subject)],
  }));
};

const quantityOf = (
  group: Group,
  input: SpanInput,
  ends: () => readonly DayEnd[],
): Pick<MeteredUsage, 'quantity' | 'daily'> => {
  const { aggregation } = group.entry.body;
  if (aggregation === 'TIME_WEIGHTED') {
    const { from, to } = input.interval;
    const area = seriesOf(group, input).reduce((all, series) => add(all, areaUnder(series)), ZERO);
    return { quantity: quotient(area, fromInteger(Date.parse(to) - Date.parse(from))) };
  }
  if (aggregation === 'LATEST') {
    const daily = dailyValues(seriesOf(group, input), ends());
    return { quantity: daily.at(-1)?.value ?? '0', daily };
  }
  const state = total(group);
  if (state?.class === 'set') return { quantity: String(state.values.length) };
  if (state?.class !== 'scalar') throw new TypeError(`${group.entry.id} is ${aggregation}, its state is not`);
  switch (aggregation) {
    case 'COUNT':
      return { quantity: String(state.count) };
    case 'MIN':
      return { quantity: state.min };
    case 'MAX':
      return { quantity: state.max };
    case 'AVG':
      return { quantity: quotient(parseDecimal(state.sum), fromInteger(state.count)) };
    default:
      return { quantity: state.sum };
  }
};

const carryOutOf = (group: Group, input: SpanInput): [string, CarryIn[string]][] => {
  if (!goesOn(group.entry.body)) return [];
  const end = input.interval.to;
  return seriesOf(group, input).flatMap(({ subject, intervals, points, carryIn }) => {
    const last = points.at(-1) ?? carryIn;
    if (last === undefined || intervals.at(-1)?.to !== end) return [];
    return [[carryKey(group.entry.id, group.dimensions, subject), { time: last.time, value: last.value }]];
  });
};

const groupKey = ({ id, body }: CatalogEntry<Meter>, dimensions: Readonly<Record<string, string>>): string =>
  // A value that goes on does so across versions; others are one sum while they mean the same.
  canonicalJson([id, dimensions, body.aggregation, goesOn(body) ? '' : body.unit]);

const specialsOf = (fragments: readonly Fragment[], key: StateKey): { subject: string; value: string }[] =>
  fragments.flatMap(({ subject, states }) => {
    const state = states[key];
    return state?.class === 'set' ? state.values.map((value) => ({ subject, value })) : [];
  });

/** Groups the fragments' states by meter and dimensions, across versions of the meter and across subjects. */
const groupsOf = (input: SpanInput): { readonly groups: Group[]; readonly unknownMeters: string[] } => {
  const entries = new Map(input.meters.map((entry) => [`${entry.id}#${entry.version}`, entry]));
  const newest = new Map<string, CatalogEntry<Meter>>();
  for (const entry of input.meters) {
    if (entry.version > (newest.get(entry.id)?.version ?? 0)) newest.set(entry.id, entry);
  }
  const groups = new Map<string, Group>();
  const unknown = new Set<string>();
  const groupFor = (entry: CatalogEntry<Meter>, dimensions: Readonly<Record<string, string>>): Group => {
    const key = groupKey(entry, dimensions);
    const group = groups.get(key) ?? { entry, dimensions, states: [] };
    if (entry.version > group.entry.version) group.entry = entry;
    groups.set(key, group);
    return group;
  };
  for (const { subject, states } of input.fragments) {
    for (const [key, state] of Object.entries(states)) {
      const parts = parseStateKey(key);
      if (parts === undefined) continue;
      const entry = entries.get(`${parts.meter}#${parts.meterVersion}`);
      if (entry === undefined) unknown.add(parts.meter);
      else groupFor(entry, parts.dimensions).states.push({ subject, state });
    }
  }
  const owned = new Set(input.subjects.map(({ subject }) => subject));
  for (const key of Object.keys(input.carryIn)) {
    const [meter, dimensions, subject] = JSON.parse(key) as [string, Record<string, string>, string];
    const entry = newest.get(meter);
    if (entry !== undefined && goesOn(entry.body) && owned.has(subject)) groupFor(entry, dimensions);
  }
  return { groups: [...groups.values()], unknownMeters: [...unknown].sort() };
};

/** The series of each row of usage of meters that go on, by canonical JSON of `[meter, unit, dimensions]`. */
export const seriesByRow = (input: SpanInput): ReadonlyMap<string, readonly SubjectSeries[]> =>
  new Map(
    groupsOf(input)
      .groups.filter(({ entry }) => goesOn(entry.body))
      .map((group) => [
        canonicalJson([group.entry.id, group.entry.body.unit, group.dimensions]),
        seriesOf(group, input),
      ]),
  );

/**
 * States → quantities. Over several subjects COUNT and SUM add, MIN and MAX compare, AVG is Σsum / Σcount, UNIQUE_COUNT is
 * the union, LATEST and TIME_WEIGHTED are added up.
 */
export const aggregateSpan = (input: SpanInput): Aggregated => {
  const { groups, unknownMeters } = groupsOf(input);
  // Looked up in the calendar once for all meters.
  let known: readonly DayEnd[] | undefined;
  const ends = (): readonly DayEnd[] => {
    known ??= input.ends();
    return known;
  };
  const ordered = groups
    .map((group) => ({ group, order: canonicalJson([group.entry.id, group.dimensions]) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ group }) => group);
  return {
    usage: ordered.map((group) => ({
      meter: group.entry.id,
      meterVersion: group.entry.version,
      unit: group.entry.body.unit,
      dimensions: group.dimensions,
      ...quantityOf(group, input, ends),
    })),
    carryOut: Object.fromEntries(ordered.flatMap((group) => carryOutOf(group, input))),
    overflow: specialsOf(input.fragments, OVERFLOW).map(({ subject, value }) => {
      const [meter, meterVersion, idHash] = JSON.parse(value) as [string, number, string];
      return { subject, meter, meterVersion, idHash };
    }),
    unmetered: [
      ...new Map(
        specialsOf(input.fragments, UNMETERED).map(({ subject, value }) => [
          canonicalJson([subject, value]),
          { subject, eventType: value },
        ]),
      ).values(),
    ],
    unknownMeters,
  };
};

/** `aggregateSpan` over a period. */
export const aggregate = ({ period, ...input }: AggregateInput): Aggregated =>
  aggregateSpan({ ...input, interval: intervalOf(period), ends: () => dayEnds(period) });
