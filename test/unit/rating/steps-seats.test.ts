import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { amountOf, differing, outcomeOf, workingOf } from './one-step.ts';

const SEPTEMBER = { start: '2026-09-01', end: '2026-10-01', zone: 'UTC' };
const step = { step: 'seats', unitPrice: '15.00', proration: 'day' } as const;
const bySecond = { ...step, proration: 'second' } as const;

/** Seats of each day of September: `first` for 20 days, then `then`. */
const daily = (first: string, then: string) => ({
  period: SEPTEMBER,
  daily: Array.from({ length: 30 }, (_, n) => ({
    day: `2026-09-${String(n + 1).padStart(2, '0')}`,
    value: parseDecimal(n < 20 ? first : then),
  })),
});

const changes = (...all: readonly (readonly [at: string, by: string, prorated?: string])[]) => ({
  period: SEPTEMBER,
  changes: all.map(([at, by, prorated]) => ({
    at: `2026-09-${at}:00.000Z`,
    by: parseDecimal(by),
    ...(prorated === undefined ? {} : { prorated: parseDecimal(prorated) }),
  })),
});

describe('seats by day', () => {
  it('10 for 20 days and 16 for 10 of 30 days at 15.00 USD = 180.00 USD', () => {
    const { amount, node } = outcomeOf(workingOf('16'), step, daily('10', '16'));
    expect(amount).toEqual(parseDecimal('180'));
    expect(node?.children.map((child) => child.text)).toEqual([
      '2026-09-01 to 2026-09-20: 10 calls × 15.00 USD × 20/30 days = 100.00 USD',
      '2026-09-21 to 2026-09-30: 16 calls × 15.00 USD × 10/30 days = 80.00 USD',
    ]);
  });

  it('charges fewer seats from their day on, or from the next period on', () => {
    expect(amountOf('4', step, daily('10', '4'))).toBe('120');
    expect(amountOf('4', { ...step, decreases: 'keep' }, daily('10', '4'))).toBe('150');
    expect(amountOf('16', { ...step, decreases: 'keep' }, daily('10', '16'))).toBe('180');
  });

  it('needs a value for every day', () => {
    expect(() => amountOf('5', step)).toThrow(
      expect.objectContaining({
        code: 'usage-incomplete',
        message: 'seats need a value for every day: the usage has none',
        evidence: { unit: 'call' },
      }),
    );
  });
});

describe('seats by second', () => {
  it('each change for the time that it holds: 150.00 + 6 × 15.00 ÷ 3 = 180.00 USD', () => {
    const { text, amount, node } = outcomeOf(workingOf('16'), bySecond, changes(['01T00:00', '10'], ['21T00:00', '6']));
    expect(amount).toEqual(parseDecimal('180'));
    expect([text, ...(node?.children.map((child) => child.text) ?? [])]).toEqual([
      '16 calls in the end, by the second at 15.00 USD = 180.00 USD',
      '2026-09-01 00:00 UTC: +10 × 15.00 USD × 2,592,000 of 2,592,000 seconds = 150.00 USD',
      '2026-09-21 00:00 UTC: +6 × 15.00 USD × 864,000 of 2,592,000 seconds = 30.00 USD',
    ]);
  });

  it('takes off what is given back in mid-period, or keeps it', () => {
    const fewer = changes(['01T00:00', '10'], ['16T00:00', '-4']);
    expect(amountOf('6', bySecond, fewer)).toBe('120');
    expect(amountOf('6', { ...bySecond, decreases: 'keep' }, fewer)).toBe('150');
    const upAgain = changes(['01T00:00', '10'], ['11T00:00', '-4'], ['16T00:00', '6']);
    expect(amountOf('12', { ...bySecond, decreases: 'keep' }, upAgain)).toBe('165');
  });

  it('rounds each change, or only the line (S7): 5.49 or 5.48', () => {
    const upgrade = {
      period: { start: '2026-03-01', end: '2026-04-01', zone: 'UTC' },
      changes: [
        { at: '2026-03-15T00:00:00.000Z', by: parseDecimal('-10') },
        { at: '2026-03-15T00:00:00.000Z', by: parseDecimal('20') },
      ],
    };
    const one = { ...bySecond, unitPrice: '1' };
    expect(amountOf('10', one, { ...upgrade, ...differing({ prorationRounding: 'each' }) })).toBe('5.49');
    expect(amountOf('10', one, upgrade)).toBe('5.483871');
  });

  it('ends a second early where periods end at 23:59:59 (S6)', () => {
    const last = { ...changes(['11T00:00', '1']), ...differing({ prorationUnit: 'second-inclusive' }) };
    expect(outcomeOf(workingOf('1'), bySecond, last).node?.children[0]?.text).toContain(
      '1,727,999 of 2,591,999 seconds',
    );
  });

  it('takes what somebody says is charged of a change', () => {
    const { node } = outcomeOf(workingOf('10'), bySecond, changes(['05T00:00', '10', '2.5']));
    expect(node?.children[0]?.text).toBe('2026-09-05 00:00 UTC: +10 charged as 2.5 × 15.00 USD = 37.50 USD');
  });

  it('says nothing of a change by nothing', () => {
    const { node } = outcomeOf(
      workingOf('0'),
      bySecond,
      changes(['01T00:00', '0'], ['11T00:00', '3'], ['21T00:00', '-3']),
    );
    expect(node?.children.map(({ text }) => text)).toEqual([
      '2026-09-11 00:00 UTC: +3 × 15.00 USD × 1,728,000 of 2,592,000 seconds = 30.00 USD',
      '2026-09-21 00:00 UTC: -3 × 15.00 USD × 864,000 of 2,592,000 seconds = -15.00 USD',
    ]);
  });

  it('needs the changes of their number', () => {
    expect(() => amountOf('5', bySecond)).toThrow('seats need the changes of their number');
  });
});

describe('seats by month', () => {
  const byMonth = { ...step, proration: 'month' } as const;

  it('charge the highest number in full, from days or from changes', () => {
    expect(outcomeOf(workingOf('4'), byMonth, daily('16', '4')).text).toBe('at most 16 calls × 15.00 USD = 240.00 USD');
    expect(amountOf('12', byMonth, changes(['01T00:00', '10'], ['05T10:00', '6'], ['05T11:00', '-4']))).toBe('240');
    expect(() => amountOf('5', byMonth)).toThrow('seats need a value for every day or the changes of their number');
  });
});
