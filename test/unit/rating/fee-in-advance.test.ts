import { describe, expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening } from '../../../lambdas/rating/types.ts';
import {
  amounts,
  contractInput,
  each,
  fee,
  month,
  type OneContract,
  ratedContract,
  sentences,
} from './one-contract.ts';

const october = month('2026-10-01', '2026-11-01');
const november = month('2026-11-01', '2026-12-01');
const keyOf = (item: string) => JSON.stringify([item, {}]);
const ahead = (item: string, start: string, amount: string): Pick<Opening, 'prices'> => ({
  prices: { [keyOf(item)]: { ahead: { start, amount } } },
});

const platform: OneContract = { fees: { platform: fee('310.00', 'advance') } };

describe('a fee in advance', () => {
  it('is charged in the period before the contract begins', () => {
    const result = ratedContract({ ...platform, contract: { start: '2026-11-01' }, more: { period: october } });
    expect(amounts(result)).toEqual(['platform: 310.00']);
    expect(result.lines[0]?.period).toEqual(november);
    // The whole line is for November: nothing of it is for another period.
    expect(result.lines[0]?.ahead).toBeUndefined();
    expect(result.closing.prices).toEqual({
      [keyOf('platform')]: { ahead: { start: '2026-11-01', amount: '310', charged: '310' } },
    });
    expect(sentences(result, 'platform')).toEqual([
      '0.00 USD + 310.00 USD ahead for 2026-11-01 to 2026-12-01 = 310.00 USD',
      '310.00 USD rounded half-up to 2 decimals = 310.00 USD',
    ]);
  });

  it('is all that is charged before the contract begins, shown as the policy says or not', () => {
    const steps: readonly PriceStep[] = [
      ...each('1'),
      ...fee('310.00', 'advance'),
      { step: 'one-time-fee', amount: '5.00', on: '2026-10-15' },
      { step: 'minimum', amount: '1000.00' },
    ];
    const given: OneContract = {
      fees: { setup: fee('1.00') },
      metered: { calls: steps, other: each('1') },
      used: { calls: '9' },
      contract: { start: '2026-11-01' },
      more: { period: october },
    };
    expect(amounts(ratedContract(given))).toEqual(['calls: 310.00']);
    expect(amounts(ratedContract({ ...given, policy: 'itemised' }))).toEqual(['calls: 310.00']);
  });

  it('is settled and charged again in every period', () => {
    const result = ratedContract({ ...platform, opening: ahead('platform', '2026-10-01', '310') });
    expect(amounts(result)).toEqual(['platform: 310.00']);
    expect(sentences(result, 'platform').slice(0, 2)).toEqual([
      '310.00 USD for the period',
      '310.00 USD − 310.00 USD charged ahead for this period + 310.00 USD ahead for 2026-11-01 to 2026-12-01 = 310.00 USD',
    ]);
    expect(result.lines[0]).toMatchObject({ period: october, ahead: { period: november, amount: '310.00' } });
  });

  it('is charged for both periods where nothing was charged ahead', () => {
    expect(amounts(ratedContract(platform))).toEqual(['platform: 620.00']);
  });

  it('is charged ahead for the days that the contract covers, and not at all in its last period', () => {
    const ends = (end: string) =>
      amounts(ratedContract({ ...platform, contract: { end }, opening: ahead('platform', '2026-10-01', '310') }));
    expect(ends('2026-11-11')).toEqual(['platform: 103.33']);
    expect(ends('2026-11-01')).toEqual([]);
  });

  it('is given back for the days that a contract that ends early does not use', () => {
    const opening = ahead('platform', '2026-10-01', '310');
    expect(amounts(ratedContract({ ...platform, contract: { end: '2026-10-21' }, opening }))).toEqual([
      'platform: -110.00',
    ]);
    const before = ratedContract({ ...platform, contract: { end: '2026-10-01' }, opening });
    expect(amounts(before)).toEqual(['platform: -310.00']);
    expect(before.lines[0]?.period).toEqual(october);
    expect(before.closing.prices).toBeUndefined();
  });

  it('is given back when the item is dropped or billed in arrears', () => {
    const opening = ahead('platform', '2026-10-01', '310');
    const dropped = ratedContract({ fees: { other: fee('10.00') }, opening });
    expect(amounts(dropped)).toEqual(['other: 10.00', 'platform: -310.00']);
    expect(dropped.lines[1]?.dimensions).toEqual({});
    expect(dropped.lines[1]).toMatchObject({
      product: 'charged-ahead',
      description: 'platform: charged ahead and not used',
    });
    const arrears = ratedContract({ fees: { platform: fee('310.00'), other: fee('10.00') }, opening });
    expect(amounts(arrears)).toEqual(['platform: 310.00', 'other: 10.00', 'platform: -310.00']);
    expect(new Set(arrears.lines.map(({ id }) => id)).size).toBe(3);
    expect(arrears.lines[2]?.dimensions).toEqual({ 'charged-ahead': '2026-10-01' });
    const other = ratedContract({ fees: { other: fee('10.00') }, opening: ahead('platform', '2026-10-01', '311') });
    expect(other.lines[1]?.inputsHash).not.toBe(dropped.lines[1]?.inputsHash);
  });

  it('is settled within the period, and nothing is charged ahead', () => {
    const opening = ahead('platform', '2026-10-01', '310');
    expect(amounts(ratedContract({ ...platform, opening, more: { interim: true } }))).toEqual([]);
    expect(amounts(ratedContract({ ...platform, more: { interim: true } }))).toEqual(['platform: 310.00']);
  });

  it('is charged ahead as a ramp has it then', () => {
    const opening = ahead('platform', '2026-10-01', '310');
    const ramped = (steps: readonly PriceStep[]) => {
      const items = [{ id: 'platform', price: 'platform', ramp: [{ from: '2026-11-01', steps }] }];
      return ratedContract({ ...platform, contract: { items }, opening });
    };
    const raised = ramped(fee('400.00', 'advance'));
    expect(amounts(raised)).toEqual(['platform: 400.00']);
    expect(raised.closing.prices?.[keyOf('platform')]?.ahead?.amount).toBe('400');
    // In arrears, or not at all, from November on: nothing is charged ahead for it.
    expect(amounts(ramped(fee('400.00')))).toEqual([]);
    expect(amounts(ramped(each('1')))).toEqual([]);
    expect([ramped(fee('400.00')), ramped(each('1'))].map(({ closing }) => closing.prices)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is not charged ahead as a ramp has it where the contract ends before', () => {
    const items = [
      { id: 'platform', price: 'platform', ramp: [{ from: '2026-11-01', steps: fee('400.00', 'advance') }] },
    ];
    const ended = ratedContract({ ...platform, contract: { items, end: '2026-11-01' } });
    expect(amounts(ended)).toEqual(['platform: 310.00']);
    expect(ended.lines[0]?.ahead).toBeUndefined();
  });

  it('is discounted with what is charged ahead', () => {
    const steps: readonly PriceStep[] = [...fee('310.00', 'advance'), { step: 'percentage-discount', percent: '10' }];
    const result = ratedContract({ fees: { platform: steps }, opening: ahead('platform', '2026-10-01', '279') });
    expect(amounts(result)).toEqual(['platform: 279.00']);
    expect(result.lines[0]?.ahead?.amount).toBe('279.00');
  });

  it('is given back as it was charged: discounted and converted', () => {
    const steps: readonly PriceStep[] = [...fee('310.00', 'advance'), { step: 'percentage-discount', percent: '10' }];
    const input = contractInput({ fees: { platform: steps }, contract: { currency: 'EUR' } });
    const rates = { id: 'usd-eur', from: 'USD', to: 'EUR', source: 'ECB', version: 1, date: '2026-10-31' };
    const before = rate({ ...input, fx: { ...rates, rate: '0.5' } });
    expect(before.closing.prices?.[keyOf('platform')]?.ahead).toEqual({
      start: '2026-11-01',
      amount: '279',
      charged: '139.5',
    });
    const { items: _, ...contract } = input.contract;
    const dropped = { ...input, contract: { ...contract, items: [] }, period: november, opening: before.closing };
    const after = rate({ ...dropped, fx: { ...rates, rate: '0.8' } });
    expect(amounts(after)).toEqual(['platform: -139.50']);
    expect(sentences(after, 'platform')).toEqual([
      '− 139.50 EUR charged ahead for this period',
      '-139.50 EUR rounded half-up to 2 decimals = -139.50 EUR',
    ]);
  });

  it('has a discount of the contract for the period that it is for, too', () => {
    const discounts = [{ id: 'tenth', description: 'Tenth', percent: '10' }];
    const opening = ahead('platform', '2026-10-01', '300');
    const { lines } = ratedContract({
      ...platform,
      fees: { ...platform.fees, other: fee('31.00') },
      contract: { discounts },
      opening,
    });
    expect(lines.map(({ item, amount }) => `${item}: ${amount}`)).toEqual([
      'platform: 320.00',
      'other: 31.00',
      'discount-tenth: -35.10',
    ]);
    expect(lines.map((line) => line.ahead?.amount)).toEqual(['310.00', undefined, '-31.00']);
    expect(lines.map((line) => line.ahead?.period)).toEqual([november, undefined, november]);
  });

  it('is given back converted where only the amount of the price is known, and recognized as its price is', () => {
    const input = contractInput({ fees: { platform: fee('310.00') }, contract: { currency: 'EUR' } });
    const prices = input.priceBook.prices.map((price) => ({ ...price, recognition: 'straight-line-month' as const }));
    const fx = { id: 'u', from: 'USD', to: 'EUR', rate: '0.5', source: 'ECB', version: 1, date: '2026-10-31' };
    const opening: Opening = { format: 2, carryIn: {}, ...ahead('platform', '2026-10-01', '310') };
    const { lines } = rate({ ...input, priceBook: { ...input.priceBook, prices }, fx, opening });
    expect(lines.map(({ amount, recognition }) => `${amount} ${recognition}`)).toEqual([
      '155.00 straight-line-month',
      '-155.00 straight-line-month',
    ]);
    expect(lines[1]?.arithmetic.children.map(({ text }) => text)).toEqual([
      '− 310.00 USD charged ahead for this period',
      '-310.00 USD × 0.5 (ECB, 2026-10-31) = -155.00 EUR',
      '-155.00 EUR rounded half-up to 2 decimals = -155.00 EUR',
    ]);
  });

  it('is due as many times as the item says', () => {
    const contract = { items: [{ id: 'platform', price: 'platform', quantity: '3' }] };
    expect(amounts(ratedContract({ ...platform, contract, opening: ahead('platform', '2026-10-01', '930') }))).toEqual([
      'platform: 930.00',
    ]);
  });
});
