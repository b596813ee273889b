import { describe, expect, it } from 'vitest';
import type { Contract, Price } from '../../../lambdas/catalog/types.ts';
import { COMMITMENT_ITEM } from '../../../lambdas/rating/contract/commitment.ts';
import { ENGINE } from '../../../lambdas/rating/engine.ts';
import { coveredPart } from '../../../lambdas/rating/period-part.ts';
import { metersOf, rate } from '../../../lambdas/rating/rate.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import type { RatableUsage, RateInput } from '../../../lambdas/rating/types.ts';
import { inputOf, policy } from './one-price.ts';

const base = inputOf({ quantity: '0', steps: [{ step: 'per-unit', unitPrice: '1' }] });

const calls: Price = {
  id: 'calls',
  product: 'api-calls',
  description: 'API calls',
  meter: 'api_calls',
  perDimensions: [],
  steps: [{ step: 'per-unit', unitPrice: '0.01' }],
};
const summaries: Price = {
  id: 'summaries',
  product: 'ai-summaries',
  description: 'AI summaries',
  meter: 'ai_summaries',
  perDimensions: ['model'],
  steps: [{ step: 'package', size: '100', price: '8.00', rounding: 'up' }],
};
const platform: Price = {
  id: 'platform',
  product: 'platform',
  description: 'Platform fee',
  perDimensions: [],
  steps: [{ step: 'recurring-fee', amount: '310.00', proration: 'day' }],
};

const used = (meter: string, quantity: string, dimensions: Record<string, string> = {}): RatableUsage => ({
  meter,
  meterVersion: 1,
  unit: meter === 'ai_summaries' ? 'summary' : 'call',
  dimensions,
  quantity,
});

const input = (
  change: Partial<Contract>,
  usage: readonly RatableUsage[],
  prices = [platform, calls, summaries],
): RateInput => ({
  ...base,
  contract: {
    ...base.contract,
    items: prices.map((price) => ({ id: `item-${price.id}`, price: price.id })),
    ...change,
  },
  priceBook: { ...base.priceBook, prices },
  usage,
});
const brief = (given: RateInput) => rate(given).lines.map((line) => `${line.item} ${line.description}: ${line.amount}`);

const usage = [
  used('api_calls', '1000', { endpoint: 'read' }),
  used('api_calls', '500', { endpoint: 'write' }),
  used('ai_summaries', '150', { model: 'small' }),
  used('ai_summaries', '150', { model: 'large' }),
  used('active_users', '42'),
];

describe('rating a contract', () => {
  it('gives a line per item and dimension value, in the order of the contract', () => {
    expect(brief(input({}, usage))).toEqual([
      'item-platform Platform fee: 310.00',
      'item-calls API calls: 15.00',
      'item-summaries AI summaries (model large): 16.00',
      'item-summaries AI summaries (model small): 16.00',
    ]);
  });

  it('prices pooled or per dimension, as the price says', () => {
    const pooled = { ...summaries, perDimensions: [] };
    expect(brief(input({}, usage, [pooled]))).toEqual(['item-summaries AI summaries: 24.00']);
  });

  it('takes the custom steps of an item instead of the book', () => {
    const items = [{ id: 'a', price: 'calls', steps: [{ step: 'per-unit', unitPrice: '0.005' } as const] }];
    expect(brief(input({ items }, usage))).toEqual(['a API calls: 7.50']);
  });

  it('pins versions, policy and engine, and says who pays', () => {
    const [line] = rate(input({ payer: 'acct-parent' }, usage)).lines;
    expect(line).toMatchObject({
      format: 2,
      account: 'acct-1',
      payer: 'acct-parent',
      pins: {
        usageHash: 'pinned',
        contractVersion: 1,
        priceBook: 'book-1',
        priceBookVersion: 1,
        policy: 'standard',
        engine: ENGINE,
      },
    });
    expect(line?.inputsHash).toMatch(/^[0-9a-f]{64}$/);
    // A fee has no meter; and what nothing is charged ahead of or coupled with has no field that says so.
    for (const field of ['meter', 'group', 'ahead']) expect(line).not.toHaveProperty(field);
  });

  it('keeps the id of a line when its amount changes, and changes the hash of its inputs', () => {
    const before = rate(input({}, [used('api_calls', '1000')], [calls])).lines[0];
    const after = rate(input({}, [used('api_calls', '1001')], [calls])).lines[0];
    expect(after?.id).toBe(before?.id);
    expect(after?.inputsHash).not.toBe(before?.inputsHash);
    expect(rate(input({ id: 'contract-2' }, [used('api_calls', '1000')], [calls])).lines[0]?.id).not.toBe(before?.id);
  });

  it('omits or shows a line without usage, as the policy says', () => {
    const nothing = input({}, [], [calls]);
    expect(brief(nothing)).toEqual([]);
    expect(brief({ ...nothing, policy: policy('itemised') })).toEqual(['item-calls API calls: 0.00']);
  });

  it('charges a fee or minimum of a metered price also without usage', () => {
    const least: Price = { ...calls, steps: [...calls.steps, { step: 'minimum', amount: '20.00' }] };
    expect(brief(input({}, [], [least]))).toEqual(['item-calls API calls: 20.00']);
  });

  it('passes the opening on', () => {
    const opening = { format: 1, carryIn: { key: { time: '2026-09-30T00:00:00.000Z', value: '7' } } } as const;
    expect(rate({ ...input({}, usage), opening }).closing).toStrictEqual({ ...opening, format: 2 });
  });

  it('has no binary float anywhere: 0.1 + 0.2 is 0.3, and JPY has no decimals', () => {
    const tenth = { ...calls, steps: [{ step: 'per-unit', unitPrice: '0.1' } as const] };
    expect(brief(input({}, [used('api_calls', '3')], [tenth]))).toEqual(['item-calls API calls: 0.30']);
    const yen = input({ currency: 'JPY' }, [used('api_calls', '1050')], [calls]);
    expect(brief({ ...yen, priceBook: { ...yen.priceBook, currency: 'JPY' } })).toEqual(['item-calls API calls: 11']);
  });
});

describe('part of a period', () => {
  it('is clipped to the contract, half open, in whole local days', () => {
    const contract = { ...base.contract, start: '2026-10-12', end: '2026-10-22' };
    expect(coveredPart(contract, base.period)).toEqual({
      start: '2026-10-12',
      end: '2026-10-22',
      zone: 'Europe/Berlin',
    });
    expect(coveredPart({ ...contract, end: '2026-10-01', start: '2026-09-01' }, base.period)).toBeUndefined();
    expect(coveredPart({ ...contract, start: '2026-11-01', end: '2027-01-01' }, base.period)).toBeUndefined();
  });

  it('prorates the fee and shows the part on the line; the id stays that of the period', () => {
    const [line] = rate(input({ start: '2026-10-12' }, [], [platform])).lines;
    expect(line).toMatchObject({ amount: '200.00', period: { start: '2026-10-12', end: '2026-11-01' } });
    expect(rate(input({}, [], [platform])).lines[0]?.id).toBe(line?.id);
  });

  it('has no lines outside the contract', () => {
    expect(rate(input({ start: '2026-11-01' }, usage)).lines).toEqual([]);
  });
});

describe('the minimum commitment', () => {
  const minimumCommitment = { amount: '100.00', description: 'Minimum commitment' };

  it('lifts the metered lines to it, to the cent', () => {
    const { lines } = rate(input({ minimumCommitment }, usage));
    const trueUp = lines.at(-1);
    expect(trueUp).toMatchObject({ item: COMMITMENT_ITEM, product: COMMITMENT_ITEM, amount: '53.00' });
    expect(trueUp?.arithmetic.children[0]?.text).toBe('100.00 USD committed − 47.00 USD charged for usage = 53.00 USD');
  });

  it('counts fees too when the policy says so', () => {
    const all = { ...input({ minimumCommitment }, usage), policy: policy('itemised') };
    expect(rate(all).lines.at(-1)).toMatchObject({ item: COMMITMENT_ITEM, amount: '0.00' });
  });

  it('has no line when it is reached', () => {
    const reached = input({ minimumCommitment: { ...minimumCommitment, amount: '47.00' } }, usage);
    expect(rate(reached).lines.some((line) => line.item === COMMITMENT_ITEM)).toBe(false);
  });

  it('says so on a line that is shown although it is reached to the cent', () => {
    const exactly = input({ minimumCommitment: { ...minimumCommitment, amount: '357.00' } }, usage);
    expect(rate({ ...exactly, policy: policy('itemised') }).lines.at(-1)?.arithmetic.children[0]?.text).toBe(
      '357.00 USD charged for usage reaches the 357.00 USD committed',
    );
  });

  it('is prorated by day with the contract', () => {
    const part = input(
      { minimumCommitment: { ...minimumCommitment, amount: '310.00' }, start: '2026-10-12' },
      [],
      [calls],
    );
    expect(rate(part).lines.at(-1)).toMatchObject({ amount: '200.00' });
  });
});

describe('what cannot be rated', () => {
  const refused = (given: RateInput): RatingError => {
    try {
      rate(given);
    } catch (error) {
      if (error instanceof RatingError) return error;
      throw error;
    }
    throw new Error('it was rated');
  };

  it('is a missing price, with what to do', () => {
    const error = refused(input({ items: [{ id: 'a', price: 'gold' }] }, usage));
    expect(error).toMatchObject({ code: 'missing-price', exceptionKind: 'missing-price', evidence: { price: 'gold' } });
    expect(error.message).toMatch(/publish it or amend the contract$/);
  });

  it('is another currency or zone than the contract has', () => {
    expect(refused(input({ currency: 'EUR' }, usage))).toMatchObject({
      code: 'missing-fx-rate',
      exceptionKind: 'missing-fx-rate',
    });
    expect(refused(input({ zone: 'Asia/Tokyo' }, usage))).toMatchObject({
      code: 'period-zone',
      evidence: { contract: 'contract-1', zone: 'Europe/Berlin' },
    });
  });

  it('is usage in two units', () => {
    const mixed = [used('api_calls', '1'), { ...used('api_calls', '1'), meterVersion: 2, unit: 'kilocall' }];
    expect(refused(input({}, mixed, [calls]))).toMatchObject({ code: 'usage-units' });
  });

  it('is a seat price without a value for every day', () => {
    const seat: Price = { ...calls, steps: [{ step: 'seats', unitPrice: '5', proration: 'day' }] };
    expect(refused(input({}, [used('api_calls', '7')], [seat]))).toMatchObject({ code: 'usage-incomplete' });
    const gap = { ...used('api_calls', '7'), daily: [{ day: '2026-10-01', value: '7' }] };
    expect(refused(input({}, [gap], [seat])).message).toBe('the usage of price "calls" says nothing about 2026-10-02');
  });

  it('names the meters that must exist before usage is read', () => {
    const { contract, priceBook } = input({}, usage);
    expect(metersOf(contract, priceBook)).toEqual(['api_calls', 'ai_summaries']);
  });
});
