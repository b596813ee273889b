import { describe, expect, it } from 'vitest';
import {
  type BillingTerms,
  billingPeriodOf,
  billingPeriodsEndingIn,
  monthOfEnd,
} from '../../../lambdas/platform/billing-calendar.ts';
import { intervalOf } from '../../../lambdas/platform/period.ts';

const terms = (over: Partial<BillingTerms> = {}): BillingTerms => ({
  zone: 'Europe/Berlin',
  start: '2024-01-01',
  anchorDay: 1,
  cadence: 'monthly',
  ...over,
});
const dates = ({ start, end }: { readonly start: string; readonly end: string }): string => `${start} to ${end}`;

describe('the calendar of a contract', () => {
  it.each([
    ['2026-01-31', '2026-01-31 to 2026-02-28'],
    ['2026-02-28', '2026-02-28 to 2026-03-31'],
    ['2026-03-30', '2026-02-28 to 2026-03-31'],
    ['2024-02-29', '2024-02-29 to 2024-03-31'],
    ['2026-04-30', '2026-04-30 to 2026-05-31'],
  ])('with the 31st as its anchor has %s in %s', (day, period) => {
    expect(dates(billingPeriodOf(terms({ anchorDay: 31 }), day))).toBe(period);
  });

  it.each([
    ['quarterly', '2024-01-01', 1, '2026-10-31', '2026-10-01 to 2027-01-01'],
    ['quarterly', '2024-03-15', 15, '2026-10-31', '2026-09-15 to 2026-12-15'],
    // It does not begin on its anchor: the calendar's quarters, of which it covers a part first.
    ['quarterly', '2024-03-15', 1, '2026-10-31', '2026-10-01 to 2027-01-01'],
    ['quarterly', '2024-03-15', 1, '2024-03-15', '2024-01-01 to 2024-04-01'],
    ['annual', '2024-03-01', 1, '2026-10-31', '2026-03-01 to 2027-03-01'],
    ['annual', '2024-02-29', 29, '2025-06-01', '2025-02-28 to 2026-02-28'],
    ['annual', '2024-02-29', 29, '2028-02-29', '2028-02-29 to 2029-02-28'],
    ['annual', '2024-03-15', 1, '2026-10-31', '2026-01-01 to 2027-01-01'],
  ] as const)('that is %s from %s, anchor %i, has %s in %s', (cadence, start, anchorDay, day, period) => {
    expect(dates(billingPeriodOf(terms({ cadence, start, anchorDay }), day))).toBe(period);
  });

  it('gives a calendar month exactly its own period, and one of the 15th that which ends in it', () => {
    const october = { start: '2026-10-01', end: '2026-11-01' };
    expect(billingPeriodsEndingIn(terms(), october).map(dates)).toEqual(['2026-10-01 to 2026-11-01']);
    expect(billingPeriodsEndingIn(terms({ anchorDay: 15 }), october).map(dates)).toEqual(['2026-09-15 to 2026-10-15']);
    expect(billingPeriodsEndingIn(terms({ cadence: 'quarterly' }), october)).toEqual([]);
    expect(monthOfEnd('2026-11-01')).toEqual(october);
    expect(monthOfEnd('2026-10-15')).toEqual(october);
  });

  it('keeps local midnights when the clocks change, in spring and in autumn', () => {
    const hours = (day: string): number => {
      const { from, to } = intervalOf(billingPeriodOf(terms({ anchorDay: 15 }), day));
      return (Date.parse(to) - Date.parse(from)) / 3_600_000;
    };
    expect(hours('2026-03-20')).toBe(31 * 24 - 1);
    expect(hours('2026-10-20')).toBe(31 * 24 + 1);
  });
});
