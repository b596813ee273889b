import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, fromInteger, multiply, parseDecimal, subtract, sum } from '../../../lambdas/platform/decimal.ts';
import { forecastOf } from '../../../lambdas/usage/entitlements/forecast.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { october } from '../../unit/usage/entitlements-world.ts';
import { api, METERS } from '../../unit/usage/usage-fixtures.ts';
import { ALWAYS } from '../../unit/usage/usage-world.ts';

const HOUR = 3_600_000;

describe('an entitlement', () => {
  /** Whatever comes late, whenever it is settled: a warm function never answers what it kept too long. */
  it('has used what the ledger has, at every moment', async () => {
    const step = fc.oneof(
      fc.record({
        does: fc.constant('append' as const),
        day: fc.integer({ min: 0, max: 9 }),
        hour: fc.nat(23),
        count: fc.nat(9),
      }),
      fc.record({ does: fc.constant('sweep' as const) }),
      fc.record({ does: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 180 }) }),
      fc.record({ does: fc.constant('ask' as const) }),
    );
    const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York');
    await fc.assert(
      fc.asyncProperty(zone, fc.array(step, { minLength: 4, maxLength: 24 }), async (where, steps) => {
        const { ask, append, clock, ports } = await october({ zone: where, days: 4 });
        let id = 0;
        const check = async (): Promise<void> => {
          const answer = (await ask('acct-01', 'calls'))?.entitlements[0];
          const { usage } = await readPeriodUsage(ports, {
            subjects: [{ subject: 'org-01', ...ALWAYS }],
            period: { start: '2026-10-01', end: '2026-11-01', zone: where },
            carryIn: {},
            meters: METERS,
          });
          const used = sum(usage.filter(({ meter }) => meter === 'calls').map((row) => parseDecimal(row.quantity)));
          expect(parseDecimal(answer?.used ?? '')).toEqual(used);
        };
        await check();
        for (const each of steps) {
          if (each.does === 'append') {
            // From the day before the period on: edges of zones divide it.
            const time = new Date(Date.parse('2026-09-30T00:00:00.000Z') + (each.day * 24 + each.hour) * HOUR);
            id += 1;
            if (time.getTime() <= clock.nowMillis()) await append(api(`p-${id}`, time.toISOString(), each.count));
          } else if (each.does === 'sweep') await settleSweep(ports, METERS);
          else if (each.does === 'wait') clock.advance(each.minutes * 60_000);
          else await check();
        }
        await check();
      }),
      { numRuns: 25 },
    );
  });
});

describe('a forecast', () => {
  it('names the last millisecond to which what is left lasts at the rate of the settled days', () => {
    const quantity = fc
      .integer({ min: 1, max: 10_000_000 })
      .map((n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`);
    const days = fc.integer({ min: 3, max: 31 });
    fc.assert(
      fc.property(quantity, quantity, quantity, days, (settled, used, more, n) => {
        const run = { days: n, from: '2026-10-01', to: '2026-10-31', quantity: parseDecimal(settled) };
        const [now, reset] = [Date.parse('2026-10-10T00:00:00.000Z'), Date.parse('2027-10-01T00:00:00.000Z')];
        const limit = sum([parseDecimal(used), parseDecimal(more)]);
        const forecast = forecastOf(run, { used: parseDecimal(used), limit }, now, reset);
        if (forecast?.exhaustedAt === undefined) return;
        const lasts = Date.parse(forecast.exhaustedAt) - now;
        /** quantity × millis against left × days in milliseconds: without any division. */
        const usedBy = (millis: number) =>
          compare(
            multiply(run.quantity, fromInteger(millis)),
            multiply(subtract(limit, parseDecimal(used)), fromInteger(n * 24 * HOUR)),
          );
        expect(usedBy(lasts)).toBeLessThanOrEqual(0);
        expect(usedBy(lasts + 1)).toBeGreaterThan(0);
        expect(lasts).toBeLessThan(reset - now);
      }),
      { numRuns: 500 },
    );
  });
});
