import { describe, expect, it } from 'vitest';
import type { Contract, PriceStep } from '../../../lambdas/catalog/types.ts';
import { daysOf, type Period } from '../../../lambdas/platform/period.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening, RatedLine, RateInput } from '../../../lambdas/rating/types.ts';
import { amounts, contractInput, each, fee, month, type OneContract, ratedContract } from './one-contract.ts';

const october = month('2026-10-01', '2026-11-01');
const november = month('2026-11-01', '2026-12-01');
const keyOf = (item: string) => JSON.stringify([item, {}]);
const ahead = (item: string, start: string, amount: string): Pick<Opening, 'prices'> => ({
  prices: { [keyOf(item)]: { ahead: { start, amount } } },
});

const platform: OneContract = { fees: { platform: fee('310.00', 'advance') } };

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

  it('is settled within the period with a fee that is in advance, too', () => {
    const both: readonly PriceStep[] = [
      { step: 'recurring-fee', amount: '20', proration: 'none', billing: 'advance' },
      { step: 'minimum', amount: '100', billing: 'advance' },
    ];
    const opening = ahead('calls', '2026-10-01', '100');
    const interim = ratedContract({ metered: { calls: both }, used: { calls: '1' }, opening, more: { interim: true } });
    expect(amounts(interim)).toEqual(['calls: -80.00']);
    expect(interim.closing.prices).toBeUndefined();
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

  it('that share tiers are settled for each of the values that share them', () => {
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
    expect(Object.values(first.closing.prices ?? {})).toEqual([
      { ahead: { start: '2026-11-01', amount: '31', charged: '31' } },
      { ahead: { start: '2026-11-01', amount: '31', charged: '31' } },
    ]);
    const second = rate({ ...shared, ...usageOn(november, 'b'), period: november, opening: first.closing });
    expect(amounts(second)).toEqual(['seats: 41.00', 'seats: -31.00']);
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
