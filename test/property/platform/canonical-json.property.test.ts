import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalWithout } from '../../../lambdas/platform/canonical-json.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';

/** The definition, spelled out: keys sorted by code unit, absent ones left out, every part as JSON writes it. */
const defined = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((item) => defined(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${defined(field)}`).join(',')}}`;
};

/** Halves of characters, controls, quotes and keys that objects treat in their own way too. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\u007f', '\ud800', '\udfff', '\u2028', 'ü', '😀', 'a'))
    .map((parts) => parts.join('')),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', '10', '9', 'é', 'e'),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.constantFrom(null, true, false, -0, 1e21, 1e-7, 5e-324),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 8 }).map((fields) => Object.fromEntries(fields)),
  ),
}));

describe('canonical JSON', () => {
  it('is what its definition says, whatever the value', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(canonicalJson(any)).toBe(defined(any));
        expect(contentHash(any)).toBe(createHash('sha256').update(defined(any)).digest('hex'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('says the same of any order of keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, value), { selector: ([key]) => key }), fc.nat(), (fields, by) => {
        const turned = [...fields.slice(by % (fields.length || 1)), ...fields.slice(0, by % (fields.length || 1))];
        expect(canonicalJson(Object.fromEntries(turned))).toBe(canonicalJson(Object.fromEntries(fields)));
      }),
    );
  });

  it('leaves out absent keys, and those it is told to', () => {
    const without = canonicalWithout(['b', 'd']);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.option(value, { nil: undefined })),
        (fields) => {
          expect(canonicalJson(fields)).toBe(defined(fields));
          const { b: _, d: __, ...rest } = fields;
          expect(without(fields, false)).toBe(defined(rest));
          const present = Object.entries(fields).filter(([, field]) => field !== undefined);
          expect(without(Object.fromEntries(present.toReversed()), false)).toBe(defined(rest));
        },
      ),
    );
  });

  it('needs no look for escapes where it is told that there are none', () => {
    const plain = fc.stringMatching(/^[ !#-[\]-~ü😀]{0,12}$/u);
    fc.assert(
      fc.property(fc.dictionary(plain, fc.oneof(plain, fc.array(plain), fc.dictionary(plain, plain))), (fields) => {
        expect(canonicalWithout([])(fields, true)).toBe(defined(fields));
      }),
    );
  });

  it('remembers no order so well that it takes it for another', () => {
    // Same number of keys, same lengths: they share a place in the memory.
    const fields = ['a', 'b', 'c', 'd'].flatMap((x) => ['p', 'q', 'r'].map((y) => ({ [y]: 1, mm: 2, [x]: 3 })));
    for (const each of [...fields, ...fields]) expect(canonicalJson(each)).toBe(defined(each));
    const long = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`key-${n}`, n]));
    expect(canonicalJson(long)).toBe(defined(long));
  });
});
