import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal, sum } from '../../../lambdas/platform/decimal.ts';
import { addDays, startOfDay } from '../../../lambdas/platform/period.ts';
import { PinnedSlotError } from '../../../lambdas/usage/prove/counted-lines.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import { readPinnedUsage } from '../../../lambdas/usage/read/pinned-usage.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { METERS, usage } from '../../unit/usage/usage-fixtures.ts';
import { ALWAYS, makeWorld, OCTOBER } from '../../unit/usage/usage-world.ts';

const SUBJECTS = ['org-01', 'org-02'].map((subject) => ({ subject, ...ALWAYS }));
const spec = fc.record({
  subject: fc.constantFrom('org-01', 'org-02'),
  // Few slots, so that later events meet earlier ones; some outside the month.
  minute: fc.integer({ min: 0, max: 59 }),
  day: fc.constantFrom('09-30', '10-05', '10-06', '10-31', '11-01'),
  kind: fc.constantFrom('api' as const, 'storage' as const, 'user' as const, 'seats' as const),
  n: fc.integer({ min: 1, max: 20 }),
});
type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;

const eventOf = ({ subject, minute, day, kind, n }: Spec, at: number): CanonicalUsage => {
  const time = `2026-${day}T06:${String(minute).padStart(2, '0')}:00.000Z`;
  const data = {
    api: { count: n, endpoint: n % 2 === 0 ? 'read' : 'write' },
    storage: { gb: String(n) },
    user: { userId: `u-${n}` },
    seats: { seats: n },
  }[kind];
  return usage({ id: `e-${at}`, subject, time, type: kind, data }, at);
};

describe('usage as it was pinned', () => {
  it('is what was read then, by value and by hash, whatever was appended since', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(spec, { maxLength: 25 }),
        fc.array(spec, { maxLength: 15 }),
        fc.constantFrom(1, 3, 10),
        async (before, later, batch) => {
          const { ports, append } = makeWorld();
          const all = [...before, ...later].map(eventOf);
          const appendAll = async (events: readonly CanonicalUsage[]) => {
            for (let n = 0; n < events.length; n += batch) await append(...events.slice(n, n + batch));
          };
          await appendAll(all.slice(0, before.length));
          const then = await makeRead(ports);
          await appendAll(all.slice(before.length));
          const request = { subjects: SUBJECTS, period: OCTOBER, carryIn: {}, meters: METERS, details: DETAILS };
          const again = await readPinnedUsage(ports, { ...request, pins: then.pins });
          expect(again.usage).toEqual(then.usage);
          expect(again.usageHash).toBe(then.usageHash);
          expect(again.carryOut).toEqual(then.carryOut);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('says in detail what it says in sum: windows add up, and changes give the value of every day', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(spec, { maxLength: 25 }), async (specs) => {
        const { ports, append } = makeWorld();
        await append(...specs.map(eventOf));
        for (const row of (await makeRead(ports)).usage) {
          if (row.meter === 'requests') {
            expect(sumOf((row.windows ?? []).map(({ quantity }) => quantity))).toBe(row.quantity);
          }
          for (const { day, value } of row.daily ?? []) {
            const end = startOfDay(addDays(day, 1), OCTOBER.zone);
            const changes = (row.changes ?? []).filter(({ at }) => at < end).map(({ by }) => by);
            expect(sumOf(changes)).toBe(value);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is refused where a chain is not what was pinned', async () => {
    const { ports, append } = makeWorld();
    await append(eventOf({ subject: 'org-01', minute: 1, day: '10-05', kind: 'api', n: 1 }, 1));
    const { pins } = await makeRead(ports);
    const request = { subjects: SUBJECTS, period: OCTOBER, carryIn: {}, meters: METERS };
    const other = pins.map((pin) => ({ ...pin, hash: '0'.repeat(64) }));
    await expect(readPinnedUsage(ports, { ...request, pins: other })).rejects.toThrow(PinnedSlotError);
  });
});

const sumOf = (amounts: readonly string[]): string => formatDecimal(sum(amounts.map(parseDecimal)));
const DETAILS = { windows: { requests: 'hour' as const, storage: 'day' as const }, changes: ['seats', 'storage'] };
const makeRead = (ports: ReturnType<typeof makeWorld>['ports']) => {
  return readPeriodUsage(ports, { subjects: SUBJECTS, period: OCTOBER, carryIn: {}, meters: METERS, details: DETAILS });
};
