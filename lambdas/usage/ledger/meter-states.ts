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

/** The names that a JSON pointer leads through. */
const namesOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value that is found through names; `undefined` if there is none. */
const at = (data: unknown, names: readonly string[]): unknown => {
  let value = data;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
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
  const dimensions = body.dimensions.map(({ name, path }) => ({ name, names: namesOf(path) }));
  const known = new Map<string, StateKey | undefined>();
  return (data) => {
    // Each value with its length: no two lists of values have the same text.
    let text = '';
    for (const { names } of dimensions) {
      const value = textOf(at(data, names));
      text += `${value.length} ${value}`;
    }
    if (known.has(text)) return known.get(text);
    const key = stateKey(
      id,
      version,
      Object.fromEntries(dimensions.map(({ name, names }) => [name, textOf(at(data, names))])),
    );
    const stored = Buffer.byteLength(key) > MAX_KEY ? undefined : key;
    if (known.size < KEPT_KEYS && text.length <= MAX_KEY) known.set(text, stored);
    return stored;
  };
};

const measureOf = (entry: CatalogEntry<Meter>): Measure => {
  const { id, version, body: meter } = entry;
  const filters = meter.filters.map(({ path, oneOf }) => ({ names: namesOf(path), oneOf }));
  const valueNames = meter.valuePath === undefined ? undefined : namesOf(meter.valuePath);
  const keyOf = keyFinder(entry);
  const stateClass = classOf(meter.aggregation);
  const overflow = (idHash: string): Contribution => ({
    key: OVERFLOW,
    class: 'set',
    value: canonicalJson([id, version, idHash]),
  });
  const passes = ({ data }: UsageEvent): boolean =>
    filters.every(({ names, oneOf }) => oneOf.includes(textOf(at(data, names))));

  return ({ event, idHash }) => {
    if (!passes(event)) return undefined;
    const raw = valueNames === undefined ? '1' : at(event.data, valueNames);
    // An optional field that is absent: there is nothing to measure.
    if (raw === undefined) return undefined;
    const key = keyOf(event.data);
    if (key === undefined) return overflow(idHash);
    if (stateClass === 'set') return { key, class: 'set', value: setValue(raw) };
    const value = meter.aggregation === 'COUNT' ? ONE : decimalOf(raw);
    return value === undefined ? overflow(idHash) : { key, class: stateClass, value };
  };
};

/** The measures that hold in a stretch of time, by event type. */
type Stretch = { readonly from: string; readonly byType: ReadonlyMap<string, readonly Measure[]> };

/** The stretches of time between the instants at which some meter changes, newest first. */
const stretchesOf = (history: readonly CatalogEntry<Meter>[]): readonly Stretch[] => {
  const byId = [...Map.groupBy(history, (entry) => entry.id).values()];
  const measures = new Map(history.map((entry) => [entry, measureOf(entry)]));
  return [...new Set(history.map(({ effectiveFrom }) => effectiveFrom))]
    .sort()
    .reverse()
    .map((from) => {
      const holding = byId.flatMap((versions) => holdingAt(versions, { effectiveAt: from }) ?? []);
      const byType = Map.groupBy(holding, ({ body }) => body.eventType);
      return {
        from,
        byType: new Map(
          [...byType].map(([type, entries]) => [type, entries.flatMap((each) => measures.get(each) ?? [])]),
        ),
      };
    });
};

/**
 * An index over every version of every meter. Which version measures an event is decided by the *event's time*, so a
 * late event is measured as it would have been in time.
 */
export const meterIndex = (history: readonly CatalogEntry<Meter>[]): MeterIndex => {
  const stretches = stretchesOf(history);
  return {
    contributions: (usage) => {
      const { type, time } = usage.event;
      const measuring = stretches.find(({ from }) => from <= time)?.byType.get(type);
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
