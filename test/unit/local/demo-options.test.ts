import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../local/demo/options.ts';

const at = (instant: string) => Date.parse(instant);
const noon = at('2026-11-25T12:00:00Z');

describe('the options of the demo', () => {
  it('are 250,000 events of the month before, and stay up only in a terminal', () => {
    expect(readOptions([], noon, true)).toEqual({ events: 250_000, seed: 1, month: '2026-10', stay: true });
    expect(readOptions(['--seed', '7'], noon, false)).toMatchObject({ seed: 7, stay: false });
    expect(readOptions(['--stay'], noon, false).stay).toBe(true);
  });

  it('take a month only when it is over in the last zone of the earth', () => {
    expect(readOptions([], at('2026-12-01T11:59:59Z'), false).month).toBe('2026-10');
    expect(readOptions([], at('2026-12-01T12:00:00Z'), false).month).toBe('2026-11');
    expect(readOptions([], at('2027-01-01T12:00:00Z'), false).month).toBe('2026-12');
  });

  it.each([
    [['--events', '4999'], '--events takes a whole number from 5,000, not "4999".'],
    [['--events', '1e99'], '--events takes a whole number from 5,000, not "1e99".'],
    [['--seed', 'x'], '--seed takes a whole number from 0, not "x".'],
    [['--month', '2026-11'], 'from 2025-10 to 2026-10'],
    [['--month', '2025-09'], 'from 2025-10 to 2026-10'],
    [['--month', '2026-13'], 'from 2025-10 to 2026-10'],
    [['--evnts', '20000'], '--evnts'],
  ])('refuse %j before anything is started', (args, sentence) => {
    expect(() => readOptions(args, noon, false)).toThrow(sentence);
  });
});
