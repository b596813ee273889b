import { describe, expect, it } from 'vitest';
import { breakingChanges } from '../../../scripts/schemas/compatibility.ts';
import type { JsonSchema } from '../../../scripts/schemas/registry.ts';

const base = {
  type: 'object',
  required: ['count'],
  properties: {
    count: { type: 'integer', minimum: 1 },
    endpoint: { enum: ['read', 'write'] },
    path: { type: 'string', pattern: '^/', maxLength: 100 },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
    place: { type: 'object', properties: { zone: { type: 'string' } } },
  },
};
const withField = (name: string, schema: JsonSchema): JsonSchema => ({
  ...base,
  properties: { ...base.properties, [name]: schema },
});
const breaksOf = (newer: JsonSchema, older: JsonSchema = base): string[] =>
  breakingChanges(older, newer).map(({ path, why }) => `${path}: ${why}`);
const { path: _, ...withoutPath } = base.properties;

describe('compatible', () => {
  it.each<[string, JsonSchema]>([
    ['nothing changed but words', { ...base, title: 'Other', description: 'Other', 'x-owner': 'someone' }],
    ['a new optional field', withField('colour', { type: 'string' })],
    ['a field that is optional now', { ...base, required: [] }],
    ['a wider type', withField('count', { type: ['number', 'string'], minimum: 1 })],
    ['a lower minimum', withField('count', { type: 'integer', minimum: 0 })],
    ['an exclusive minimum below', withField('count', { type: 'integer', exclusiveMinimum: 0 })],
    ['a bound that is gone', withField('count', { type: 'integer' })],
    ['more values', withField('endpoint', { enum: ['read', 'write', 'search'] })],
    ['a pattern that listed values fit', withField('endpoint', { type: 'string', pattern: '^[a-z]+$' })],
    ['a longer text without a pattern', withField('path', { type: 'string', maxLength: 200 })],
    ['longer lists of more', withField('tags', { type: 'array', items: { type: ['string', 'null'] }, maxItems: 9 })],
    [
      'a new field further in',
      withField('place', { type: 'object', properties: { zone: { type: 'string' }, rack: {} } }),
    ],
    ['anything at all', withField('place', { ...base.properties.place, additionalProperties: true })],
  ])('%s', (_name, newer) => {
    expect(breaksOf(newer)).toEqual([]);
  });
});

describe('breaking', () => {
  it('a number that must be whole now', () => {
    expect(breaksOf({ type: 'integer' }, { type: 'number' })).toEqual([': it may not be of type number any more']);
  });

  it.each<[JsonSchema, string]>([
    [{ ...base, properties: withoutPath }, '/path: the field is gone: removed, or renamed'],
    [{ ...base, required: ['count', 'path'] }, '/path: the field is required now, and was optional'],
    [{ ...base, required: ['count', 'new'] }, '/new: the field is new and required'],
    [
      withField('tags', { type: 'array', items: { type: 'string' }, maxItems: 2 }),
      '/tags: maxItems is 2 now, and was 3',
    ],
    [withField('count', { type: 'string' }), '/count: it may not be of type integer any more'],
    [withField('count', { type: 'integer', minimum: 2 }), '/count: minimum is 2 now, and was minimum 1'],
    [
      withField('count', { type: 'integer', exclusiveMinimum: 1 }),
      '/count: exclusiveMinimum is 1 now, and was minimum 1',
    ],
    [withField('count', { type: 'integer', minimum: 1, maximum: 9 }), '/count: maximum is 9 now, and was not there'],
    [
      withField('count', { type: 'integer', minimum: 1, multipleOf: 5 }),
      '/count: multipleOf is 5 now, and was not there',
    ],
    [withField('count', { enum: [1, 2] }), '/count: enum lists the allowed values now, and any was allowed'],
    [withField('endpoint', { enum: ['read'] }), '/endpoint: it may not be "write" any more'],
    [
      withField('path', { type: 'string', pattern: '^/v1', maxLength: 100 }),
      '/path: pattern is "^/v1" now, and was "^/"',
    ],
    [withField('path', { type: 'string', minLength: 1 }), '/path: minLength is 1 now, and was not there'],
    [withField('path', { type: 'string', maxLength: 50 }), '/path: maxLength is 50 now, and was 100'],
    [
      withField('tags', { type: 'array', items: { type: 'integer' } }),
      '/tags/*: it may not be of type string any more',
    ],
    [withField('tags', { type: 'array', uniqueItems: true }), '/tags: uniqueItems is true now, and was not there'],
    [
      withField('place', { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] }),
      '/place/zone: the field is required now, and was optional',
    ],
    [
      withField('place', { ...base.properties.place, additionalProperties: false }),
      '/place: other fields are not allowed any more',
    ],
    [
      withField('place', { ...base.properties.place, additionalProperties: { type: 'string' } }),
      '/place/*: it may not be of type null or boolean or object or array or integer or number any more',
    ],
    [
      withField('count', { anyOf: [{ type: 'integer' }] }),
      '/count: anyOf changed, and nothing here can tell whether all older data still fits',
    ],
  ])('$1', (newer, sentence) => {
    expect(breaksOf(newer)).toEqual([sentence]);
  });
});
