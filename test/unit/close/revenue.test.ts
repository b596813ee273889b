import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Recognition } from '../../../lambdas/catalog/types.ts';
import { revenueParts, type SaidRevenue } from '../../../lambdas/close/revenue.ts';
import type { RevenuePart } from '../../../lambdas/close/types.ts';
import {
  formatDecimal,
  formatFixed,
  fromMinorUnits,
  parseDecimal,
  sum,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';
import { addDays } from '../../../lambdas/platform/period.ts';
import { scheduleOf, type UsedOn } from '../../../lambdas/rating/recognition.ts';
import type { RatedLine } from '../../../lambdas/rating/types.ts';

const UNSAID: SaidRevenue['unsaid'] = { amount: ZERO, quantity: ZERO };
const NOTHING: SaidRevenue = { parts: [], unsaid: UNSAID };

const line = (over: Partial<RatedLine>): RatedLine => ({
  format: 2,
  id: 'ln-1',
  account: 'a1',
  payer: 'a1',
  contract: 'c',
  item: 'calls',
  product: 'api-calls',
  description: 'API calls',
  dimensions: {},
  period: { start: '2026-10-12', end: '2026-12-12', zone: 'Europe/Berlin' },
  quantity: '61',
  unit: 'call',
  currency: 'USD',
  amount: '100.00',
  recognition: 'as-used',
  arithmetic: { step: 'line', text: '', result: '100.00', unit: 'USD', children: [] },
  pins: { usageHash: '', contractVersion: 1, priceBook: 'l', priceBookVersion: 1, policy: 'standard', engine: '1' },
  inputsHash: '',
  ...over,
});

const parts = (of: RatedLine, said: SaidRevenue = NOTHING, used: readonly UsedOn[] = []): RevenuePart[] =>
  revenueParts(of, { amount: parseDecimal(of.amount), quantity: parseDecimal(of.quantity) }, said, used);
const words = (all: readonly RevenuePart[]): string[] =>
  all.map(({ from, through, quantity, amount }) => `${from} to ${through}: ${quantity} for ${amount}`);

const USED: readonly UsedOn[] = [
  { day: '2026-10-12', value: '2' },
  { day: '2026-12-01', value: '1' },
];

describe('the revenue of a document’s line', () => {
  it.each<Recognition>(['straight-line-day', 'straight-line-month'])(
    '%s is its service period, last day included',
    (recognition) => {
      expect(words(parts(line({ recognition })))).toEqual(['2026-10-12 to 2026-12-11: 61 for 100.00']);
    },
  );

  it('at a point in time is one day', () => {
    const of = line({ recognition: 'point-in-time' });
    expect(words(parts(of))).toEqual(['2026-10-12 to 2026-10-12: 61 for 100.00']);
  });

  it('as used is a part for each calendar month in which something was, else the service period', () => {
    expect(words(parts(line({}), NOTHING, USED))).toEqual([
      '2026-10-12 to 2026-10-31: 41 for 66.67',
      '2026-12-01 to 2026-12-11: 20 for 33.33',
    ]);
    expect(words(parts(line({})))).toEqual(['2026-10-12 to 2026-12-11: 61 for 100.00']);
    expect(words(parts(line({ amount: '0.00' }), NOTHING, USED))).toEqual(['2026-10-12 to 2026-12-11: 61 for 0.00']);
  });

  it('that is charged ahead in part has two service periods', () => {
    const period = { start: '2026-10-01', end: '2026-11-01', zone: 'Etc/UTC' };
    const ahead = { period: { start: '2026-11-01', end: '2026-12-01', zone: 'Etc/UTC' }, amount: '110.00' };
    const seats = line({ recognition: 'straight-line-day', period, ahead, quantity: '11' });
    expect(words(parts(seats))).toEqual([
      '2026-10-01 to 2026-10-31: 11 for -10.00',
      '2026-11-01 to 2026-11-30: 11 for 110.00',
    ]);
    expect(words(parts({ ...seats, amount: '110.00' }))).toEqual(['2026-11-01 to 2026-11-30: 11 for 110.00']);
  });

  it('of a correction is the difference, month by month', () => {
    const before = parts(line({}), NOTHING, USED);
    const late = [...USED, { day: '2026-11-15', value: '1' }];
    const now = parts(line({ amount: '120.00', quantity: '80' }), { parts: before, unsaid: UNSAID }, late);
    expect(words(now)).toEqual([
      '2026-10-12 to 2026-10-31: -1 for -6.67',
      '2026-11-01 to 2026-11-30: 20 for 30.00',
      '2026-12-01 to 2026-12-11: 0 for -3.33',
    ]);
  });

  it('of a line that is taken back is what documents said, turned round', () => {
    const before = parts(line({}), NOTHING, USED);
    const gone = line({ amount: '0.00', quantity: '0', recognition: 'straight-line-day' });
    expect(words(parts(gone, { parts: before, unsaid: UNSAID }))).toEqual([
      '2026-10-12 to 2026-10-31: -41 for -66.67',
      '2026-12-01 to 2026-12-11: -20 for -33.33',
    ]);
  });

  it('that older documents billed without a word on it is corrected as the line is recognized now', () => {
    const unsaid = { amount: parseDecimal('90.00'), quantity: parseDecimal('50') };
    const now = parts(line({ recognition: 'straight-line-day' }), { parts: [], unsaid });
    expect(words(now)).toEqual(['2026-10-12 to 2026-12-11: 11 for 10.00']);
  });

  const date = fc.integer({ min: 0, max: 900 }).map((n) => addDays('2025-01-01', n));
  const knowledge = fc.record({
    units: fc.integer({ min: -100_000, max: 100_000 }),
    quantity: fc.integer({ min: 0, max: 5000 }),
    used: fc.array(fc.record({ day: date, value: fc.integer({ min: -5, max: 50 }).map(String) }), { maxLength: 12 }),
    ahead: fc.option(fc.integer({ min: -1000, max: 1000 })),
    recognition: fc.constantFrom<Recognition>('straight-line-day', 'straight-line-month', 'as-used', 'point-in-time'),
    isSaid: fc.boolean(),
  });
  const cents = (units: number): string => formatFixed(fromMinorUnits(BigInt(units), 2), 2);

  it('sums to the amount, and over all documents to the schedule of all that is billed, to the cent', () => {
    fc.assert(
      fc.property(
        date,
        fc.integer({ min: 1, max: 400 }),
        fc.array(knowledge, { minLength: 1, maxLength: 4 }),
        (start, days, closes) => {
          const period = { start, end: addDays(start, days), zone: 'Etc/UTC' };
          const next = { start: period.end, end: addDays(period.end, 30), zone: 'Etc/UTC' };
          let said = NOTHING;
          let billed = 0;
          for (const { units, quantity, used, ahead, recognition, isSaid } of closes) {
            const of = line({
              period,
              amount: cents(units),
              quantity: String(quantity),
              recognition,
              ...(ahead === null ? {} : { ahead: { period: next, amount: cents(ahead) } }),
            });
            const now = parts(of, said, used);
            expect(now.length).toBeGreaterThan(0);
            expect(formatDecimal(sum(now.map(({ amount }) => parseDecimal(amount))))).toBe(
              formatDecimal(fromMinorUnits(BigInt(units - billed), 2)),
            );
            for (const { from, through } of now) expect(from <= through).toBe(true);
            const amount = fromMinorUnits(BigInt(units - billed), 2);
            said = isSaid
              ? { ...said, parts: [...said.parts, ...now] }
              : { ...said, unsaid: { ...UNSAID, amount: sum([said.unsaid.amount, amount]) } };
            billed = units;
            const isAllSaid = closes.every((each) => each.isSaid);
            if (!isAllSaid || recognition === 'straight-line-day' || recognition === 'straight-line-month') continue;
            // What each month got from all documents is what the neutral schedule gives it.
            const months = (some: readonly { readonly from: string; readonly amount: string }[]) =>
              new Map(
                [...Map.groupBy(some, ({ from }) => from)]
                  .map(([from, own]) => [from, sum(own.map((each) => parseDecimal(each.amount)))] as const)
                  .filter(([, value]) => value.units !== 0n)
                  .map(([from, value]) => [from, formatDecimal(value)] as const)
                  .sort(([a], [b]) => (a < b ? -1 : 1)),
              );
            expect(months(said.parts)).toEqual(months(scheduleOf(of, used).entries));
          }
        },
      ),
    );
  });
});
