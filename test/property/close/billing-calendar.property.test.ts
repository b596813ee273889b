import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BillingTerms,
  billingPeriodOf,
  billingPeriodsEndingIn,
  monthOfEnd,
} from '../../../lambdas/platform/billing-calendar.ts';
import { addDays, intervalOf, localDate } from '../../../lambdas/platform/period.ts';

/** UTC+14 and −12, clocks that change north, south and by half an hour, midnights that do not exist, a skipped day. */
const ZONES = [
  'Pacific/Kiritimati',
  'Etc/GMT+12',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Etc/UTC',
];

const date = fc.integer({ min: 0, max: 365 * 24 }).map((days) => addDays('2011-11-01', days));
const terms: fc.Arbitrary<BillingTerms> = fc.record({
  zone: fc.constantFrom(...ZONES),
  start: date,
  anchorDay: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 28, max: 31 })),
  cadence: fc.constantFrom('monthly' as const, 'quarterly' as const, 'annual' as const),
});

describe('billing periods', () => {
  it('tile time: each begins where the one before ends, as a date and as an instant', () => {
    fc.assert(
      fc.property(terms, date, (contract, day) => {
        const period = billingPeriodOf(contract, day);
        expect(period.start <= day && day < period.end).toBe(true);
        const next = billingPeriodOf(contract, period.end);
        expect(next.start).toBe(period.end);
        expect(billingPeriodOf(contract, addDays(period.start, -1)).end).toBe(period.start);
        expect(intervalOf(next).from).toBe(intervalOf(period).to);
        const { from, to } = intervalOf(period);
        expect(from < to).toBe(true);
        // An instant belongs to the period of its local day.
        expect(localDate(from, contract.zone) >= period.start).toBe(true);
        expect(localDate(new Date(Date.parse(to) - 1).toISOString(), contract.zone) < period.end).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are each taken by exactly one calendar month, whichever months are closed', () => {
    fc.assert(
      fc.property(terms, date, (contract, day) => {
        const period = billingPeriodOf(contract, day);
        const month = monthOfEnd(period.end);
        expect(month.start < period.end && period.end <= month.end).toBe(true);
        expect(billingPeriodsEndingIn(contract, month)).toContainEqual(period);
        const others = [monthOfEnd(month.start), monthOfEnd(addDays(month.end, 1))];
        for (const other of others) expect(billingPeriodsEndingIn(contract, other)).not.toContainEqual(period);
        if (contract.cadence === 'monthly') expect(billingPeriodsEndingIn(contract, month)).toEqual([period]);
      }),
      { numRuns: 300 },
    );
  });

  it('begin on the anchor, or on the last day of a month that is too short for it', () => {
    fc.assert(
      fc.property(terms, date, (contract, day) => {
        const { start } = billingPeriodOf(contract, day);
        const isLast = addDays(start, 1).endsWith('-01');
        const dayOfMonth = Number(start.slice(8));
        expect(dayOfMonth === contract.anchorDay || (isLast && dayOfMonth < contract.anchorDay)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
