import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdingAt } from '../../../lambdas/catalog/as-of.ts';
import type { Aggregation, CatalogEntry, Meter } from '../../../lambdas/catalog/types.ts';
import { canonicalJson } from '../../../lambdas/platform/canonical-json.ts';
import { formatDecimal, parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { decimalOf } from '../../../lambdas/usage/events/number-text.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { type Contribution, classOf, gatherStates } from '../../../lambdas/usage/ledger/state.ts';
import type { KeyState, UsageEvent } from '../../../lambdas/usage/types.ts';
import { event } from '../../unit/usage-edge/events.ts';

const AGGREGATIONS: readonly Aggregation[] = ['COUNT', 'SUM', 'MIN', 'AVG', 'LATEST', 'UNIQUE_COUNT', 'TIME_WEIGHTED'];
const TIMES = ['2026-10-01', '2026-10-02', '2026-10-03'].map((day) => `${day}T00:00:00.000Z`);
const PATHS = ['/a', '/b', '/c/d', '/e~1f', '/toString', '/__proto__'];

const meter = fc.record({
  id: fc.constantFrom('m1', 'm2', 'm3'),
  effectiveFrom: fc.constantFrom(...TIMES),
  eventType: fc.constantFrom('x', 'y'),
  aggregation: fc.constantFrom(...AGGREGATIONS),
  valuePath: fc.option(fc.constantFrom(...PATHS), { nil: undefined }),
  dimensions: fc.uniqueArray(fc.constantFrom(...PATHS), { maxLength: 3 }),
  filters: fc.array(fc.record({ path: fc.constantFrom(...PATHS), oneOf: fc.constant(['', 'u', '1']) }), {
    maxLength: 1,
  }),
});
const history = fc.array(meter, { maxLength: 6 }).map((drafts): CatalogEntry<Meter>[] =>
  drafts.map(({ id, effectiveFrom, valuePath, dimensions, ...body }, n) => ({
    kind: 'meter',
    id,
    version: n + 1,
    effectiveFrom,
    hash: '',
    publishedAt: effectiveFrom,
    proposedBy: 'ada',
    publishedBy: 'grace',
    body: {
      ...body,
      id,
      name: id,
      ...(valuePath === undefined ? {} : { valuePath }),
      dimensions: dimensions.map((path, at) => ({ name: `d${at}`, path })),
      unit: 'unit',
    },
  })),
);
const value = fc.oneof(
  fc.constantFrom(
    '',
    'u',
    '1',
    '1u',
    'ü'.repeat(300),
    'long'.repeat(400),
    null,
    true,
    1,
    0.5,
    1e-7,
    -0,
    1e21,
    '12.50',
    { d: '7' },
    ['x'],
  ),
  fc.integer(),
);
const usage = fc
  .tuple(
    fc.constantFrom('x', 'y', 'z'),
    fc.constantFrom('2026-09-30T00:00:00.000Z', ...TIMES, '2026-10-02T12:00:00.000Z'),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'e/f', '__proto__'), value),
  )
  .map(([type, time, data]): UsageEvent => event({ type, time, data }));

/** The definition: every meter is asked anew which version holds, every path is followed step by step. */
const byTheBook = (
  meters: readonly CatalogEntry<Meter>[],
  { type, time, data }: UsageEvent,
  idHash: string,
): unknown[] => {
  const at = (pointer: string): unknown =>
    pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/'))
      .reduce<unknown>(
        (node, name) =>
          typeof node === 'object' && node !== null && Object.hasOwn(node, name)
            ? (node as Record<string, unknown>)[name]
            : undefined,
        data,
      );
  const text = (any: unknown): string => (any === undefined ? '' : typeof any === 'string' ? any : canonicalJson(any));
  const measuring = [...Map.groupBy(meters, ({ id }) => id).values()]
    .flatMap((versions) => holdingAt(versions, { effectiveAt: time }) ?? [])
    .filter(({ body }) => body.eventType === type);
  if (measuring.length === 0) return [['unmetered', 'set', type]];
  return measuring.flatMap(({ id, version, body }) => {
    if (!body.filters.every(({ path, oneOf }) => oneOf.includes(text(at(path))))) return [];
    const raw = body.valuePath === undefined ? '1' : at(body.valuePath);
    if (raw === undefined) return [];
    const overflow = ['overflow', 'set', canonicalJson([id, version, idHash])];
    const key = canonicalJson([
      id,
      version,
      Object.fromEntries(body.dimensions.map(({ name, path }) => [name, text(at(path))])),
    ]);
    if (Buffer.byteLength(key) > 1024) return [overflow];
    const stateClass = classOf(body.aggregation);
    if (stateClass === 'set')
      return [[key, 'set', text(raw).length <= 256 ? text(raw) : expect.stringMatching(/^sha256:/)]];
    const measured = body.aggregation === 'COUNT' ? parseDecimal('1') : decimalOf(raw);
    return [measured === undefined ? overflow : [key, stateClass, formatDecimal(measured)]];
  });
};

const plain = (each: Contribution): unknown[] => [
  each.key,
  each.class,
  each.class === 'set' ? each.value : formatDecimal(each.value),
];

/** The state that says only what one event says. */
const stateOf = (each: Contribution, time: string, idHash: string): KeyState => {
  if (each.class === 'set') return { class: 'set', values: [each.value] };
  const text = formatDecimal(each.value);
  const point = { time, value: text, idHash };
  return each.class === 'points'
    ? { class: 'points', points: [point] }
    : { class: 'scalar', count: 1, sum: text, min: text, max: text, latest: point };
};

describe('measuring an event', () => {
  it('gives what the meters say that hold at its time, whatever was measured before', () => {
    fc.assert(
      fc.property(history, fc.array(usage, { minLength: 1, maxLength: 8 }), (meters, events) => {
        const index = meterIndex(meters);
        for (const each of [...events, ...events]) {
          expect(index.contributions({ event: each, idHash: 'ab' }).map(plain)).toEqual(byTheBook(meters, each, 'ab'));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('adds up to the same states, event by event or state by state, in any order', () => {
    const numbers = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom('0.1', '0.25', '-3.75', '100000000000000000000.5'),
    );
    const added = fc.record({
      key: fc.constantFrom('a', 'b'),
      value: numbers,
      time: fc.constantFrom(...TIMES),
      idHash: fc.constantFrom('01', '02', '03'),
      alone: fc.boolean(),
    });
    const once = fc.uniqueArray(added, {
      maxLength: 12,
      selector: ({ time, idHash, key }) => `${time}${idHash}${key}`,
    });
    fc.assert(
      fc.property(fc.constantFrom('scalar', 'points', 'set'), once, (stateClass, all) => {
        const [mixed, byState] = [gatherStates(), gatherStates()];
        for (const { key, value: raw, time, idHash, alone } of all) {
          const contribution: Contribution =
            stateClass === 'set'
              ? { key, class: 'set', value: String(raw) }
              : { key, class: stateClass as 'scalar', value: decimalOf(raw) ?? parseDecimal('0') };
          if (alone) mixed.addValue(contribution, { time, idHash });
          else mixed.add(key, stateOf(contribution, time, idHash));
        }
        for (const { key, value: raw, time, idHash } of all.toReversed()) {
          const exact = decimalOf(raw) ?? parseDecimal('0');
          const contribution: Contribution =
            stateClass === 'set'
              ? { key, class: 'set', value: String(raw) }
              : { key, class: stateClass as 'scalar', value: exact };
          byState.add(key, stateOf(contribution, time, idHash));
        }
        expect(mixed.states()).toEqual(byState.states());
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses a key that comes with two classes', () => {
    const states = gatherStates();
    states.addValue({ key: 'k', class: 'set', value: 'v' }, { time: TIMES[0] ?? '', idHash: '01' });
    const number: Contribution = { key: 'k', class: 'scalar', value: parseDecimal('1') };
    expect(() => states.addValue(number, { time: TIMES[0] ?? '', idHash: '02' })).toThrow('of two classes');
    expect(() => states.add('k', stateOf(number, TIMES[0] ?? '', '02'))).toThrow('of two classes');
  });
});
