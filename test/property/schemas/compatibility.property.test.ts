import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakingChanges } from '../../../scripts/schemas/compatibility.ts';
import type { JsonSchema } from '../../../scripts/schemas/registry.ts';
import { dataFor } from '../usage-edge/schema-data.ts';

const ajv = new Ajv2020({ strict: false });

const maybe = (arbitraries: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonSchema> =>
  fc.record(arbitraries, { requiredKeys: [] });
const low = fc.integer({ min: -2, max: 2 });
const high = fc.integer({ min: 5, max: 9 });
const merge = (...parts: fc.Arbitrary<JsonSchema>[]): fc.Arbitrary<JsonSchema> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as JsonSchema);
const typed = (...types: unknown[]): fc.Arbitrary<JsonSchema> => fc.constantFrom(...types).map((type) => ({ type }));

const number = merge(
  typed('integer', 'number', ['integer', 'string'], ['number', 'null']),
  maybe({ minimum: low, exclusiveMinimum: low, maximum: high, exclusiveMaximum: high }),
);
const text = merge(
  typed('string', ['string', 'null'], ['string', 'boolean']),
  maybe({ minLength: fc.nat(2), maxLength: fc.integer({ min: 3, max: 6 }) }),
);
const patterned = fc.constantFrom('^a', '^[ab]*$', 'b').map((pattern) => ({ type: 'string', pattern }));
const listed = fc
  .uniqueArray(fc.constantFrom<unknown>('a', 'b', 'ab', 1, 2, null), { minLength: 1 })
  .map((values) => ({ enum: values }));
const leaf = fc.oneof(number, text, patterned, listed);
const list = merge(
  typed('array'),
  maybe({ items: leaf, minItems: fc.nat(1), maxItems: fc.integer({ min: 2, max: 4 }) }),
);

const objectOf = (field: fc.Arbitrary<JsonSchema>): fc.Arbitrary<JsonSchema> =>
  fc
    .tuple(fc.dictionary(fc.constantFrom('x', 'y', 'z'), field, { maxKeys: 3 }), fc.subarray(['x', 'y', 'z']))
    .map(([properties, chosen]) => ({
      type: 'object',
      properties,
      required: chosen.filter((name) => name in properties),
    }));
const schema = objectOf(fc.oneof({ weight: 4, arbitrary: leaf }, list, objectOf(leaf)));

/** Two versions of a field of the same kind, alone in their objects. */
const twice = (field: fc.Arbitrary<JsonSchema>): fc.Arbitrary<[JsonSchema, JsonSchema]> => {
  const alone = (x: JsonSchema): JsonSchema => ({ type: 'object', properties: { x }, required: ['x'] });
  return fc.tuple(field.map(alone), field.map(alone));
};
const versions = fc.oneof(
  fc.tuple(schema, schema),
  twice(number),
  twice(text),
  twice(listed),
  twice(list),
  twice(schema),
);

describe('the compatibility check', () => {
  it('calls no version compatible that refuses data of the version before', () => {
    let compatible = 0;
    fc.assert(
      fc.property(
        versions.chain(([older, newer]) =>
          fc.tuple(fc.constant(older), fc.constant(newer), fc.array(dataFor(older), { minLength: 5, maxLength: 12 })),
        ),
        ([older, newer, samples]) => {
          if (breakingChanges(older, newer).length > 0) return;
          compatible += 1;
          const [wasFine, isFine] = [ajv.compile(older), ajv.compile(newer)];
          for (const data of samples) if (wasFine(data)) expect(isFine(data), JSON.stringify(data)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(compatible).toBeGreaterThan(100);
  });

  it('calls every schema compatible with itself', () => {
    fc.assert(
      fc.property(schema, (same) => {
        expect(breakingChanges(same, structuredClone(same))).toEqual([]);
      }),
    );
  });
});
