import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal } from '../../../lambdas/platform/decimal.ts';
import {
  firstInexactNumber,
  isExactNumber,
  onOneLine,
  opensDeeper,
  rawElements,
  rawNumbers,
  withoutBackslashKeys,
} from '../../../lambdas/usage/events/raw-json.ts';

/** Without keys that begin with a backslash, which would make the parser misread others. */
const value = fc
  .jsonValue({ maxDepth: 4 })
  .map((any) => JSON.parse(withoutBackslashKeys(JSON.stringify(any))) as unknown);
const spaced = fc.tuple(value, fc.constantFrom(0, 1, '\t')).map(([v, space]) => JSON.stringify(v, null, space));

/** The value at a JSON pointer, by the book (RFC 6901). */
const at = (root: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (node, token) => (node as Record<string, unknown>)[token.replaceAll('~1', '/').replaceAll('~0', '~')],
      root,
    );

describe('raw JSON', () => {
  it('finds every number, with a pointer that leads to it', () => {
    fc.assert(
      fc.property(spaced, (text) => {
        const root: unknown = JSON.parse(text);
        const found = [...rawNumbers(text)];
        for (const { path, text: raw } of found) expect(Number(raw)).toBe(at(root, path));
        let count = 0;
        JSON.parse(text, (_, part: unknown) => {
          if (typeof part === 'number') count += 1;
          return part;
        });
        expect(found).toHaveLength(count);
      }),
    );
  });

  it('takes an array apart into its elements', () => {
    fc.assert(
      fc.property(fc.array(value), fc.constantFrom(0, 1), (items, space) => {
        const elements = rawElements(JSON.stringify(items, null, space), 1_000);
        expect(elements.map((element) => JSON.parse(element) as unknown)).toEqual(
          JSON.parse(JSON.stringify(items)) as unknown,
        );
      }),
    );
  });

  it('stops one after the most that are wanted', () => {
    expect(rawElements('[1,"a]",{"b":[2]},3]', 2)).toEqual(['1', '"a]"', '{"b":[2]}']);
    expect(rawElements('[]', 2)).toEqual([]);
  });

  it('takes strings of any number of escapes', () => {
    const long = JSON.stringify(['\n'.repeat(3_000_000), 1]);
    expect(rawElements(long, 5).map(({ length }) => length)).toEqual([6_000_002, 1]);
  });

  it('knows how deep brackets open, in any text', () => {
    const depthOf = (any: unknown): number =>
      typeof any === 'object' && any !== null ? 1 + Math.max(0, ...Object.values(any).map(depthOf)) : 0;
    fc.assert(
      fc.property(spaced, fc.integer({ min: 0, max: 5 }), (text, levels) => {
        expect(opensDeeper(text, levels)).toBe(depthOf(JSON.parse(text)) > levels);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => opensDeeper(text, 3) || !opensDeeper(text, 3)));
    expect([opensDeeper('[[[', 2), opensDeeper('"[[[', 2), opensDeeper('"\\\\"[[[', 2)]).toEqual([true, false, true]);
  });

  it('puts a text on one line without changing what it says', () => {
    fc.assert(
      fc.property(spaced, (text) => {
        expect(onOneLine(text)).not.toContain('\n');
        expect(JSON.parse(onOneLine(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('calls a number exact only if a binary float gives its digits back', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,19}$/);
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 12 }), fc.boolean(), (whole, point, negative) => {
        const cut = Math.min(point, whole.length - 1);
        const plain = cut === 0 ? whole : `${whole.slice(0, -cut)}.${whole.slice(-cut)}`;
        const text = `${negative ? '-' : ''}${plain}`;
        const exact = formatDecimal(parseDecimal(text));
        const significant = exact.replace(/^-?0?\.?0*|\./g, '').replace(exact.includes('.') ? /$^/ : /0+$/, '');
        expect(isExactNumber(text)).toBe(significant.replace('-', '').length <= 15);
        if (!isExactNumber(text)) return;
        const back = Number(text);
        if (!String(back).includes('e')) expect(formatDecimal(parseDecimal(String(back)))).toBe(exact);
      }),
    );
  });

  it("judges a number by its own sign, not by its exponent's", () => {
    // 29 places and two more: 31 decimals, with or without a sign before it.
    expect(['1.23e-29', '-1.23e-29', '1.5e-29', '1.23e29'].map(isExactNumber)).toEqual([false, false, true, true]);
  });

  it('never misses an inexact number by its cheap look first', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?[1-9]\d{0,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/), (number) => {
        const found = firstInexactNumber(`{"a":"1234567890123456789","n":${number}}`);
        expect(found?.text).toBe(isExactNumber(number) ? undefined : number);
      }),
    );
  });
});
