import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compactJson,
  hasMember,
  jsonChanges,
  showJson,
  withMembers,
} from '../../../lambdas/usage/quarantine/json-text.ts';

const jsonObject = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
const spaced = fc.constantFrom(undefined, 1, '\t', '\n  ');

describe('showing a line', () => {
  it('puts it in order and marks the place', () => {
    const text = '{"id":"e-1","data":{"gb":0.12345678901234567890,"tags":[],"list":[1,{"a":true}]}}';
    expect(showJson(text, '/data/gb')).toEqual({
      lines: [
        '{',
        '  "id": "e-1",',
        '  "data": {',
        '    "gb": 0.12345678901234567890,',
        '    "tags": [],',
        '    "list": [',
        '      1,',
        '      {',
        '        "a": true',
        '      }',
        '    ]',
        '  }',
        '}',
      ],
      marked: [3, 3],
    });
    expect(showJson(text, '/data/list/1')?.marked).toEqual([7, 9]);
    expect(showJson(text, '/id')?.marked).toEqual([1, 1]);
  });

  it('marks what should hold a missing place, and nothing for the whole', () => {
    expect(showJson('{"data":{"a":1}}', '/data/seconds')?.marked).toEqual([1, 3]);
    expect(showJson('{"data":{"a":1}}', '')).not.toHaveProperty('marked');
    expect(showJson('{"data":{"a":1}}', '/time')).not.toHaveProperty('marked');
    expect(showJson('{"a/b":{"~":[7]}}', '/a~1b/~0/0')?.marked).toEqual([3, 3]);
  });

  it('leaves alone what is no JSON, or nested too deep', () => {
    expect(showJson('{"a":', '')).toBeUndefined();
    expect(showJson('['.repeat(100) + ']'.repeat(100), '')).toBeUndefined();
    expect(showJson('['.repeat(100_000) + ']'.repeat(100_000), '')).toBeUndefined();
  });

  it('never changes what it says', () => {
    fc.assert(
      fc.property(jsonObject, spaced, (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(JSON.parse((showJson(text, '')?.lines ?? []).join('\n'))).toEqual(JSON.parse(text));
        expect(compactJson(text)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});

describe('adding to a line', () => {
  it('keeps every digit, and puts the new members last', () => {
    const text = ' { "n" : 12345678901234567890.10 , "b":"x", "c":[ 1.0 ] } ';
    expect(withMembers(text, ['b'], { b: 'y' })).toBe('{"n":12345678901234567890.10,"c":[1.0],"b":"y"}');
    expect(withMembers('{}', [], { b: 'y' })).toBe('{"b":"y"}');
    expect(withMembers('[1]', [], { b: 'y' })).toBeUndefined();
    expect(withMembers('x', [], { b: 'y' })).toBeUndefined();
    expect(hasMember('{"\\u0061":1}', 'a')).toBe(true);
    expect(hasMember('{"b":{"a":1}}', 'a')).toBe(false);
  });

  it('says the same as setting them would', () => {
    fc.assert(
      fc.property(jsonObject, fc.string(), fc.string(), spaced, (value, name, added, space) => {
        const text = JSON.stringify(value, null, space);
        const { [name]: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
        const result = JSON.parse(withMembers(text, [name], { [name]: added }) ?? '');
        // A member called __proto__ is one like any other in JSON, and none in a spread.
        fc.pre(name !== '__proto__');
        expect(result).toEqual({ ...rest, [name]: added });
      }),
    );
  });
});

describe('what was changed', () => {
  it('is told place by place, to the last digit', () => {
    const before = '{"id":"e-1","data":{"gb":0.1234567890123456,"x":1,"list":[1,2]}}';
    const after = '{ "id": "e-1", "data": {"gb":"0.1234567890123456","list":[1,3],"y":{}} }';
    expect(jsonChanges(before, after)).toEqual([
      { path: '/data/gb', before: '0.1234567890123456', after: '"0.1234567890123456"' },
      { path: '/data/x', before: '1' },
      { path: '/data/list/1', before: '2', after: '3' },
      { path: '/data/y', after: '{}' },
    ]);
    expect(jsonChanges(before, compactJson(before))).toEqual([]);
    expect(jsonChanges('{"a":"\\u0041"}', '{"a":"A"}')).toEqual([]);
  });

  it('is the whole where a line is no JSON, and not endless', () => {
    expect(jsonChanges('{"a":', '{"a":1}')).toEqual([{ path: '', before: '{"a":', after: '{"a":1}' }]);
    expect(jsonChanges('x', 'x')).toEqual([]);
    expect(jsonChanges('x'.repeat(999), '{}')[0]?.before).toHaveLength(300);
    const many = JSON.stringify(Array.from({ length: 500 }, (_, n) => n));
    expect(jsonChanges(many, '[]')).toHaveLength(100);
  });

  it('is nothing for the same value, however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), spaced, (value, space) => {
        expect(jsonChanges(JSON.stringify(value), JSON.stringify(value, null, space))).toEqual([]);
      }),
    );
  });
});
