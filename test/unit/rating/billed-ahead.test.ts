import { describe, expect, it } from 'vitest';
import type { Contract, PriceStep } from '../../../lambdas/catalog/types.ts';
import { daysOf, type Period } from '../../../lambdas/platform/period.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening, RatedLine, RateInput } from '../../../lambdas/rating/types.ts';
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
    const arrears = ratedContract({ fees: { platform: fee('310.00') }, opening });
    expect(amounts(arrears)).toEqual(['platform: 310.00', 'platform: -310.00']);
    expect(new Set(arrears.lines.map(({ id }) => id)).size).toBe(2);
    expect(arrears.lines[1]?.dimensions).toEqual({ 'charged-ahead': '2026-10-01' });
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
  });

  it('is discounted with what is charged ahead', () => {
    const steps: readonly PriceStep[] = [...fee('310.00', 'advance'), { step: 'percentage-discount', percent: '10' }];
    const result = ratedContract({ fees: { platform: steps }, opening: ahead('platform', '2026-10-01', '310') });
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
      amount: '310',
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

describe('a minimum in advance', () => {
  const steps: readonly PriceStep[] = [...each('1'), { step: 'minimum', amount: '100', billing: 'advance' }];
  const least = (used: string, opening?: OneContract['opening'], more: Partial<RateInput> = {}) =>
    amounts(ratedContract({ metered: { calls: steps }, used: { calls: used }, ...(opening && { opening }), more }));

  it('is billed one month ahead, as published: 150 and 80 used are 100, 150 and 100', () => {
    const before = contractInput({
      metered: { calls: steps },
      contract: { start: '2026-11-01' },
      more: { period: october },
    });
    const first = rate(before);
    const second = rate({ ...before, ...used('150'), period: november, opening: first.closing });
    const third = rate({
      ...before,
      ...used('80'),
      period: month('2026-12-01', '2027-01-01'),
      opening: second.closing,
    });
    expect([first, second, third].flatMap(amounts)).toEqual(['calls: 100.00', 'calls: 150.00', 'calls: 100.00']);
  });

  it('is not settled within the period', () => {
    expect(least('30', ahead('calls', '2026-10-01', '100'), { interim: true })).toEqual(['calls: 30.00']);
  });
});

const used = (quantity: string): Pick<RateInput, 'usage'> => ({
  usage: [{ meter: 'calls', meterVersion: 1, unit: 'call', dimensions: {}, quantity }],
});

describe('seats in advance', () => {
  const steps: readonly PriceStep[] = [{ step: 'seats', unitPrice: '31.00', proration: 'day', billing: 'advance' }];
  const seatsOn = (part: Period, at: (day: string) => string): Pick<RateInput, 'usage'> => {
    const daily = daysOf(part).map((day) => ({ day, value: at(day) }));
    const quantity = daily.at(-1)?.value ?? '0';
    return { usage: [{ meter: 'seats', meterVersion: 1, unit: 'seat', dimensions: {}, quantity, daily }] };
  };

  it('charge the seats of the end ahead, and settle those that came', () => {
    const input = contractInput({ metered: { seats: steps }, opening: ahead('seats', '2026-10-01', '310') });
    const result = rate({ ...input, ...seatsOn(october, (day) => (day < '2026-10-17' ? '10' : '14')) });
    // 10 × 31 + 4 × 15 = 370 for October, 310 of it charged; 14 × 31 = 434 for November.
    expect(amounts(result)).toEqual(['seats: 494.00']);
    expect(result.lines[0]?.ahead).toEqual({ period: november, amount: '434.00' });
  });

  it('charge ahead what a change by the second left', () => {
    const bySecond: readonly PriceStep[] = [
      { step: 'seats', unitPrice: '31.00', proration: 'second', billing: 'advance' },
    ];
    const input = contractInput({ metered: { seats: bySecond }, opening: ahead('seats', '2026-10-01', '310') });
    const changes = [
      { at: '2026-09-30T22:00:00.000Z', by: '10' },
      { at: '2026-10-16T22:00:00.000Z', by: '4' },
    ];
    const usage = [{ meter: 'seats', meterVersion: 1, unit: 'seat', dimensions: {}, quantity: '99', changes }];
    const { lines, closing } = rate({ ...input, usage });
    expect(lines[0]?.ahead?.amount).toBe('434.00');
    expect(closing.prices?.[keyOf('seats')]?.ahead).toMatchObject({ amount: '434', charged: '434' });
  });

  it('that share tiers are settled together, and fees of each group apart', () => {
    const input = contractInput({ metered: { seats: [...steps, ...fee('10.00')] } });
    const prices = input.priceBook.prices.map((price) => ({ ...price, perDimensions: ['plan'] }));
    const shared = {
      ...input,
      priceBook: { ...input.priceBook, prices },
      policy: { ...input.policy, groupedTiers: 'pooled' as const },
    };
    const usageOn = (period: Period, ...plans: readonly string[]) => ({
      usage: plans.flatMap((plan) => seatsOn(period, () => '1').usage.map((row) => ({ ...row, dimensions: { plan } }))),
    });
    const first = rate({ ...shared, ...usageOn(october, 'a', 'b') });
    expect(amounts(first)).toEqual(['seats: 72.00', 'seats: 72.00']);
    expect(first.closing.prices).toEqual({
      [keyOf('seats')]: { ahead: { start: '2026-11-01', amount: '62', charged: '62' } },
    });
    const second = rate({ ...shared, ...usageOn(november, 'b'), period: november, opening: first.closing });
    expect(amounts(second)).toEqual(['seats: 10.00']);
  });

  it('are given back for dimension values that are not used any more', () => {
    const input = contractInput({ metered: { seats: steps } });
    const prices = input.priceBook.prices.map((price) => ({ ...price, perDimensions: ['plan'] }));
    const opening: Opening = {
      format: 2,
      carryIn: {},
      prices: { [JSON.stringify(['seats', { plan: 'gold' }])]: { ahead: { start: '2026-10-01', amount: '310' } } },
    };
    const [row] = seatsOn(october, () => '1').usage;
    const usage = row === undefined ? [] : [{ ...row, dimensions: { plan: 'free' } }];
    const result = rate({ ...input, priceBook: { ...input.priceBook, prices }, usage, opening });
    expect(result.lines.map(({ description, amount }) => `${description} ${amount}`)).toEqual([
      'seats (plan free) 62.00',
      'seats: charged ahead and not used -310.00',
    ]);
  });
});

describe('a minimum in advance of each dimension value', () => {
  const steps: readonly PriceStep[] = [...each('1'), { step: 'minimum', amount: '100', billing: 'advance' }];
  const input = contractInput({ metered: { calls: steps } });
  const prices = input.priceBook.prices.map((price) => ({ ...price, perDimensions: ['region'] }));
  const usageIn = (...regions: readonly string[]): Pick<RateInput, 'usage'> => ({
    usage: regions.map((region) => ({
      meter: 'calls',
      meterVersion: 1,
      unit: 'call',
      dimensions: { region },
      quantity: '30',
    })),
  });
  const of = (opening: Opening, period: Period, ...regions: readonly string[]) =>
    rate({ ...input, ...usageIn(...regions), priceBook: { ...input.priceBook, prices }, period, opening });
  const said = ({ lines }: { readonly lines: readonly RatedLine[] }) =>
    lines.map(({ dimensions, amount }) => `${dimensions.region ?? 'none'} ${amount}`);

  it('is given back where there is no usage, and charged anew where there is', () => {
    const first = of(input.opening, october, 'eu');
    expect(said(first)).toEqual(['eu 200.00']);
    const second = of(first.closing, november, 'us');
    expect(said(second)).toEqual(['us 200.00', 'eu -100.00']);
    const third = of(second.closing, month('2026-12-01', '2027-01-01'), 'eu', 'us');
    expect(said(third)).toEqual(['eu 200.00', 'us 100.00']);
    const none = of(third.closing, month('2027-01-01', '2027-02-01'));
    expect(said(none)).toEqual(['none 200.00', 'eu -100.00', 'us -100.00']);
    expect(none.lines[0]?.description).toBe('calls');
    expect(said(of(none.closing, month('2027-02-01', '2027-03-01'), 'eu'))).toEqual(['eu 200.00', 'none -100.00']);
  });
});

describe('what a contract year of advance comes to', () => {
  it.each(['day', 'second', 'calendar-month'] as const)('is what the year costs, by %s', (prorationUnit) => {
    const contract: Partial<Contract> = { start: '2026-03-10', end: '2027-03-10' };
    const base = contractInput({ ...platform, contract });
    const policy = { ...base.policy, prorationUnit };
    const inAdvance = yearOf({ ...base, policy });
    const inArrears = yearOf({ ...contractInput({ fees: { platform: fee('310.00') }, contract }), policy });
    // Only the two broken months are rounded, in other periods.
    expect(Math.abs(inAdvance - inArrears)).toBeLessThanOrEqual(2);
  });
});

/** Cents of all periods that touch the contract year, and of the one before. */
const yearOf = (input: RateInput): number => {
  let opening: Opening = { format: 2, carryIn: {} };
  let cents = 0;
  for (let n = 2; n <= 15; n += 1) {
    const first = (k: number) => `${2026 + Math.floor((k - 1) / 12)}-${String(((k - 1) % 12) + 1).padStart(2, '0')}-01`;
    const { lines, closing } = rate({ ...input, period: month(first(n), first(n + 1)), opening });
    for (const { amount } of lines) cents += Number(amount.replace('.', ''));
    opening = closing;
  }
  expect(opening.prices ?? {}).toEqual({});
  return cents;
};
