import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  daysBetween,
  daysOf,
  intervalOf,
  localDate,
  type Period,
  startOfDay,
  utcDaysOf,
} from '../../../lambdas/platform/period.ts';

const SLOT_MILLIS = 15 * 60 * 1000;

const zones = fc.constantFrom(
  'UTC',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
);
/** A day from 2015 to 2034: since then every zone's midnight lies on a slot edge. */
const days = fc.integer({ min: 0, max: 7000 }).map((n) => addDays('2015-06-01', n));
const periods: fc.Arbitrary<Period> = fc
  .record({ start: days, length: fc.integer({ min: 1, max: 45 }), zone: zones })
  .map(({ start, length, zone }) => ({ start, end: addDays(start, length), zone }));

describe('periods tile the time line', () => {
  it('day by day, without gap or overlap, across changes of the clock', () => {
    fc.assert(
      fc.property(periods, (period) => {
        const { from, to } = intervalOf(period);
        const starts = [...daysOf(period).map((day) => startOfDay(day, period.zone)), to];
        expect(starts[0]).toBe(from);
        for (let n = 1; n < starts.length; n += 1) {
          const length = (Date.parse(starts[n] ?? '') - Date.parse(starts[n - 1] ?? '')) / 3_600_000;
          expect(length).toBeGreaterThanOrEqual(23);
          expect(length).toBeLessThanOrEqual(25);
        }
        expect(daysOf(period)).toHaveLength(daysBetween(period.start, period.end));
      }),
    );
  });

  it('and every instant belongs to exactly one local day', () => {
    fc.assert(
      fc.property(periods, fc.double({ min: 0, max: 1, noNaN: true }), (period, share) => {
        const { from, to } = intervalOf(period);
        const span = Date.parse(to) - Date.parse(from);
        const instant = new Date(Date.parse(from) + Math.min(span - 1, Math.floor(span * share))).toISOString();
        const holding = daysOf(period).filter(
          (day) => startOfDay(day, period.zone) <= instant && instant < startOfDay(addDays(day, 1), period.zone),
        );
        expect(holding).toEqual([localDate(instant, period.zone)]);
        expect(utcDaysOf({ from, to })).toContain(instant.slice(0, 10));
      }),
    );
  });

  it('neighbouring periods meet at one instant, which is an edge between slots', () => {
    fc.assert(
      fc.property(periods, fc.integer({ min: 1, max: 40 }), (period, length) => {
        const next = { ...period, start: period.end, end: addDays(period.end, length) };
        expect(intervalOf(next).from).toBe(intervalOf(period).to);
        expect(Date.parse(intervalOf(period).to) % SLOT_MILLIS).toBe(0);
      }),
    );
  });
});
