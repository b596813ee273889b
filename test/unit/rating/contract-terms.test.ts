import { describe, expect, it } from 'vitest';
import type { Contract, PriceStep } from '../../../lambdas/catalog/types.ts';
import { contractYearOf } from '../../../lambdas/rating/contract/contract-year.ts';
import { metersOf, rate, rateAmounts } from '../../../lambdas/rating/rate.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import type { PinnedFxRate } from '../../../lambdas/rating/types.ts';
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
import { policy } from './one-price.ts';

const metered: OneContract = { metered: { calls: each('0.01') }, used: { calls: '9000' } };

describe('a ramp', () => {
  const ramp = [
    { from: '2026-06-01', steps: each('0.02') },
    { from: '2026-10-01', steps: each('0.03') },
    { from: '2026-10-02', steps: each('0.04') },
  ];
  const items = [{ id: 'calls', price: 'calls', steps: each('0.05'), ramp }];

  it('holds from the first period that begins on or after its date', () => {
    const input = contractInput({ ...metered, contract: { items } });
    expect(amounts(rate(input))).toEqual(['calls: 270.00']);
    expect(amounts(rate({ ...input, period: month('2026-11-01', '2026-12-01') }))).toEqual(['calls: 360.00']);
    expect(amounts(rate({ ...input, period: month('2026-05-01', '2026-06-01') }))).toEqual(['calls: 450.00']);
  });

  it('needs the meters of all its steps', () => {
    const capacity: PriceStep = { step: 'capacity', tiers: [{ limits: { storage: '1' }, price: '1' }] };
    const later = [{ id: 'calls', price: 'calls', ramp: [{ from: '2027-01-01', steps: [capacity] }] }];
    const { contract, priceBook } = contractInput({ ...metered, contract: { items: later } });
    expect(metersOf(contract, priceBook)).toEqual(['calls', 'storage']);
  });
});

describe('a trial', () => {
  it('charges nothing until it is over', () => {
    const contract = { start: '2026-09-20', trialUntil: '2026-10-12' };
    const given = { fees: { platform: fee('310.00') }, contract };
    expect(amounts(ratedContract(given))).toEqual(['platform: 200.00']);
    expect(amounts(ratedContract({ ...given, more: { period: month('2026-09-01', '2026-10-01') } }))).toEqual([]);
  });

  it('has a fee without a date due when it is over', () => {
    const setup: OneContract = { fees: { setup: [{ step: 'one-time-fee', amount: '500.00' }] } };
    const contract = { start: '2026-09-20', trialUntil: '2026-10-12' };
    expect(amounts(ratedContract({ ...setup, contract }))).toEqual(['setup: 500.00']);
    expect(amounts(ratedContract({ ...setup, contract: { start: '2026-09-20' } }))).toEqual([]);
    expect(amounts(ratedContract({ ...setup, contract: { start: '2026-10-31' } }))).toEqual(['setup: 500.00']);
  });
});

describe('fees', () => {
  it('are due as many times as the item says', () => {
    const items = [{ id: 'platform', price: 'platform', quantity: '2.5' }];
    const [line] = ratedContract({ fees: { platform: fee('310.00') }, contract: { items, start: '2026-10-12' } }).lines;
    expect(line).toMatchObject({ amount: '500.00', quantity: '2.5' });
  });

  it('that are not due have no line, even where zero lines are shown', () => {
    const later: OneContract = { fees: { setup: [{ step: 'one-time-fee', amount: '500.00', on: '2026-11-01' }] } };
    expect(amounts(ratedContract({ ...later, policy: 'itemised' }))).toEqual([]);
    const free: OneContract = { fees: { free: fee('0') } };
    expect(amounts(ratedContract({ ...free, policy: 'itemised' }))).toEqual(['free: 0.00']);
    expect(amounts(ratedContract(free))).toEqual([]);
  });
});

describe('a price book in another currency', () => {
  const fx: PinnedFxRate = {
    id: 'eur-jpy',
    from: 'EUR',
    to: 'JPY',
    rate: '161.235',
    source: 'ECB reference rate',
    version: 3,
    date: '2026-10-31',
  };
  const input = contractInput({ ...metered, fees: { platform: fee('10.55') }, contract: { currency: 'JPY' } });
  const inEuro = { ...input, priceBook: { ...input.priceBook, currency: 'EUR' } };

  it('is converted before the one rounding, at the rate that is pinned', () => {
    const result = rate({ ...inEuro, fx });
    expect(amounts(result)).toEqual(['platform: 1701', 'calls: 14511']);
    expect(sentences(result, 'calls').slice(2)).toEqual([
      '90.00 EUR × 161.235 (ECB reference rate, 2026-10-31) = 14,511.15 JPY',
      '14,511.15 JPY rounded half-up to 0 decimals = 14,511 JPY',
    ]);
    expect(result.lines[0]).toMatchObject({
      currency: 'JPY',
      pins: { fx: { id: 'eur-jpy', version: 3, rate: '161.235', date: '2026-10-31' } },
    });
  });

  it('cannot be rated without a rate, or with one of other currencies', () => {
    const refused = (of: Parameters<typeof rate>[0]) => {
      try {
        rate(of);
      } catch (error) {
        if (error instanceof RatingError) return [error.code, error.exceptionKind];
      }
      return [];
    };
    expect(refused(inEuro)).toEqual(['missing-fx-rate', 'missing-fx-rate']);
    expect(refused({ ...inEuro, fx: { ...fx, from: 'USD' } })).toEqual(['currency-mismatch', 'rating-failed']);
    expect(refused({ ...inEuro, fx: { ...fx, to: 'USD' } })).toEqual(['currency-mismatch', 'rating-failed']);
    expect(refused({ ...input, fx })).toEqual(['currency-mismatch', 'rating-failed']);
    expect(() => rate(inEuro)).toThrow(
      expect.objectContaining({
        message: 'contract "contract-1" is in JPY, its price book "book-1" in EUR: publish a rate from EUR to JPY',
        evidence: { contract: 'contract-1', priceBook: 'book-1', from: 'EUR', to: 'JPY' },
      }),
    );
    expect(() => rate({ ...input, fx })).toThrow(
      expect.objectContaining({ evidence: { contract: 'contract-1', priceBook: 'book-1', rate: 'eur-jpy' } }),
    );
  });
});

describe('amounts that are not rounded', () => {
  it('have at most twelve decimals, and at least those of the currency', () => {
    const exact = { ...policy('standard'), roundingStage: 'none' as const };
    const given = {
      fees: { a: fee('10.00'), b: fee('12.4') },
      contract: { start: '2026-10-12' },
      more: { policy: exact },
    };
    expect(amounts(ratedContract(given))).toEqual(['a: 6.451612903226', 'b: 8.00']);
  });
});

describe('a contract that was amended within the period', () => {
  const before = contractInput({ ...metered, fees: { platform: fee('310.00') } });
  const parts = [month('2026-10-01', '2026-10-12'), month('2026-10-12', '2026-11-01')] as const;
  const [first, second] = parts.map((part) => rate({ ...before, part }));

  it('has lines for each part, by covered days', () => {
    expect([first, second].flatMap((result) => (result ? amounts(result) : []))).toEqual([
      'platform: 110.00',
      'calls: 90.00',
      'platform: 200.00',
      'calls: 90.00',
    ]);
    expect(second?.lines[0]?.period).toEqual(parts[1]);
  });

  it('has the ids of the period for the part that begins with it, and others for a later part', () => {
    const whole = rate(before).lines.map(({ id }) => id);
    expect(first?.lines.map(({ id }) => id)).toEqual(whole);
    expect(second?.lines.some(({ id }) => whole.includes(id))).toBe(false);
  });

  it('has one minimum, maximum and discount in the period, which its versions share by day', () => {
    const whole = { ...policy('standard'), partPeriodMinimum: 'whole' as const };
    const of = (contract: Partial<Contract>, steps: readonly PriceStep[] = []) => {
      const input = contractInput({
        metered: { calls: [...each('0.01'), ...steps] },
        used: { calls: '9000' },
        contract,
      });
      return parts.flatMap((part) => amounts(rate({ ...input, part, policy: whole })));
    };
    const items = ['calls'];
    expect(of({ groups: [{ id: 'g', description: 'G', items, minimum: '310.00' }] })).toEqual([
      'calls: 90.00',
      'group-g: 20.00',
      'calls: 90.00',
      'group-g: 110.00',
    ]);
    expect(of({ maximum: { amount: '31.00', description: 'M' } })).toEqual([
      'calls: 90.00',
      'contract-maximum: -79.00',
      'calls: 90.00',
      'contract-maximum: -70.00',
    ]);
    expect(of({}, [{ step: 'maximum', amount: '31.00' }])).toEqual(['calls: 11.00', 'calls: 20.00']);
    expect(of({}, [{ step: 'minimum', amount: '310.00' }])).toEqual(['calls: 110.00', 'calls: 200.00']);
    expect(of({}, [{ step: 'amount-discount', amount: '31.00' }])).toEqual(['calls: 79.00', 'calls: 70.00']);
    expect(of({ discounts: [{ id: 'd', description: 'D', amount: '31.00' }] })).toEqual([
      'calls: 90.00',
      'discount-d: -11.00',
      'calls: 90.00',
      'discount-d: -20.00',
    ]);
  });

  it('charges ahead with its last part only', () => {
    const ahead = contractInput({ fees: { platform: fee('310.00', 'advance') } });
    expect(parts.map((part) => amounts(rate({ ...ahead, part })))).toEqual([
      ['platform: 110.00'],
      ['platform: 510.00'],
    ]);
  });
});

describe('the contract year', () => {
  it('begins on the anniversaries of the contract, on the 28th where there is no 29th', () => {
    expect(contractYearOf('2026-03-15', '2026-03-15')).toEqual({ start: '2026-03-15', end: '2027-03-15' });
    expect(contractYearOf('2026-03-15', '2027-03-14')).toEqual({ start: '2026-03-15', end: '2027-03-15' });
    expect(contractYearOf('2026-03-15', '2029-01-01')).toEqual({ start: '2028-03-15', end: '2029-03-15' });
    expect(contractYearOf('2024-02-29', '2025-03-01')).toEqual({ start: '2025-02-28', end: '2026-02-28' });
    expect(contractYearOf('2026-03-15', '2025-01-01')).toEqual({ start: '2026-03-15', end: '2027-03-15' });
  });

  const tiers = [
    { upTo: '10000', unitPrice: '0.01' },
    { upTo: null, unitPrice: '0.005' },
  ];
  const input = contractInput({ metered: { calls: [{ step: 'graduated', tiers }] }, used: { calls: '4000' } });
  const prices = input.priceBook.prices.map((price) => ({ ...price, accumulate: 'contract-year' as const }));
  const opening = {
    format: 2 as const,
    carryIn: {},
    prices: { [JSON.stringify(['calls', {}])]: { accumulated: '8000' } },
  };
  const inYear = (start: string, more: object = {}) =>
    rate({
      ...input,
      priceBook: { ...input.priceBook, prices },
      contract: { ...input.contract, start },
      opening,
      ...more,
    });

  it('adds up what a price accumulates', () => {
    const result = inYear('2026-03-01');
    expect(amounts(result)).toEqual(['calls: 30.00']);
    expect(result.closing.prices).toEqual({ [JSON.stringify(['calls', {}])]: { accumulated: '12000' } });
  });

  it('begins at 0 with the period after its anniversary', () => {
    expect(amounts(inYear('2025-10-01'))).toEqual(['calls: 40.00']);
    expect(amounts(inYear('2025-09-15'))).toEqual(['calls: 40.00']);
    expect(amounts(inYear('2025-10-15'))).toEqual(['calls: 30.00']);
  });

  it('goes on over an amendment within a period', () => {
    const part = month('2026-10-12', '2026-11-01');
    expect(amounts(inYear('2025-10-01', { part }))).toEqual(['calls: 30.00']);
    // The anniversary within a period takes effect with the next one, for its later parts, too.
    expect(amounts(inYear('2025-10-12', { part }))).toEqual(['calls: 30.00']);
    const first = month('2026-10-01', '2026-10-12');
    expect(amounts(inYear('2025-10-01', { part: first }))).toEqual(['calls: 40.00']);
  });
});

describe('amounts alone', () => {
  it('are those of the lines', () => {
    const input = contractInput({ ...metered, fees: { platform: fee('310.00') }, contract: { start: '2026-10-12' } });
    const { lines, closing, payments } = rate(input);
    const alone = rateAmounts(input);
    expect(alone.lines).toEqual(
      lines.map(({ item, product, dimensions, quantity, currency, amount }) => ({
        item,
        product,
        dimensions,
        quantity,
        currency,
        amount,
      })),
    );
    expect([alone.closing, alone.payments]).toEqual([closing, payments]);
  });
});
