import { describe, expect, it } from 'vitest';
import { readUsageWindows } from '../../../lambdas/usage/read/usage-windows.ts';
import { windowsOfDay } from '../../../lambdas/usage/read/windows-of-day.ts';
import { METERS, usage } from './usage-fixtures.ts';
import { ALWAYS, makeWorld, seats } from './usage-world.ts';

const subjects = [{ subject: 'org-01', ...ALWAYS }];
const gb = (id: string, time: string, value: string) =>
  usage({ id, subject: 'org-01', time, type: 'storage', data: { gb: value } });

describe('windowsOfDay', () => {
  it('has a quarter of an hour more or less where the clocks change', () => {
    expect(windowsOfDay('2026-10-24', 'Europe/Berlin', 'slot')).toHaveLength(96);
    expect(windowsOfDay('2026-10-25', 'Europe/Berlin', 'slot')).toHaveLength(100);
    expect(windowsOfDay('2026-10-25', 'Europe/Berlin', 'hour')).toHaveLength(25);
    // Lord Howe puts its clocks forward by half an hour: the last window is a short one.
    const short = windowsOfDay('2026-10-04', 'Australia/Lord_Howe', 'hour');
    expect(short).toHaveLength(24);
    expect(Date.parse(short.at(-1)?.to ?? '') - Date.parse(short.at(-1)?.from ?? '')).toBe(30 * 60_000);
  });
});

describe('readUsageWindows', () => {
  it('carries seats and storage over the edges of hours, days, pages and the period', async () => {
    const world = makeWorld();
    await world.append(seats('s1', '2026-09-29T10:00:00.000Z', 5), gb('g1', '2026-09-30T12:00:00.000Z', '10'));
    await world.append(gb('g2', '2026-10-01T00:30:00.000Z', '30'), seats('s2', '2026-10-06T09:00:00.000Z', 7));
    const period = { start: '2026-10-01', end: '2026-10-08', zone: 'UTC' };
    const request = { subjects, period, size: 'hour' as const, meters: METERS };
    const first = await readUsageWindows(world.ports, request, '2026-10-01');
    expect(first.windows).toHaveLength(96);
    // The first hour: half of it 10 GB, carried in from September, half of it 30.
    expect(first.windows[0]?.usage.map(({ meter, quantity }) => [meter, quantity])).toEqual([
      ['seats', '5'],
      ['storage', '20'],
    ]);
    expect(first.windows[95]?.usage.map(({ quantity }) => quantity)).toEqual(['5', '30']);
    expect(first.next).toBe('2026-10-05');
    const second = await readUsageWindows(world.ports, request, '2026-10-05');
    expect(second.windows.at(0)?.usage.map(({ quantity }) => quantity)).toEqual(['5', '30']);
    expect(second.windows.at(-1)?.usage.map(({ quantity }) => quantity)).toEqual(['7', '30']);
    expect(second.next).toBeUndefined();
  });

  it('says what a page was made from', async () => {
    const world = makeWorld();
    const request = {
      subjects,
      period: { start: '2026-10-01', end: '2026-10-02', zone: 'UTC' },
      size: 'slot' as const,
      meters: METERS,
    };
    await world.append(gb('g1', '2026-10-01T12:00:00.000Z', '10'));
    const before = await readUsageWindows(world.ports, request, '2026-10-01');
    await world.append(gb('g2', '2026-10-01T12:01:00.000Z', '10'));
    const after = await readUsageWindows(world.ports, request, '2026-10-01');
    expect([before.upTo.slots, after.upTo.slots]).toEqual([1, 1]);
    expect(after.upTo.hash).not.toBe(before.upTo.hash);
  });
});
