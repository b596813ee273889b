import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract, PriceStep } from '../../../lambdas/catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  fromMinorUnits,
  maximum,
  parseDecimal,
  subtract,
  sum,
  ZERO,
} from '../../../lambdas/platform/decimal.ts';
import { addDays, anchoredDay } from '../../../lambdas/platform/period.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening, RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import { contractInput, each, fee, month } from '../../unit/rating/one-contract.ts';
import { decimalText } from './arbitraries.ts';

const money = fc.bigInt({ min: 0n, max: 200_000n }).map((cents) => formatDecimal(fromMinorUnits(cents, 2)));

const total = (lines: readonly { readonly amount: string }[]): Decimal =>
  sum(lines.map(({ amount }) => parseDecimal(amount)));

/** The months that a contract from a date on has in so many years, one after the other, each opened by the one before. */
const chained = (input: RateInput, months: number, of: (n: number) => Partial<RateInput>): RateResult[] => {
  const results: RateResult[] = [];
  let opening: Opening = input.opening;
  for (let n = 0; n < months; n += 1) {
    const start = anchoredDay(input.period.start, n, input.contract.anchorDay);
    const end = anchoredDay(input.period.start, n + 1, input.contract.anchorDay);
    const result = rate({ ...input, ...of(n), period: month(start, end), opening });
    results.push(result);
    opening = result.closing;
  }
  return results;
};

const exactly = (input: RateInput): RateInput => ({ ...input, policy: { ...input.policy, roundingStage: 'none' } });
const year = (steps: readonly PriceStep[], contract: Partial<Contract> = {}, meter = 'calls'): RateInput => {
  const input = exactly(contractInput({ metered: { [meter]: steps }, contract: { start: '2026-03-01', ...contract } }));
  const prices = input.priceBook.prices.map((price) => ({ ...price, accumulate: 'contract-year' as const }));
  return { ...input, period: month('2026-03-01', '2026-04-01'), priceBook: { ...input.priceBook, prices } };
};
const calls = (quantity: Decimal): Pick<RateInput, 'usage'> => ({
  usage: [{ meter: 'calls', meterVersion: 1, unit: 'call', dimensions: {}, quantity: formatDecimal(quantity) }],
});
const monthly = fc.array(decimalText(100_000n).map(parseDecimal), { minLength: 12, maxLength: 12 });

describe('what passes from period to period', () => {
  it('makes twelve months of a price that accumulates cost what the year costs at once', () => {
    const steps: readonly PriceStep[] = [
      { step: 'allowance', quantity: '500' },
      {
        step: 'graduated',
        tiers: [
          { upTo: '1000', unitPrice: '0.01', flatFee: '5' },
          { upTo: '50000.5', unitPrice: '0.007' },
          { upTo: null, unitPrice: '0.001' },
        ],
      },
    ];
    fc.assert(
      fc.property(monthly, (quantities) => {
        const input = year(steps);
        const months = chained(input, 12, (n) => calls(quantities[n] ?? ZERO));
        const whole = rate({
          ...input,
          ...calls(sum(quantities)),
          contract: { ...input.contract, cadence: 'annual' },
          period: month('2026-03-01', '2027-03-01'),
        });
        expect(total(months.flatMap(({ lines }) => lines))).toEqual(total(whole.lines));
      }),
      { numRuns: 50 },
    );
  });

  it('makes a year come to its commitment or to what was charged, and what is above count more', () => {
    fc.assert(
      fc.property(monthly, money, fc.constantFrom('1', '1.25', '2'), (quantities, amount, overageFactor) => {
        const minimumCommitment = { amount, description: 'Least', over: 'contract-year' as const, overageFactor };
        const input = year(each('0.01'), { minimumCommitment });
        const lines = chained(input, 12, (n) => calls(quantities[n] ?? ZERO)).flatMap((result) => result.lines);
        const charged = total(lines.filter(({ item }) => item === 'calls'));
        const above = maximum(subtract(charged, parseDecimal(amount)), ZERO);
        const factor = subtract(parseDecimal(overageFactor), parseDecimal('1'));
        const more = { units: above.units * factor.units, scale: above.scale + factor.scale };
        const due = add(maximum(charged, parseDecimal(amount)), more);
        // Overage of a month may have more decimals than are kept.
        expect(compare(subtract(total(lines), due), parseDecimal('0.0000000001'))).toBeLessThanOrEqual(0);
        expect(compare(subtract(due, total(lines)), parseDecimal('0.0000000001'))).toBeLessThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });

  it('makes fees in advance cost what they cost in arrears, whenever the contract begins and ends', () => {
    const day = fc.integer({ min: 0, max: 400 }).map((n) => addDays('2026-03-10', n));
    const unit = fc.constantFrom(
      'day' as const,
      'second' as const,
      'second-inclusive' as const,
      'calendar-month' as const,
    );
    const off = fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined });
    const beside = fc
      .record({ percent: off, amount: off, least: off, most: off })
      .map(({ percent, amount, least, most }) => [
        ...(percent === undefined ? [] : [{ step: 'percentage-discount' as const, percent: `${percent / 2}` }]),
        ...(amount === undefined ? [] : [{ step: 'amount-discount' as const, amount: `${amount}` }]),
        ...(least === undefined ? [] : [{ step: 'minimum' as const, amount: `${least}` }]),
        ...(most === undefined ? [] : [{ step: 'maximum' as const, amount: `${most + 150}` }]),
      ]);
    const order = fc.constantFrom('before-bounds' as const, 'after-bounds' as const);
    fc.assert(
      fc.property(
        day,
        unit,
        fc.integer({ min: 1, max: 31 }),
        beside,
        order,
        (end, prorationUnit, anchorDay, steps, discountOrder) => {
          const cost = (billing?: 'advance') => {
            const contract = { start: '2026-03-10', end: end === '2026-03-10' ? '2026-03-11' : end, anchorDay };
            const price = [...fee('100.00', billing), ...steps];
            const input = exactly(contractInput({ fees: { fee: price }, contract }));
            const policy = { ...input.policy, prorationUnit, discountOrder };
            const period = month(anchoredDay('2026-01-01', 0, anchorDay), anchoredDay('2026-01-01', 1, anchorDay));
            const results = chained({ ...input, policy, period }, 18, () => ({}));
            expect(results.at(-1)?.closing.prices).toBeUndefined();
            return total(results.flatMap(({ lines }) => lines));
          };
          const more = subtract(cost('advance'), cost());
          expect(compare(more, parseDecimal('0.000000001'))).toBeLessThan(0);
          expect(compare(more, parseDecimal('-0.000000001'))).toBeGreaterThan(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('makes the parts of an amended period cost what the whole costs, to the rounding of each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), money, (days, amount) => {
        const input = contractInput({ fees: { fee: fee(amount) } });
        const cut = addDays('2026-10-01', days);
        const parts = [month('2026-10-01', cut), month(cut, '2026-11-01')].map((part) => rate({ ...input, part }));
        const off = subtract(total(parts.flatMap(({ lines }) => lines)), parseDecimal(amount));
        expect(['-0.01', '0', '0.01']).toContain(formatDecimal(off));
      }),
    );
  });

  it('rounds a line once: no rounded amount is more than half a unit from the exact one', () => {
    const steps: readonly PriceStep[] = [
      ...each('0.333'),
      ...fee('17.77'),
      { step: 'percentage-discount', percent: '3.3' },
    ];
    fc.assert(
      fc.property(decimalText(1_000_000n), fc.constantFrom('2026-01-01', '2026-10-12', '2026-10-31'), (used, start) => {
        const input = contractInput({ metered: { calls: steps }, used: { calls: used }, contract: { start } });
        const [rounded, exact] = [rate(input), rate(exactly(input))].map(({ lines }) => total(lines)) as [
          Decimal,
          Decimal,
        ];
        const off = subtract(rounded, exact);
        expect(compare(off, parseDecimal('0.005'))).toBeLessThanOrEqual(0);
        expect(compare(off, parseDecimal('-0.005'))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
