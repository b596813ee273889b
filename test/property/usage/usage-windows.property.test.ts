import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  divide,
  formatDecimal,
  fromInteger,
  multiply,
  parseDecimal,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';
import { addDays } from '../../../lambdas/platform/period.ts';
import { readUsageWindows, type UsageWindow } from '../../../lambdas/usage/read/usage-windows.ts';
import type { WindowSize } from '../../../lambdas/usage/read/windows-of-day.ts';
import { METERS, usage } from '../../unit/usage/usage-fixtures.ts';
import { ALWAYS, makeWorld } from '../../unit/usage/usage-world.ts';

/** Three days around a change of the clocks in some of the zones (25 October 2026). */
const START = '2026-10-24';
const ZONES = ['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns'];

const eventOf = fc.record({
  minute: fc.integer({ min: -600, max: 4 * 24 * 60 }),
  type: fc.constantFrom('api', 'storage', 'user', 'seats'),
  value: fc.integer({ min: 0, max: 50 }),
  subject: fc.constantFrom('org-01', 'org-02'),
});

const dataOf = (type: string, value: number) =>
  ({ api: { count: value, endpoint: 'read' }, storage: { gb: String(value) }, user: { userId: `u${value % 5}` } })[
    type
  ] ?? {
    seats: value,
  };

const allWindows = async (world: ReturnType<typeof makeWorld>, zone: string, size: WindowSize) => {
  const request = {
    subjects: ['org-01', 'org-02'].map((subject) => ({ subject, ...ALWAYS })),
    period: { start: START, end: addDays(START, 3), zone },
    size,
    meters: METERS,
  };
  const windows: UsageWindow[] = [];
  let [slots, next]: [number, string | undefined] = [0, START];
  while (next !== undefined) {
    const page = await readUsageWindows(world.ports, request, next);
    windows.push(...page.windows);
    slots += page.upTo.slots;
    next = page.next;
  }
  return { windows, slots };
};

const of = (windows: readonly UsageWindow[], meter: string) =>
  windows.flatMap(({ from, to, usage: rows }) =>
    rows.filter((row) => row.meter === meter).map(({ quantity }) => ({ from, to, quantity: parseDecimal(quantity) })),
  );

describe('usage by windows', () => {
  it('tiles the period, and adds up to what the period gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(eventOf, { maxLength: 25 }),
        fc.constantFrom(...ZONES),
        fc.constantFrom<WindowSize>('slot', 'hour', 'day'),
        async (events, zone, size) => {
          const world = makeWorld();
          await world.append(
            ...events.map(({ minute, type, value, subject }, n) =>
              usage({
                id: `e${n}`,
                subject,
                type,
                time: new Date(Date.parse(`${START}T00:00:00.000Z`) + minute * 60_000).toISOString(),
                data: dataOf(type, value),
              }),
            ),
          );
          const { windows } = await allWindows(world, zone, size);
          for (const [n, { from }] of windows.entries()) if (n > 0) expect(from).toBe(windows[n - 1]?.to);
          const { usage: whole } = await world.read(['org-01', 'org-02'], {
            start: START,
            end: addDays(START, 3),
            zone,
          });
          for (const row of whole) {
            const parts = of(windows, row.meter);
            const values = parts.map(({ quantity }) => quantity);
            if (row.meter === 'calls' || row.meter === 'requests') {
              expect(formatDecimal(values.reduce(add, ZERO))).toBe(row.quantity);
            }
            // Without events before the period nothing is carried in, and the period's own reading can be compared.
            const carried = events.some(({ minute }) => minute < 600);
            if (row.meter === 'seats' && !carried) expect(formatDecimal(values.at(-1) ?? ZERO)).toBe(row.quantity);
            if (row.meter === 'storage' && !carried) {
              const millis = ({ from, to }: { from: string; to: string }) =>
                fromInteger(Date.parse(to) - Date.parse(from));
              const [first, last] = [windows[0], windows.at(-1)];
              const area = parts.map((part) => multiply(part.quantity, millis(part))).reduce(add, ZERO);
              const length = millis({ from: first?.from ?? '', to: last?.to ?? '' });
              // Each window is rounded once at 12 decimals.
              expect(formatDecimal(divide(area, length, 8, 'half-even'))).toBe(
                formatDecimal(divide(parseDecimal(row.quantity), fromInteger(1), 8, 'half-even')),
              );
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
