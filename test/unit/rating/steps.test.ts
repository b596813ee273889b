import { describe, expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { inputOf, policy } from './one-price.ts';
import { amountOf, differing, outcomeOf, PART, workingOf } from './one-step.ts';

const texts = (outcome: { readonly node: { readonly children: readonly { readonly text: string }[] } | undefined }) =>
  outcome.node?.children.map((child) => child.text);
const money = (amount: string) => ({ amount: { value: parseDecimal(amount), parts: 1n } });

describe('each step, by its worked example', () => {
  it('unit-conversion: 2,500 calls × 0.001 = 2.5 thousand', () => {
    const result = outcomeOf(workingOf('2500'), { step: 'unit-conversion', multiplyBy: '0.001', unit: 'k' });
    expect(result).toMatchObject({ text: '2,500 calls × 0.001 = 2.5 ks', amount: ZERO, quantity: parseDecimal('2.5') });
  });

  it('unit-conversion: 1,400 calls ÷ 1,000 rounded to whole units, or to twelve decimals', () => {
    const step = { step: 'unit-conversion', divideBy: '1000', unit: 'k' } as const;
    expect(outcomeOf(workingOf('1400'), { ...step, rounding: 'up' })).toMatchObject({
      text: '1,400 calls ÷ 1,000, rounded up, = 2 ks',
      quantity: parseDecimal('2'),
    });
    const rounded = (quantity: string, rounding: 'up' | 'down' | 'half-up') =>
      outcomeOf(workingOf(quantity), { ...step, rounding }).quantity.units;
    expect([rounded('1500', 'half-up'), rounded('1499.9', 'half-up'), rounded('1999', 'down')]).toEqual([2n, 1n, 1n]);
    expect(rounded('-1400', 'up')).toBe(-1n);
    expect(outcomeOf(workingOf('1'), { ...step, divideBy: '3' }).text).toBe('1 call ÷ 3 ≈ 0.333333333333 ks');
    expect(outcomeOf(workingOf('0.000000000001'), { ...step, divideBy: '1600' }).quantity).toEqual(
      parseDecimal('0.000000000000000625'),
    );
    const times = { step: 'unit-conversion', multiplyBy: '0.5', rounding: 'up', unit: 'pair' } as const;
    expect(outcomeOf(workingOf('5'), times).quantity).toEqual(parseDecimal('3'));
  });

  it('unit-conversion without end is a fraction to the last rounding, whatever follows the charge', () => {
    const steps: readonly PriceStep[] = [
      { step: 'unit-conversion', divideBy: '1.5', unit: 'k' },
      { step: 'per-unit', unitPrice: '2' },
      { step: 'commitment', amount: '0.5', overageFactor: '1.5', trueUp: true },
    ];
    // 22/3 × 2 = 44/3; 0.50 + (44/3 − 0.50) × 1.5 = 21.75, and rounded up it stays so.
    const input = inputOf({ steps, quantity: '11' });
    expect(rate({ ...input, policy: { ...input.policy, lineRounding: 'up' } }).lines[0]?.amount).toBe('21.75');
  });

  it('unit-conversion takes along what chooses a tier and single transactions', () => {
    const thousand: PriceStep = { step: 'unit-conversion', divideBy: '1000', unit: 'k' };
    const tiers = [
      { upTo: '3', unitPrice: '1' },
      { upTo: null, unitPrice: '0.5' },
    ];
    // 2,000 of a month's 4,000: the tier is that of 4 thousand, not of 4,000 and not of 2 thousand.
    const base = inputOf({ steps: [thousand, { step: 'volume', tiers }], quantity: '2000' });
    const usage = base.usage.map((row) => ({ ...row, fullQuantity: '4000' }));
    expect(rate({ ...base, usage }).lines[0]?.amount).toBe('1.00');
    const low = base.usage.map((row) => ({ ...row, fullQuantity: '3000' }));
    expect(rate({ ...base, usage: low }).lines[0]?.amount).toBe('2.00');
    const cents: PriceStep = { step: 'unit-conversion', divideBy: '100', unit: 'USD' };
    const fee: PriceStep = { step: 'percentage', percent: '10', transactionMaximum: '5' };
    const paid = inputOf({ steps: [cents, fee], quantity: '12000' });
    const transactions = [{ amount: '10000' }, { amount: '1000', count: 2 }];
    const rows = paid.usage.map((row) => ({ ...row, transactions }));
    expect(rate({ ...paid, usage: rows }).lines[0]?.amount).toBe('7.00');
  });

  it('unit-conversion without end is charged exactly: a third at 0.015 is 0.005, not a little less', () => {
    const steps = [
      { step: 'unit-conversion', divideBy: '3', unit: 'k' },
      { step: 'per-unit', unitPrice: '0.015' },
    ] as const;
    expect(amountOf('1', steps)).toBe('0.005');
    expect(outcomeOf(workingOf('1'), steps).text).toBe('≈ 0.333333333333 ks × 0.015 USD ≈ 0.005 USD');
    expect(outcomeOf(workingOf('2'), steps).working.amount.value).toEqual(parseDecimal('0.01'));
    const volume = {
      step: 'volume',
      tiers: [
        { upTo: '1', unitPrice: '3' },
        { upTo: null, unitPrice: '30' },
      ],
    } as const;
    expect(['2', '3', '4'].map((quantity) => amountOf(quantity, [steps[0], volume]))).toEqual(['2', '3', '40']);
  });

  it('per-unit: 12.5 × 0.10 USD = 1.25 USD, and a reversal of what is below 0', () => {
    const step = { step: 'per-unit', unitPrice: '0.10' } as const;
    expect(outcomeOf(workingOf('12.5'), step)).toMatchObject({
      text: '12.5 calls × 0.10 USD = 1.25 USD',
      amount: parseDecimal('1.25'),
    });
    expect(amountOf('-5', step)).toBe('-0.5');
    expect(amountOf('0', step)).toBe('0');
  });

  it('per-unit in currencies with no and three decimals', () => {
    const step = { step: 'per-unit', unitPrice: '1.5' } as const;
    const yen = outcomeOf(workingOf('3'), step, { currency: { code: 'JPY', exponent: 0 } });
    const dinar = outcomeOf(workingOf('3'), step, { currency: { code: 'KWD', exponent: 3 } });
    expect([yen.text, dinar.text]).toEqual(['3 calls × 1.5 JPY = 4.5 JPY', '3 calls × 1.500 KWD = 4.500 KWD']);
  });

  it('dynamic: 50.00 USD measured × 1.2 = 60.00 USD', () => {
    const step = { step: 'dynamic', multiplyBy: '1.2' } as const;
    expect(outcomeOf(workingOf('50'), step)).toMatchObject({
      text: '50.00 USD × 1.2 = 60.00 USD',
      amount: parseDecimal('60'),
    });
    expect(amountOf('-10', step)).toBe('-12');
  });

  it('package: 1,234 in packages of 100 are 13 = 104.00 USD', () => {
    const step = { step: 'package', size: '100', price: '8.00', rounding: 'up' } as const;
    expect(outcomeOf(workingOf('1234'), step)).toMatchObject({
      text: '1,234 calls ÷ 100, rounded up = 13 packages × 8.00 USD = 104.00 USD',
      amount: parseDecimal('104'),
    });
    expect(amountOf('1234', { ...step, rounding: 'down' })).toBe('96');
    expect(amountOf('1250', { ...step, rounding: 'half-up' })).toBe('104');
    expect(amountOf('1249.99', { ...step, rounding: 'half-up' })).toBe('96');
    expect(amountOf('1200', step)).toBe('96');
    expect([amountOf('0', step), amountOf('-250', step), amountOf('0.001', step)]).toEqual(['0', '0', '8']);
  });

  it('recurring-fee: 310.00 USD × 20 of 31 days = 200.00 USD', () => {
    const step = { step: 'recurring-fee', amount: '310.00', proration: 'day' } as const;
    const start = workingOf('1');
    expect(outcomeOf(start, step, { part: PART })).toMatchObject({
      text: '310.00 USD × 20 of 31 days = 200.00 USD',
      amount: parseDecimal('200'),
    });
    expect(outcomeOf(start, step).text).toBe('310.00 USD for the period');
    expect(amountOf('1', { ...step, proration: 'none' }, { part: PART })).toBe('310');
    expect(outcomeOf(start, step, { part: PART, count: parseDecimal('3') }).text).toBe(
      '3 × 310.00 USD × 20 of 31 days = 600.00 USD',
    );
    expect(outcomeOf(start, step, { count: parseDecimal('3') }).text).toBe(
      '3 × 310.00 USD for the period = 930.00 USD',
    );
  });

  it('recurring-fee by the second knows that October has an hour more in Berlin', () => {
    const step = { step: 'recurring-fee', amount: '2682000.00', proration: 'second' } as const;
    expect(outcomeOf(workingOf('1'), step, { part: PART }).text).toBe(
      '2,682,000.00 USD × 1,731,600 of 2,682,000 seconds = 1,731,600.00 USD',
    );
    const inclusive = differing({ prorationUnit: 'second-inclusive' });
    expect(outcomeOf(workingOf('1'), step, { part: PART, ...inclusive }).text).toContain(
      '1,731,599 of 2,681,999 seconds',
    );
  });

  it('one-time-fee: once, in the period in which it is due', () => {
    const step = { step: 'one-time-fee', amount: '500.00', on: '2026-10-12' } as const;
    expect(outcomeOf(workingOf('1'), step)).toMatchObject({
      text: '500.00 USD once, due on 2026-10-12',
      amount: parseDecimal('500'),
    });
    expect(amountOf('1', { ...step, on: '2026-10-31' })).toBe('500');
    expect([amountOf('1', { ...step, on: '2026-11-01' }), amountOf('1', { ...step, on: '2026-09-30' })]).toEqual([
      '0',
      '0',
    ]);
    const first = { step: 'one-time-fee', amount: '500.00' } as const;
    expect(amountOf('1', first, { part: PART, firstDay: '2026-10-12' })).toBe('500');
    expect(amountOf('1', first, { firstDay: '2026-09-12' })).toBe('0');
    expect(outcomeOf(workingOf('1'), first, { count: parseDecimal('2') }).text).toBe(
      '2 × 500.00 USD once, due on 2026-10-01 = 1,000.00 USD',
    );
  });

  it('percentage-discount: 850.00 USD − 10 % = 765.00 USD', () => {
    expect(outcomeOf(workingOf('1', money('850')), { step: 'percentage-discount', percent: '10' })).toMatchObject({
      text: '850.00 USD − 10 % (85.00 USD) = 765.00 USD',
      amount: parseDecimal('765'),
    });
  });

  it('amount-discount: 850.00 USD − 50.00 USD = 800.00 USD, never below 0', () => {
    const step = { step: 'amount-discount', amount: '50.00' } as const;
    expect(outcomeOf(workingOf('1', money('850')), step)).toMatchObject({
      text: '850.00 USD − 50.00 USD discount = 800.00 USD',
      amount: parseDecimal('800'),
    });
    expect(outcomeOf(workingOf('1', money('30')), step)).toMatchObject({
      text: '30.00 USD, of which the discount of 50.00 USD takes no more than there is = 0.00 USD',
      amount: ZERO,
    });
    expect(outcomeOf(workingOf('1', money('50')), step)).toMatchObject({
      text: '50.00 USD − 50.00 USD discount = 0.00 USD',
      amount: ZERO,
    });
    expect(outcomeOf(workingOf('1', money('-30')), step).amount).toEqual(parseDecimal('-30'));
  });

  it('minimum: 42.10 USD is below the minimum, so 50.00 USD are charged', () => {
    const step = { step: 'minimum', amount: '50.00' } as const;
    expect(outcomeOf(workingOf('1', money('42.1')), step)).toMatchObject({
      text: '42.10 USD is below the minimum, so 50.00 USD are charged',
      amount: parseDecimal('50'),
    });
    expect(outcomeOf(workingOf('1', money('50')), step).text).toBe('50.00 USD reaches the minimum of 50.00 USD');
    expect(outcomeOf(workingOf('1'), { ...step, amount: '310' }, { part: PART }).text).toBe(
      '0.00 USD is below the minimum, so 200.00 USD (310.00 USD × 20 of 31 days) are charged',
    );
    expect(
      amountOf('1', { ...step, amount: '310' }, { part: PART, ...differing({ partPeriodMinimum: 'whole' }) }),
    ).toBe('310');
    expect(amountOf('1', step, { interim: true })).toBe('0');
  });

  it('maximum: 130.00 USD is above the maximum, so 100.00 USD are charged', () => {
    const step = { step: 'maximum', amount: '100.00' } as const;
    expect(outcomeOf(workingOf('1', money('130')), step)).toMatchObject({
      text: '130.00 USD is above the maximum, so 100.00 USD are charged',
      amount: parseDecimal('100'),
    });
    expect(outcomeOf(workingOf('1', money('100')), step).text).toBe('100.00 USD is within the maximum of 100.00 USD');
    expect(amountOf('1', step, { interim: true })).toBe('0');
  });

  it('discounts come before minimum and maximum, or after them (S4)', () => {
    const steps = [
      { step: 'per-unit', unitPrice: '1' },
      { step: 'percentage-discount', percent: '50' },
      { step: 'amount-discount', amount: '1' },
      { step: 'maximum', amount: '100' },
    ] as const;
    expect(amountOf('300', steps)).toBe('100');
    expect(amountOf('300', steps, differing({ discountOrder: 'after-bounds' }))).toBe('49');
    expect(amountOf('300', [...steps].reverse())).toBe('100');
  });

  it('commitment: up to the amount as it is, above it times the factor, at least it with true-up', () => {
    const step = { step: 'commitment', amount: '100.00', overageFactor: '1.5', trueUp: true } as const;
    const outcome = (amount: string, options = {}) => outcomeOf(workingOf('1', money(amount)), { ...step, ...options });
    expect(outcome('160')).toMatchObject({
      text: '160.00 USD: 100.00 USD committed + 60.00 USD above it × 1.5 = 190.00 USD',
      amount: parseDecimal('190'),
    });
    expect(outcome('40').text).toBe('40.00 USD is below the 100.00 USD committed, so 100.00 USD are charged');
    expect(outcome('40', { trueUp: false })).toMatchObject({
      text: '40.00 USD of 100.00 USD committed',
      amount: parseDecimal('40'),
    });
    expect(outcome('100')).toMatchObject({
      text: '100.00 USD of 100.00 USD committed',
      amount: parseDecimal('100'),
    });
    expect(outcomeOf(workingOf('1', money('40')), step, { interim: true }).amount).toEqual(parseDecimal('40'));
    expect(amountOf('0', { ...step, amount: '310' }, { part: PART, policy: policy('standard') })).toBe('200');
  });

  it('graduated: 15,000 = 10,000 × 0.01 + 5,000 × 0.005 = 125.00 USD', () => {
    const tiers = [
      { upTo: '10000', unitPrice: '0.01' },
      { upTo: null, unitPrice: '0.005' },
    ];
    const result = outcomeOf(workingOf('15000'), { step: 'graduated', tiers });
    expect(result).toMatchObject({ text: '15,000 calls over 2 tiers = 125.00 USD', amount: parseDecimal('125') });
    expect(result.node?.children.map((child) => child.result)).toEqual(['100', '25']);
    const edge = outcomeOf(workingOf('10000'), { step: 'graduated', tiers });
    expect(texts(edge)).toEqual(['0 to 10,000: 10,000 calls × 0.01 USD = 100.00 USD']);
    expect(outcomeOf(workingOf('0'), { step: 'graduated', tiers }).text).toBe('0 calls: nothing to charge');
    expect(outcomeOf(workingOf('-3'), { step: 'graduated', tiers })).toMatchObject({
      text: '-3 calls: nothing to charge',
      amount: ZERO,
    });
  });
});
