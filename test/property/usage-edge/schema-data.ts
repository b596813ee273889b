import fc from 'fast-check';
import type { JsonSchema } from '../../../scripts/schemas/registry.ts';

/** Data that fits a schema, for the keywords that event schemas use. */

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** Numbers with few digits, as measured values are. */
const decimals = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(min * 100), max: Math.floor(max * 100) }).map((hundredths) => hundredths / 100);

const numbers = (schema: JsonSchema, whole: boolean): fc.Arbitrary<number> => {
  const least = numberOr(schema.minimum, numberOr(schema.exclusiveMinimum, -1_000));
  const min = Math.max(least, numberOr(schema.exclusiveMinimum, least));
  const most = numberOr(schema.maximum, numberOr(schema.exclusiveMaximum, Math.max(min, 0) + 1_000));
  const max = Math.min(most, numberOr(schema.exclusiveMaximum, most));
  const integers = fc.oneof(
    fc.integer({ min: Math.ceil(min), max: Math.floor(max) }),
    fc.constantFrom(Math.ceil(min), Math.floor(max)),
  );
  const plain = whole ? integers : fc.oneof(integers, decimals(min, max));
  return plain.filter((value) => value !== schema.exclusiveMinimum && value !== schema.exclusiveMaximum);
};

const texts = (schema: JsonSchema): fc.Arbitrary<string> => {
  const minLength = numberOr(schema.minLength, 0);
  const maxLength = numberOr(schema.maxLength, minLength + 20);
  const { pattern } = schema;
  if (typeof pattern !== 'string') return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 40) });
  return fc
    .stringMatching(new RegExp(pattern, 'u'))
    .filter((text) => text.length >= minLength && text.length <= maxLength);
};

const objects = (schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> => {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const fields = Object.fromEntries(Object.entries(properties).map(([field, own]) => [field, dataFor(own)]));
  return fc.record(fields, { requiredKeys: (schema.required ?? []) as string[] });
};

const ofType = (type: string, schema: JsonSchema): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'object':
      return objects(schema);
    case 'array': {
      const minLength = numberOr(schema.minItems, 0);
      const maxLength = numberOr(schema.maxItems, minLength + 4);
      return fc.array(dataFor((schema.items ?? {}) as JsonSchema), { minLength, maxLength });
    }
    case 'string':
      return texts(schema);
    case 'integer':
      return numbers(schema, true);
    case 'number':
      return numbers(schema, false);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constant(null);
  }
};

/** Data that a schema lets through. Constraints that contradict each other have no data and are not for this. */
export const dataFor = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const types = schema.type === undefined ? ['string', 'integer', 'boolean', 'null'] : [schema.type].flat().map(String);
  return fc.oneof(...types.map((type) => ofType(type, schema)));
};
