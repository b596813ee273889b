import { holdingAt } from '../../catalog/as-of.ts';
import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { decimalTextOf } from '../events/number-text.ts';
import type { CanonicalUsage, KeyState, StateKey, UsageEvent } from '../types.ts';
import { classOf, OVERFLOW, stateKey, UNMETERED } from './state.ts';

/** What one event does to one state key. */
export type Contribution = { readonly key: StateKey; readonly state: KeyState };

/** Meters, ready to be asked which of them measure an event. */
export type MeterIndex = {
  /** What an event contributes: at least one contribution, if only under `UNMETERED` or `OVERFLOW`. */
  contributions(usage: Pick<CanonicalUsage, 'event' | 'idHash'>): Contribution[];
};

/** A longer key or value is not stored as it is. */
const MAX_KEY = 1024;
const MAX_VALUE = 256;

/** The value at a JSON pointer; `undefined` if there is none. */
const at = (data: unknown, pointer: string): unknown => {
  let value = data;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
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

const passes = (meter: Meter, event: UsageEvent): boolean =>
  meter.filters.every(({ path, oneOf }) => oneOf.includes(textOf(at(event.data, path))));

const contributionOf = (
  { body: meter, id, version }: CatalogEntry<Meter>,
  { event, idHash }: Pick<CanonicalUsage, 'event' | 'idHash'>,
): Contribution | undefined => {
  if (!passes(meter, event)) return undefined;
  const raw = meter.valuePath === undefined ? '1' : at(event.data, meter.valuePath);
  // An optional field that is absent: there is nothing to measure.
  if (raw === undefined) return undefined;
  const overflow: Contribution = {
    key: OVERFLOW,
    state: { class: 'set', values: [canonicalJson([id, version, idHash])] },
  };
  const key = stateKey(
    id,
    version,
    Object.fromEntries(meter.dimensions.map(({ name, path }) => [name, textOf(at(event.data, path))])),
  );
  if (Buffer.byteLength(key) > MAX_KEY) return overflow;
  if (classOf(meter.aggregation) === 'set') return { key, state: { class: 'set', values: [setValue(raw)] } };

  const text = meter.aggregation === 'COUNT' ? '1' : decimalTextOf(raw);
  if (text === undefined) return overflow;
  const value = formatDecimal(parseDecimal(text));
  const point = { time: event.time, value, idHash };
  return classOf(meter.aggregation) === 'points'
    ? { key, state: { class: 'points', points: [point] } }
    : { key, state: { class: 'scalar', count: 1, sum: value, min: value, max: value, latest: point } };
};

/**
 * An index over every version of every meter. Which version measures an event is decided by the *event's time*, so a
 * late event is measured as it would have been in time.
 */
export const meterIndex = (history: readonly CatalogEntry<Meter>[]): MeterIndex => {
  const byId = [...Map.groupBy(history, (entry) => entry.id).values()];
  return {
    contributions: (usage) => {
      const { type, time } = usage.event;
      const measuring = byId
        .flatMap((versions) => holdingAt(versions, { effectiveAt: time }) ?? [])
        .filter((entry) => entry.body.eventType === type);
      if (measuring.length === 0) return [{ key: UNMETERED, state: { class: 'set', values: [type] } }];
      return measuring.flatMap((entry) => contributionOf(entry, usage) ?? []);
    },
  };
};
