import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount, formatMoney, formatQuantity, totalsOf } from '../../../console/src/format/amount.ts';
import { toCsv } from '../../../console/src/format/csv.ts';
import { add, compare, isNegative, shorten, subtract } from '../../../console/src/format/decimal.ts';
import {
  formatAgo,
  formatDuration,
  formatPeriod,
  millisLeft,
  moveDays,
  previousMonth,
} from '../../../console/src/format/time.ts';
import * as platform from '../../../lambdas/platform/decimal.ts';

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => platform.formatFixed({ units, scale }, scale));

describe('amounts', () => {
  it('are grouped without ever being a binary float', () => {
    expect(formatAmount('123456789012', 'JPY', 'en-US')).toBe('123,456,789,012');
    expect(formatAmount('90071992547409931234.55', 'USD', 'en-US')).toBe('90,071,992,547,409,931,234.55');
  });

  it('have the decimals of their currency and show more where there are more', () => {
    expect(formatAmount('1234.5', 'EUR', 'en-US')).toBe('1,234.50');
    expect(formatAmount('1234', 'BHD', 'en-US')).toBe('1,234.000');
    expect(formatAmount('0.1234', 'USD', 'en-US')).toBe('0.1234');
  });

  it('stand in parentheses when negative, and minus zero is not', () => {
    expect(formatAmount('-18.40', 'EUR', 'en-US')).toBe('(18.40)');
    expect(formatMoney('-18.40', 'EUR', 'en-US')).toBe('EUR\u00a0(18.40)');
    expect(formatAmount('-0.00', 'EUR', 'en-US')).toBe('0.00');
  });

  it("use the viewer's separators", () => {
    expect(formatAmount('1234567.89', 'EUR', 'de-DE')).toBe('1.234.567,89');
    expect(formatAmount('1234567.89', 'INR', 'en-IN')).toBe('12,34,567.89');
  });

  it('add up by currency', () => {
    const amounts = [
      { currency: 'USD', amount: '0.10' },
      { currency: 'EUR', amount: '5.00' },
      { currency: 'USD', amount: '0.20' },
    ];
    expect(totalsOf(amounts)).toEqual({ EUR: '5.00', USD: '0.30' });
  });

  it('are never shown when they are no decimals', () => {
    expect(() => formatAmount('1e9', 'USD', 'en-US')).toThrow('not a decimal');
  });
});

describe('quantities', () => {
  it('are shortened half to even, for reading', () => {
    expect(formatQuantity('6220.482915027341', 'en-US')).toBe('6,220.4829');
    expect(shorten('0.00005', 4)).toBe('0');
    expect(shorten('0.00015', 4)).toBe('0.0002');
    expect(shorten('2.50', 4)).toBe('2.50');
    expect(formatQuantity('-3', 'en-US')).toBe('−3');
  });
});

describe('arithmetic on strings', () => {
  it('agrees with the exact decimals of the backend', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [left, right] = [platform.parseDecimal(a), platform.parseDecimal(b)];
        const same = (text: string, value: platform.Decimal) => platform.equals(platform.parseDecimal(text), value);
        expect(same(add(a, b), platform.add(left, right))).toBe(true);
        expect(same(subtract(a, b), platform.subtract(left, right))).toBe(true);
        expect(Math.sign(compare(a, b))).toBe(Math.sign(platform.compare(left, right)));
        expect(isNegative(a)).toBe(platform.isNegative(left));
      }),
    );
  });
});

describe('time', () => {
  it('names a whole month, else the first and the last day', () => {
    expect(formatPeriod('2026-10-01', '2026-11-01', 'en-US')).toBe('October 2026');
    expect(formatPeriod('2026-10-12', '2026-11-01', 'en-US')).toMatch(/^Oct 12\s–\s31, 2026$/);
  });

  it('moves days over the ends of months and years', () => {
    expect(moveDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(moveDays('2028-03-01', -1)).toBe('2028-02-29');
  });

  it('proposes the month before', () => {
    expect(previousMonth(Date.parse('2026-01-15T12:00:00Z'))).toEqual({ start: '2025-12-01', end: '2026-01-01' });
  });

  it('says how long ago, how long, and how long still', () => {
    const now = Date.parse('2026-11-03T19:00:00Z');
    expect(formatAgo('2026-11-03T16:00:00Z', now, 'en-US')).toBe('3 hours ago');
    expect(formatDuration(3_840_000)).toBe('1 h 4 min');
    expect(millisLeft('2026-11-03T18:59:50Z', now, 5, 20)).toBe(30_000);
    expect(millisLeft('2026-11-03T18:59:50Z', now, 0, 20)).toBeUndefined();
  });
});

describe('CSV', () => {
  it('quotes what must be quoted, keeps numbers exact and disarms formulas', () => {
    const columns = [
      { header: 'Account', value: ({ name }: { name: string; total: string }) => name },
      { header: 'Total', value: ({ total }: { name: string; total: string }) => total, numeric: true },
    ];
    const rows = [
      { name: 'Larkspur, "Inc."', total: '-18.40' },
      { name: '=HYPERLINK("x")', total: '123456789012' },
    ];
    expect(toCsv(columns, rows)).toBe(
      'Account,Total\r\n"Larkspur, ""Inc.""",-18.40\r\n"\'=HYPERLINK(""x"")",123456789012',
    );
  });
});
