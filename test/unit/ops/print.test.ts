import { describe, expect, it } from 'vitest';
import { age, grouped, table, wholeNumber, wrap } from '../../../ops/print.ts';

it('takes a whole number, and says what it takes', () => {
  expect(wholeNumber('--limit', '20')).toBe(20);
  for (const text of ['', '0', 'all', '-1', '1.5']) {
    expect(() => wholeNumber('--limit', text)).toThrow(`--limit takes a whole number from 1, not "${text}"`);
  }
});

describe('a table', () => {
  it('aligns text left and numbers right', () => {
    expect(
      table(
        ['meter', 'quantity'],
        [
          ['api_calls', '1,234'],
          ['seats', 7],
        ],
      ),
    ).toBe(['meter      quantity', '─────────  ────────', 'api_calls     1,234', 'seats             7'].join('\n'));
  });

  it('wraps its last column where the screen ends', () => {
    const text = table(['id', 'why'], [['q-1', 'The line cannot be read: it is not UTF-8. Send UTF-8 JSON.']], 40);
    expect(text.split('\n').slice(2)).toEqual([
      'q-1  The line cannot be read: it is not',
      '     UTF-8. Send UTF-8 JSON.',
    ]);
  });

  it('shows its header alone when there are no rows', () => {
    expect(table(['id', 'why'], []).split('\n')).toHaveLength(2);
  });
});

describe('words for people', () => {
  it('wraps at spaces and keeps a long word whole', () => {
    expect(wrap('one two threefourfive six', 8)).toEqual(['one two', 'threefourfive', 'six']);
    expect(wrap('', 8)).toEqual(['']);
  });

  it('groups thousands of decimal text', () => {
    expect(grouped('1234567.50')).toBe('1,234,567.50');
    expect(grouped('-1234')).toBe('-1,234');
    expect(grouped(0)).toBe('0');
  });

  it('says an age in its own size', () => {
    expect([5, 120, 7_200, 200_000].map(age)).toEqual(['5 s', '2 min', '2 h', '2 d']);
  });
});
