import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { exact, share } from '../../../lambdas/rating/exact.ts';
import { comesTo, equalTo, exactMoney, instant, money, quantity } from '../../../lambdas/rating/wording.ts';

const USD = { code: 'USD', exponent: 2 };
/** `0.` and so many decimals, the last of them a 1. */
const decimals = (count: number): string => `0.${'0'.repeat(count - 1)}1`;

describe('a quantity in words', () => {
  it('has the plural of its unit, of which abbreviations in capitals and what ends in s have none', () => {
    const two = (unit: string): string => quantity(parseDecimal('2'), unit);
    expect(['asset', 'call', 'gas', 'GB', 'kVA', 'MHZ'].map(two)).toEqual([
      '2 assets',
      '2 calls',
      '2 gas',
      '2 GB',
      '2 kVA',
      '2 MHZ',
    ]);
    expect(['1', '0', '-1', '0.1'].map((value) => quantity(parseDecimal(value), 'call'))).toEqual([
      '1 call',
      '0 calls',
      '-1 calls',
      '0.1 calls',
    ]);
  });

  it('has all its decimals up to 24; more are those of a quotient without end', () => {
    expect(quantity(parseDecimal(decimals(24)), 'GB')).toBe(`${decimals(24)} GB`);
    expect(quantity(parseDecimal(`0.${'3'.repeat(25)}`), 'GB')).toBe('≈ 0.333333333333 GB');
  });
});

describe('an amount in words', () => {
  it('has at least the decimals of its currency', () => {
    expect(['1234.5', '0.0025', '-12', '7.25'].map((value) => money(parseDecimal(value), USD))).toEqual([
      '1,234.50 USD',
      '0.0025 USD',
      '-12.00 USD',
      '7.25 USD',
    ]);
  });

  it('says of a quotient without end that it is about so much', () => {
    expect(comesTo(parseDecimal(decimals(24)), USD)).toBe(`= ${decimals(24)} USD`);
    expect(comesTo(parseDecimal(`0.${'3'.repeat(25)}`), USD)).toBe('≈ 0.333333 USD');
  });

  it('says of a fraction whether its six decimals are all of it', () => {
    const third = share(exact(parseDecimal('1')), 1, 3);
    const said = [exact(parseDecimal('0.125')), share(exact(parseDecimal('1')), 1, 8), third].map((amount) => [
      equalTo(amount, USD),
      exactMoney(amount, USD),
    ]);
    expect(said).toEqual([
      ['= 0.125 USD', '0.125 USD'],
      ['= 0.125 USD', '0.125 USD'],
      ['≈ 0.333333 USD', '≈ 0.333333 USD'],
    ]);
    expect(equalTo(exact(parseDecimal('0.123456')), USD)).toBe('= 0.123456 USD');
    expect(equalTo(exact(parseDecimal('0.1234567')), USD)).toBe('≈ 0.123457 USD');
  });

  it('takes what differs only beyond 26 decimals for what it nearly is', () => {
    expect(equalTo(exact(parseDecimal(`1${decimals(30).slice(1)}`)), USD)).toBe('= 1.00 USD');
    expect(equalTo(exact(parseDecimal(`1${decimals(26).slice(1)}`)), USD)).toBe('≈ 1.00 USD');
  });
});

describe('an instant in words', () => {
  it('is to the minute', () => {
    expect(instant('2026-10-12T09:00:59.999Z')).toBe('2026-10-12 09:00 UTC');
  });
});
