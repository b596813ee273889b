import { holdingAt } from '../../catalog/as-of.ts';
import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { ONE } from '../../platform/decimal.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { decimalOf } from '../events/number-text.ts';
import type { CanonicalUsage, StateKey, UsageEvent } from '../types.ts';
import { type Contribution, classOf, OVERFLOW, stateKey, UNMETERED } from './state.ts';

/** What is needed of an event to measure it: after upcasting. */
export type MeasuredEvent = Pick<CanonicalUsage, 'event' | 'idHash'>;

/** Meters, ready to be asked which of them measure an event. */
export type MeterIndex = {
  /** What an event contributes: at least one contribution, if only under `UNMETERED` or `OVERFLOW`. */
  contributions(usage: MeasuredEvent): readonly Contribution[];
};

/** A longer key or value is not stored as it is. */
const MAX_KEY = 1024;
const MAX_VALUE = 256;
/** Keys of a meter that are remembered; dimensions with more values than this are rare, and worked out anew. */
const KEPT_KEYS = 1_000;

/** The names that a JSON pointer leads through; `inherited` ones are found in objects that do not have them. */
type Path = readonly { readonly name: string; readonly inherited: boolean }[];

const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((name) => ({ name, inherited: name in [] || name in {} }));

/** The value that a path leads to; `undefined` if there is none. */
const at = (data: unknown, path: Path): unknown => {
  let value = data;
  for (const { name, inherited } of path) {
    if (typeof value !== 'object' || value === null || (inherited && !Object.hasOwn(value, name))) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
};

const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : canonicalJson(value);

const setValue = (value: unknown): string => {
  const text = textOf(value);
  return text.length <= MAX_VALUE ? text : `sha256:${sha256Hex(text)}`;
};

/** A meter version, made ready to measure events of its type. `undefined`: the event is none of its business. */
type Measure = (usage: MeasuredEvent) => Contribution | undefined;

/** Finds the key of an event; `undefined` for one that is too long to be stored. */
const keyFinder = ({ id, version, body }: CatalogEntry<Meter>): ((data: unknown) => StateKey | undefined) => {
  const dimensions = body.dimensions.map(({ name, path }) => ({ name, path: pathOf(path) }));
  const [first] = dimensions;
  const only = dimensions.length === 1 ? first : undefined;
  /** One text for the values: where there are several, each with its length, so that no two lists have the same. */
  const valuesText = (data: unknown): string =>
    only === undefined
      ? dimensions.reduce((text, { path }) => {
          const value = textOf(at(data, path));
          return `${text}${value.length} ${value}`;
        }, '')
      : textOf(at(data, only.path));
  const workOut = (data: unknown): StateKey | undefined => {
    const values = dimensions.map(({ name, path }) => [name, textOf(at(data, path))]);
    const key = stateKey(id, version, Object.fromEntries(values));
    return Buffer.byteLength(key) > MAX_KEY ? undefined : key;
  };
  const known = new Map<string, StateKey>();
  return (data) => {
    const text = valuesText(data);
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    const key = workOut(data);
    if (key !== undefined && known.size < KEPT_KEYS) known.set(text, key);
    return key;
  };
};

const measureOf = (entry: CatalogEntry<Meter>): Measure => {
  const { id, version, body: meter } = entry;
  const filters = meter.filters.map(({ path, oneOf }) => ({ path: pathOf(path), oneOf }));
  const valuePath = meter.valuePath === undefined ? undefined : pathOf(meter.valuePath);
  const keyOf = keyFinder(entry);
  const stateClass = classOf(meter.aggregation);
  const overflow = (idHash: string): Contribution => ({
    key: OVERFLOW,
    class: 'set',
    value: canonicalJson([id, version, idHash]),
  });
  const passes = ({ data }: UsageEvent): boolean =>
    filters.every(({ path, oneOf }) => oneOf.includes(textOf(at(data, path))));

  return ({ event, idHash }) => {
    if (!passes(event)) return undefined;
    const raw = valuePath === undefined ? '1' : at(event.data, valuePath);
    // An optional field that is absent: there is nothing to measure.
    if (raw === undefined) return undefined;
    const key = keyOf(event.data);
    if (key === undefined) return overflow(idHash);
    if (stateClass === 'set') return { key, class: 'set', value: setValue(raw) };
    const value = meter.aggregation === 'COUNT' ? ONE : decimalOf(raw);
    return value === undefined ? overflow(idHash) : { key, class: stateClass, value };
  };
};

/** The measures that hold from an instant to before another, by event type. */
type Stretch = {
  readonly from: string;
  readonly to: string;
  readonly byType: ReadonlyMap<string, readonly Measure[]>;
};

/** After every instant. */
const FOREVER = '\uffff';

/** The stretches of time between the instants at which some meter changes, from the beginning, newest first. */
const stretchesOf = (history: readonly CatalogEntry<Meter>[]): readonly Stretch[] => {
  const byId = [...Map.groupBy(history, (entry) => entry.id).values()];
  const measures = new Map(history.map((entry) => [entry, measureOf(entry)]));
  const changes = ['', ...new Set(history.map(({ effectiveFrom }) => effectiveFrom))].sort();
  return changes
    .map((from, n) => {
      const holding = byId.flatMap((versions) => holdingAt(versions, { effectiveAt: from }) ?? []);
      const byType = [...Map.groupBy(holding, ({ body }) => body.eventType)].map(
        ([type, entries]): [string, Measure[]] => [type, entries.flatMap((entry) => measures.get(entry) ?? [])],
      );
      return { from, to: changes[n + 1] ?? FOREVER, byType: new Map(byType) };
    })
    .reverse();
};

/**
 * An index over every version of every meter. Which version measures an event is decided by the *event's time*, so a
 * late event is measured as it would have been in time.
 */
export const meterIndex = (history: readonly CatalogEntry<Meter>[]): MeterIndex => {
  const stretches = stretchesOf(history);
  let current = stretches[0];
  return {
    contributions: (usage) => {
      const { type, time } = usage.event;
      if (current === undefined || time < current.from || time >= current.to) {
        current = stretches.find(({ from }) => from <= time);
      }
      const measuring = current?.byType.get(type);
      if (measuring === undefined) return [{ key: UNMETERED, class: 'set', value: type }];
      const [only] = measuring;
      if (only !== undefined && measuring.length === 1) {
        const contribution = only(usage);
        return contribution === undefined ? [] : [contribution];
      }
      return measuring.flatMap((measure) => measure(usage) ?? []);
    },
  };
};
