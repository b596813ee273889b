import { describe, expect, it } from 'vitest';
import { parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { exact, roundExact } from '../../../lambdas/rating/exact.ts';
import { allowance } from '../../../lambdas/rating/steps/allowance.ts';
import { graduated } from '../../../lambdas/rating/steps/graduated.ts';
import { minimum } from '../../../lambdas/rating/steps/minimum.ts';
import { packages } from '../../../lambdas/rating/steps/package.ts';
import { perUnit } from '../../../lambdas/rating/steps/per-unit.ts';
import { percentageDiscount } from '../../../lambdas/rating/steps/percentage-discount.ts';
import { recurringFee } from '../../../lambdas/rating/steps/recurring-fee.ts';
import { seats } from '../../../lambdas/rating/steps/seats.ts';
import type { StepContext, Working } from '../../../lambdas/rating/steps/step.ts';
import { unitConversion } from '../../../lambdas/rating/steps/unit-conversion.ts';
import { policy } from './one-price.ts';

const whole: StepContext = {
  currency: { code: 'USD', exponent: 2 },
  policy: policy('standard'),
  coveredDays: 31,
  periodDays: 31,
  daily: [],
};
const part: StepContext = { ...whole, coveredDays: 20 };
const start = (quantity: string, amount = '0'): Working => ({
  quantity: parseDecimal(quantity),
  unit: 'call',
  amount: exact(parseDecimal(amount)),
  nodes: [],
});
/** What the step said, gave and left. */
const outcome = (working: Working) => ({
  text: working.nodes.at(-1)?.text,
  amount: roundExact(working.amount, 6, 'half-even'),
  quantity: working.quantity,
});

describe('each step, by its worked example', () => {
  it('unit-conversion: 2,500 calls × 0.001 = 2.5 thousand', () => {
    const result = outcome(
      unitConversion(start('2500'), { step: 'unit-conversion', multiplyBy: '0.001', unit: 'k' }, whole),
    );
    expect(result).toEqual({ text: '2,500 calls × 0.001 = 2.5 ks', amount: ZERO, quantity: parseDecimal('2.5') });
  });

  it('allowance: 120,000 calls − 100,000 included = 20,000 calls', () => {
    const step = { step: 'allowance', quantity: '100000' } as const;
    expect(outcome(allowance(start('120000'), step, whole))).toEqual({
      text: '120,000 calls − 100,000 included = 20,000 calls',
      amount: ZERO,
      quantity: parseDecimal('20000'),
    });
    expect(outcome(allowance(start('100000'), step, whole))).toMatchObject({
      text: '100,000 calls of 100,000 included: nothing above the allowance',
      quantity: ZERO,
    });
    const byDay = { ...part, policy: policy('itemised') };
    expect(outcome(allowance(start('70000'), step, byDay)).text).toBe(
      '70,000 calls − 64,516.129032258065 included (100,000 × 20 of 31 days) = 5,483.870967741935 calls',
    );
    expect(outcome(allowance(start('70000'), step, part)).quantity).toEqual(ZERO);
  });

  it('per-unit: 12.5 × 0.10 USD = 1.25 USD', () => {
    expect(outcome(perUnit(start('12.5'), { step: 'per-unit', unitPrice: '0.10' }, whole))).toMatchObject({
      text: '12.5 calls × 0.10 USD = 1.25 USD',
      amount: parseDecimal('1.25'),
    });
  });

  it('graduated: 15,000 = 10,000 × 0.01 + 5,000 × 0.005 = 125.00 USD', () => {
    const tiers = [
      { upTo: '10000', unitPrice: '0.01' },
      { upTo: null, unitPrice: '0.005' },
    ];
    const result = graduated(start('15000'), { step: 'graduated', tiers }, whole);
    expect(outcome(result)).toMatchObject({
      text: '15,000 calls over 2 tiers = 125.00 USD',
      amount: parseDecimal('125'),
    });
    expect(result.nodes[0]?.children.map((child) => child.result)).toEqual(['100', '25']);
    const edge = graduated(start('10000'), { step: 'graduated', tiers }, whole);
    expect(edge.nodes[0]?.children.map((child) => child.text)).toEqual([
      '0 to 10,000: 10,000 calls × 0.01 USD = 100.00 USD',
    ]);
    expect(outcome(graduated(start('0'), { step: 'graduated', tiers }, whole)).text).toBe('0 calls: nothing to charge');
  });

  it('package: 1,234 in packages of 100 are 13 = 104.00 USD', () => {
    const step = { step: 'package', size: '100', price: '8.00', rounding: 'up' } as const;
    expect(outcome(packages(start('1234'), step, whole))).toMatchObject({
      text: '1,234 calls ÷ 100, rounded up = 13 packages × 8.00 USD = 104.00 USD',
      amount: parseDecimal('104'),
    });
    expect(outcome(packages(start('1234'), { ...step, rounding: 'down' }, whole)).amount).toEqual(parseDecimal('96'));
    expect(outcome(packages(start('1200'), step, whole)).amount).toEqual(parseDecimal('96'));
    expect(outcome(packages(start('0'), step, whole)).amount).toEqual(ZERO);
  });

  it('seats: 10 for 20 days and 16 for 10 of 30 days at 15.00 USD = 180.00 USD', () => {
    const daily = Array.from({ length: 30 }, (_, n) => ({
      day: `2026-09-${String(n + 1).padStart(2, '0')}`,
      value: parseDecimal(n < 20 ? '10' : '16'),
    }));
    const context = { ...whole, coveredDays: 30, periodDays: 30, daily };
    const result = seats(start('16'), { step: 'seats', unitPrice: '15.00', proration: 'day' }, context);
    expect(outcome(result).amount).toEqual(parseDecimal('180'));
    expect(result.nodes[0]?.children.map((child) => child.text)).toEqual([
      '2026-09-01 to 2026-09-20: 10 calls × 15.00 USD × 20/30 days = 100.00 USD',
      '2026-09-21 to 2026-09-30: 16 calls × 15.00 USD × 10/30 days = 80.00 USD',
    ]);
  });

  it('recurring-fee: 310.00 USD × 20 of 31 days = 200.00 USD', () => {
    const step = { step: 'recurring-fee', amount: '310.00', proration: 'day' } as const;
    expect(outcome(recurringFee(start('1'), step, part))).toMatchObject({
      text: '310.00 USD × 20 of 31 days = 200.00 USD',
      amount: parseDecimal('200'),
    });
    expect(outcome(recurringFee(start('1'), step, whole)).text).toBe('310.00 USD for the period');
    expect(outcome(recurringFee(start('1'), { ...step, proration: 'none' }, part)).amount).toEqual(parseDecimal('310'));
  });

  it('percentage-discount: 850.00 USD − 10 % = 765.00 USD', () => {
    const step = { step: 'percentage-discount', percent: '10' } as const;
    expect(outcome(percentageDiscount(start('1', '850'), step, whole))).toMatchObject({
      text: '850.00 USD − 10 % (85.00 USD) = 765.00 USD',
      amount: parseDecimal('765'),
    });
  });

  it('minimum: 42.10 USD is below the minimum, so 50.00 USD are charged', () => {
    const step = { step: 'minimum', amount: '50.00' } as const;
    expect(outcome(minimum(start('1', '42.1'), step, whole))).toMatchObject({
      text: '42.10 USD is below the minimum, so 50.00 USD are charged',
      amount: parseDecimal('50'),
    });
    expect(outcome(minimum(start('1', '50'), step, whole)).text).toBe('50.00 USD reaches the minimum of 50.00 USD');
    expect(outcome(minimum(start('1'), { ...step, amount: '310' }, part)).text).toBe(
      '0.00 USD is below the minimum, so 200.00 USD (310.00 USD × 20 of 31 days) are charged',
    );
  });
});
