import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../lambdas/platform/canonical-json.ts';
import { exponentOf } from '../../../lambdas/platform/currency.ts';
import { contentHash } from '../../../lambdas/platform/hash.ts';

describe('the one text of a JSON value', () => {
  it('orders keys, leaves out what is absent and puts no spaces', () => {
    expect(canonicalJson({ b: [1, null, 'x'], a: undefined, A: { z: true, y: 0 } })).toBe(
      '{"A":{"y":0,"z":true},"b":[1,null,"x"]}',
    );
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError);
    expect(() => canonicalJson(1n)).toThrow(TypeError);
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
  });

  it('keeps the value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('hashes a known value to a known hash', () => {
    expect(contentHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

describe('currencies', () => {
  it('have the decimals of ISO 4217', () => {
    expect(['USD', 'EUR', 'JPY', 'KRW', 'BHD', 'TND'].map(exponentOf)).toEqual([2, 2, 0, 0, 3, 3]);
  });
});
