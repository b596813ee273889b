import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSettledDay } from '../../../lambdas/usage/prove/compare-settled.ts';
import { lastValuesIn } from '../../../lambdas/usage/read/aggregate.ts';
import { readBalance } from '../../../lambdas/usage/read/balance.ts';
import { lookBack } from '../../../lambdas/usage/read/look-back.ts';
import { clipSubjects, dayParts, readDayParts } from '../../../lambdas/usage/read/period-usage.ts';
import { settleEarly } from '../../../lambdas/usage/settle/early-settle.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { latestMeters } from '../../../lambdas/usage/settle/settled-day.ts';
import { METERS, usage } from '../../unit/usage/usage-fixtures.ts';
import { ALWAYS, makeWorld } from '../../unit/usage/usage-world.ts';

const MINUTE = 60_000;
const meters = latestMeters(METERS);

/** What can happen: time passes, usage arrives (on time, late or from a clock that is ahead), something settles. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('use' as const),
      ago: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: -5, max: 20 }) },
        { weight: 2, arbitrary: fc.integer({ min: 20, max: 3_000 }) },
      ),
      type: fc.constantFrom('api', 'storage', 'user', 'seats'),
      value: fc.integer({ min: 0, max: 9 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('early' as const), daysAgo: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);

const dataOf = (type: string, value: number) =>
  type === 'api'
    ? { count: value, endpoint: 'read' }
    : type === 'storage'
      ? { gb: String(value) }
      : type === 'user'
        ? { userId: `u${value}` }
        : { seats: value };

describe('settling early', () => {
  it('never changes what a balance says', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = makeWorld();
        const { clock, ports } = world;
        // An evening, so that days end within a run.
        clock.advance(20 * 60 * MINUTE);
        for (const [n, each] of steps.entries()) {
          if (each.do === 'wait') clock.advance(each.minutes * MINUTE);
          if (each.do === 'sweep') await settleSweep(ports, METERS);
          if (each.do === 'early') {
            const day = new Date(clock.nowMillis() - each.daysAgo * 1_440 * MINUTE).toISOString().slice(0, 10);
            await settleEarly(ports, meters, 'org-01', day);
          }
          if (each.do === 'use') {
            const time = new Date(clock.nowMillis() - each.ago * MINUTE).toISOString();
            await world.append(
              usage({ id: `e${n}`, subject: 'org-01', time, type: each.type, data: dataOf(each.type, each.value) }),
            );
          }
          const period = { start: '2026-11-01', end: '2026-12-01', zone: 'UTC' };
          const request = { subjects: [{ subject: 'org-01', ...ALWAYS }], period, carryIn: {}, meters: METERS };
          const balance = await readBalance(ports, request);
          const fresh = await world.read(['org-01'], period);
          expect([balance.usage, balance.carryOut]).toEqual([fresh.usage, fresh.carryOut]);
          // What is settled, as it went on, is what the whole day gives at the same versions, to the last digit.
          for (const stored of (await ports.settled.days('org-01', '2026-10-01', '2026-12-01')).days) {
            expect((await compareSettledDay(ports, stored, meters)).differences).toEqual([]);
          }
          // What was in force before an instant, found by months, is what the whole ledger says.
          const to = new Date(clock.nowMillis() - 600 * MINUTE).toISOString();
          const { carryIn } = await lookBack(ports, [{ subject: 'org-01', from: to, to: ALWAYS.to }], METERS);
          const all = { start: '2026-10-01', end: '2026-12-01', zone: 'UTC' };
          const own = [{ subject: 'org-01', from: ALWAYS.from, to }];
          const { slots } = await readDayParts(ports, dayParts(clipSubjects(own, all)));
          const earlier = slots.flatMap(({ states }) =>
            Object.entries(states).flatMap(([key, state]) => {
              const points =
                state.class === 'points'
                  ? state.points.filter(({ time }) => time < to)
                  : state.class === 'scalar' && state.latest.time < to
                    ? [state.latest]
                    : [];
              return points.length === 0
                ? []
                : [{ subject: 'org-01', states: { [key]: { class: 'points' as const, points } } }];
            }),
          );
          // A slot that the instant divides may hide the last seats before it; then nothing can be compared.
          if (to.endsWith(':00.000Z') && Date.parse(to) % (15 * MINUTE) === 0) {
            expect(carryIn).toEqual(lastValuesIn(earlier, METERS));
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
