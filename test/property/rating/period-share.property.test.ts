import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween } from '../../../lambdas/platform/period.ts';
import { ALL, addFractions } from '../../../lambdas/rating/fraction.ts';
import { nextPeriod } from '../../../lambdas/rating/period-part.ts';
import { shareOfPeriod } from '../../../lambdas/rating/period-share.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Pacific/Kiritimati',
  'Etc/GMT+12',
];

/** A billing period of any cadence and anchor, and days within it at which it is cut. */
const cutPeriods = fc
  .record({
    day: fc.integer({ min: 0, max: 3000 }),
    zone: fc.constantFrom(...ZONES),
    anchorDay: fc.integer({ min: 1, max: 31 }),
    cadence: fc.constantFrom('monthly' as const, 'quarterly' as const, 'annual' as const),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
  })
  .map(({ day, zone, anchorDay, cadence, cuts }) => {
    const terms = { anchorDay, cadence };
    const before = nextPeriod(terms, { start: '', end: addDays('2024-01-01', day), zone });
    const period = nextPeriod(terms, before);
    const length = daysBetween(period.start, period.end);
    const at = [0, ...cuts.map((cut) => Math.floor(cut * length)), length].sort((a, b) => a - b);
    const edges = [...new Set(at)].map((n) => addDays(period.start, n));
    const parts = edges.slice(1).map((end, n) => ({ start: edges[n] ?? '', end, zone }));
    return { period, parts, anchorDay };
  });

describe('the shares of parts that make up a period', () => {
  it.each(['day', 'day-inclusive', 'second', 'second-inclusive', 'calendar-month'] as const)(
    'sum to 1 by %s',
    (unit) => {
      fc.assert(
        fc.property(cutPeriods, ({ period, parts, anchorDay }) => {
          const all = parts
            .map((part) => shareOfPeriod(part, period, unit, anchorDay))
            .reduce((sum, share) => addFractions(sum, share), { part: 0n, whole: 1n });
          expect(all).toEqual(ALL);
        }),
      );
    },
  );
});
