import { describe, expect, it } from 'vitest';
import {
  addDays,
  daysBetween,
  daysOf,
  intervalOf,
  localDate,
  startOfDay,
  utcDaysOf,
} from '../../../lambdas/platform/period.ts';

const hours = ({ from, to }: { from: string; to: string }): number => (Date.parse(to) - Date.parse(from)) / 3_600_000;

describe('periods', () => {
  it.each([
    ['UTC', '2026-10-01', '2026-11-01', '2026-10-01T00:00:00.000Z', 744],
    ['Asia/Kolkata', '2026-10-01', '2026-11-01', '2026-09-30T18:30:00.000Z', 744],
    ['America/St_Johns', '2026-10-01', '2026-12-01', '2026-10-01T02:30:00.000Z', 61 * 24 + 1],
    ['Europe/Berlin', '2026-10-01', '2026-11-01', '2026-09-30T22:00:00.000Z', 745],
    ['Europe/Berlin', '2026-03-01', '2026-04-01', '2026-02-28T23:00:00.000Z', 743],
    ['America/New_York', '2026-11-01', '2026-12-01', '2026-11-01T04:00:00.000Z', 721],
    ['Australia/Lord_Howe', '2026-10-01', '2026-11-01', '2026-09-30T13:30:00.000Z', 743.5],
  ])('in %s, %s to %s, begin at the local midnight and are as long as clocks say', (zone, start, end, from, length) => {
    const interval = intervalOf({ start, end, zone });
    expect(interval.from).toBe(from);
    expect(hours(interval)).toBe(length);
  });

  it('begin a day that has no midnight at its first instant', () => {
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
    expect(localDate('2018-11-04T02:59:59.999Z', 'America/Sao_Paulo')).toBe('2018-11-03');
  });

  it('count days of the calendar, leap days too', () => {
    expect(daysBetween('2024-02-01', '2024-03-01')).toBe(29);
    expect(daysBetween('2026-01-01', '2027-01-01')).toBe(365);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(daysOf({ start: '2026-02-27', end: '2026-03-02', zone: 'UTC' })).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
  });

  it('name the UTC days that they touch, the end excluded', () => {
    expect(utcDaysOf({ from: '2026-10-01T00:00:00.000Z', to: '2026-10-02T00:00:00.000Z' })).toEqual(['2026-10-01']);
    expect(utcDaysOf(intervalOf({ start: '2026-10-01', end: '2026-10-02', zone: 'Asia/Kolkata' }))).toEqual([
      '2026-09-30',
      '2026-10-01',
    ]);
  });
});
