import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ANNOTATIONS, type JsonSchema, type Registered } from './registry.ts';

/**
 * Whether a new version of an event schema can be read by whoever knows the newer version only: every field of the
 * older one is still there, and all data that fits the older version fits the newer one. What cannot be decided counts
 * as a break: then an upcaster says how the older data is read. A field that the older version does not know is drift
 * there; what the newer version says of it is not held against it.
 */

/** A place in the data (JSON pointer, `""` for all of it) at which older data does not fit any more, and why. */
export type Break = { readonly path: string; readonly why: string };

/** Keywords that say nothing of which data fits. */
const SILENT = new Set([
  ...[
    '$schema',
    '$id',
    '$comment',
    'title',
    'description',
    'examples',
    'default',
    'deprecated',
    'readOnly',
    'writeOnly',
  ],
  ...ANNOTATIONS,
]);

/** Keywords that are compared below; any other must be the same in both versions. */
const COMPARED = new Set([
  ...['type', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...[
    'minLength',
    'maxLength',
    'pattern',
    'format',
    'minItems',
    'maxItems',
    'uniqueItems',
    'items',
    'minProperties',
    'maxProperties',
  ],
  ...['properties', 'required', 'additionalProperties'],
]);

const TYPES = ['null', 'boolean', 'object', 'array', 'string', 'integer', 'number'];

const ajv = new Ajv2020({ strict: false, validateSchema: false });
addFormats.default(ajv);

/** Two versions may come under one address here. */
const validatorOf = ({ $id: _, ...schema }: JsonSchema) => ajv.compile(schema);

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const asSchema = (value: unknown): JsonSchema =>
  typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
const named = (value: unknown): Readonly<Record<string, JsonSchema>> => asSchema(value) as Record<string, JsonSchema>;
const shown = (value: unknown): string => JSON.stringify(value) ?? 'not there';

const typesOf = ({ type }: JsonSchema): string[] => (type === undefined ? TYPES : asList(type).map(String));

/** The only values that a schema lets through, if it lists them. */
const listedValues = (schema: JsonSchema): unknown[] | undefined => {
  const { const: single, enum: several } = schema;
  const values = single === undefined ? several : [single];
  return Array.isArray(values) ? values.filter((value) => validatorOf(schema)(value)) : undefined;
};

/** `direction` 1: a larger limit lets less through (`minLength`); -1: a smaller one (`maxLength`). */
const limitBreaks = (
  older: JsonSchema,
  newer: JsonSchema,
  keyword: string,
  direction: 1 | -1,
  otherwise?: number,
): string[] => {
  const limit = newer[keyword];
  if (typeof limit !== 'number') return [];
  const before = older[keyword] ?? otherwise;
  if (typeof before === 'number' && direction * limit <= direction * before) return [];
  return [`${keyword} is ${limit} now, and was ${shown(older[keyword])}`];
};

type Bound = { readonly keyword: string; readonly value: number; readonly exclusive: boolean };

/** The sharper one of a schema's inclusive and exclusive bound. */
const boundOf = (schema: JsonSchema, inclusive: string, exclusive: string, direction: 1 | -1): Bound | undefined => {
  const bounds = [exclusive, inclusive].flatMap((keyword) => {
    const value = schema[keyword];
    return typeof value === 'number' ? [{ keyword, value, exclusive: keyword === exclusive }] : [];
  });
  return bounds.sort((a, b) => direction * (b.value - a.value))[0];
};

const boundBreaks = (
  older: JsonSchema,
  newer: JsonSchema,
  inclusive: string,
  exclusive: string,
  direction: 1 | -1,
): string[] => {
  const before = boundOf(older, inclusive, exclusive, direction);
  const after = boundOf(newer, inclusive, exclusive, direction);
  if (after === undefined) return [];
  const further = before === undefined ? 1 : direction * (after.value - before.value);
  if (further < 0 || (further === 0 && (!after.exclusive || before?.exclusive))) return [];
  return [
    `${after.keyword} is ${after.value} now, and was ${before ? `${before.keyword} ${before.value}` : 'not there'}`,
  ];
};

const sameOrGone = (older: JsonSchema, newer: JsonSchema, keyword: string): string[] =>
  newer[keyword] === undefined || isDeepStrictEqual(older[keyword], newer[keyword])
    ? []
    : [`${keyword} is ${shown(newer[keyword])} now, and was ${shown(older[keyword])}`];

const scalarBreaks = (older: JsonSchema, newer: JsonSchema): string[] => {
  const types = typesOf(older);
  const has = (...names: string[]): boolean => names.some((name) => types.includes(name));
  return [
    ...(has('number', 'integer')
      ? [
          ...boundBreaks(older, newer, 'minimum', 'exclusiveMinimum', 1),
          ...boundBreaks(older, newer, 'maximum', 'exclusiveMaximum', -1),
          ...sameOrGone(older, newer, 'multipleOf'),
        ]
      : []),
    ...(has('string')
      ? [
          ...limitBreaks(older, newer, 'minLength', 1, 0),
          ...limitBreaks(older, newer, 'maxLength', -1),
          ...sameOrGone(older, newer, 'pattern'),
          ...sameOrGone(older, newer, 'format'),
        ]
      : []),
    ...(has('array')
      ? [
          ...limitBreaks(older, newer, 'minItems', 1, 0),
          ...limitBreaks(older, newer, 'maxItems', -1),
          ...sameOrGone(older, newer, 'uniqueItems'),
        ]
      : []),
    ...(has('object')
      ? [
          ...limitBreaks(older, newer, 'minProperties', 1, asList(older.required).length),
          ...limitBreaks(older, newer, 'maxProperties', -1),
        ]
      : []),
  ];
};

const typeBreaks = (older: JsonSchema, newer: JsonSchema): string[] => {
  const allowed = new Set(typesOf(newer));
  if (allowed.has('number')) allowed.add('integer');
  const lost = typesOf(older).filter((type) => !allowed.has(type));
  return lost.length === 0 ? [] : [`it may not be of type ${lost.join(' or ')} any more`];
};

const fieldBreaks = (older: JsonSchema, newer: JsonSchema, path: string): Break[] => {
  const [before, after] = [named(older.properties), named(newer.properties)];
  const wasRequired = new Set(asList(older.required));
  const breaks: Break[] = asList(newer.required)
    .filter((field) => !wasRequired.has(field))
    .map((field) => ({
      path: `${path}/${String(field)}`,
      why: Object.hasOwn(before, String(field))
        ? 'the field is required now, and was optional'
        : 'the field is new and required',
    }));
  for (const [field, schema] of Object.entries(before)) {
    const next = after[field];
    if (next === undefined) breaks.push({ path: `${path}/${field}`, why: 'the field is gone: removed, or renamed' });
    else breaks.push(...breakingChanges(schema, next, `${path}/${field}`));
  }
  const [others, allowed] = [older.additionalProperties, newer.additionalProperties];
  if (others === false) return breaks;
  if (allowed === false) breaks.push({ path, why: 'other fields are not allowed any more' });
  if (typeof allowed === 'object') breaks.push(...breakingChanges(asSchema(others), asSchema(allowed), `${path}/*`));
  return breaks;
};

/** Where data that fits the older schema may not fit the newer one, or loses a field. Empty: the newer is compatible. */
export const breakingChanges = (older: JsonSchema, newer: JsonSchema, path = ''): Break[] => {
  const keywords = new Set([...Object.keys(older), ...Object.keys(newer)]);
  const unknown = [...keywords]
    .filter((keyword) => !SILENT.has(keyword) && !COMPARED.has(keyword))
    .filter((keyword) => !isDeepStrictEqual(older[keyword], newer[keyword]))
    .map((keyword) => ({
      path,
      why: `${keyword} changed, and nothing here can tell whether all older data still fits`,
    }));
  if (unknown.length > 0) return unknown;
  const values = listedValues(older);
  if (values) {
    const fits = validatorOf(newer);
    const lost = values.filter((value) => !fits(value)).map(shown);
    return lost.length === 0 ? [] : [{ path, why: `it may not be ${lost.join(' or ')} any more` }];
  }
  const types = typeBreaks(older, newer);
  if (types.length > 0) return types.map((why) => ({ path, why }));
  const narrowed = ['enum', 'const'].filter((keyword) => newer[keyword] !== undefined);
  return [
    ...narrowed.map((keyword) => ({ path, why: `${keyword} lists the allowed values now, and any was allowed` })),
    ...scalarBreaks(older, newer).map((why) => ({ path, why })),
    ...(typesOf(older).includes('object') ? fieldBreaks(older, newer, path) : []),
    ...(typesOf(older).includes('array') && newer.items !== undefined
      ? breakingChanges(asSchema(older.items), asSchema(newer.items), `${path}/*`)
      : []),
  ];
};

/**
 * A sentence for each break between a version and the one before it that no upcaster bridges.
 * @param upcast the `$id`s from which an upcaster leads to the next version.
 */
export const unbridgedBreaks = (registered: readonly Registered[], upcast: ReadonlySet<string>): string[] =>
  registered.flatMap((older, n) => {
    const newer = registered[n + 1];
    if (newer?.type !== older.type || upcast.has(older.schema.$id)) return [];
    const mend = `Keep version ${older.version}'s data fitting, or write an upcaster from ${older.schema.$id} to ${newer.schema.$id} in lambdas/usage/events/upcasters.ts.`;
    return breakingChanges(older.schema, newer.schema).map(
      ({ path, why }) => `${newer.type} version ${newer.version}, /data${path}: ${why}. ${mend}`,
    );
  });
