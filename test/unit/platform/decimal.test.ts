import { describe, expect, it } from 'vitest';
import {
  DecimalFormatError,
  divide,
  formatDecimal,
  formatFixed,
  fromInteger,
  fromMinorUnits,
  parseDecimal,
  type Rounding,
  round,
  toMinorUnits,
} from '../../../lambdas/platform/decimal.ts';

const d = parseDecimal;

describe('the exact decimal', () => {
  it('has one representation and one text for one number', () => {
    expect(d('1.500')).toEqual(d('1.5'));
    expect(['-0', '0.00', '007', '1.50', '-12.340'].map((text) => formatDecimal(d(text)))).toEqual([
      '0',
      '0',
      '7',
      '1.5',
      '-12.34',
    ]);
    expect(formatDecimal(d('-0.05'))).toBe('-0.05');
  });

  it.each(['', ' 1', '1e5', '1,000', '.5', '5.', '+1', '--1', 'NaN', '1.2.3', '0x10', '１'])('refuses "%s"', (text) => {
    expect(() => d(text)).toThrow(DecimalFormatError);
  });

  it('refuses what is too long to be a quantity', () => {
    expect(() => d('9'.repeat(61))).toThrow(DecimalFormatError);
    expect(formatDecimal(d('9'.repeat(60)))).toBe('9'.repeat(60));
  });

  it.each<[Rounding, readonly string[]]>([
    ['half-up', ['3', '2', '1', '-1', '-2', '-3']],
    ['half-even', ['2', '2', '1', '-1', '-2', '-2']],
    ['up', ['3', '2', '2', '-2', '-2', '-3']],
    ['down', ['2', '1', '1', '-1', '-1', '-2']],
    ['floor', ['2', '1', '1', '-2', '-2', '-3']],
    ['ceiling', ['3', '2', '2', '-1', '-1', '-2']],
  ])('rounds %s', (rounding, expected) => {
    const values = ['2.5', '1.5', '1.1', '-1.1', '-1.5', '-2.5'];
    expect(values.map((value) => formatDecimal(round(d(value), 0, rounding)))).toEqual(expected);
  });

  it('divides to so many places, and never by zero', () => {
    expect(formatDecimal(divide(d('1'), d('3'), 6, 'half-even'))).toBe('0.333333');
    expect(formatDecimal(divide(d('2'), d('3'), 2, 'half-up'))).toBe('0.67');
    expect(formatDecimal(divide(d('-7'), d('2'), 0, 'half-even'))).toBe('-4');
    expect(formatDecimal(divide(d('7'), d('-0.002'), 0, 'down'))).toBe('-3500');
    expect(() => divide(d('1'), d('0'), 2, 'half-up')).toThrow(RangeError);
  });

  it('shows amounts with their decimals and refuses to hide any', () => {
    expect([formatFixed(d('12.5'), 2), formatFixed(d('-3'), 3), formatFixed(d('7'), 0)]).toEqual([
      '12.50',
      '-3.000',
      '7',
    ]);
    expect(() => formatFixed(d('1.005'), 2)).toThrow(/round it first/);
  });

  it('turns amounts into minor units and back', () => {
    expect(toMinorUnits(d('12.34'), 2)).toBe(1234n);
    expect(toMinorUnits(d('12'), 0)).toBe(12n);
    expect(formatDecimal(fromMinorUnits(-1200n, 2))).toBe('-12');
    expect(() => toMinorUnits(d('0.001'), 2)).toThrow(RangeError);
  });

  it('takes whole numbers only while they are safe', () => {
    expect(formatDecimal(fromInteger(-12))).toBe('-12');
    expect(formatDecimal(fromInteger(10n ** 30n))).toBe(`1${'0'.repeat(30)}`);
    expect(() => fromInteger(0.5)).toThrow(RangeError);
    expect(() => fromInteger(2 ** 53)).toThrow(RangeError);
  });
});
