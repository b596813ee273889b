import { describe, expect, it } from 'vitest';
import type { PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import { multiply, parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import { amountOf, differing, outcomeOf, workingOf } from './one-step.ts';

const refusal = (quantity: string, step: PriceStep, known = {}) => {
  try {
    outcomeOf(workingOf(quantity), step, known);
  } catch (error) {
    if (error instanceof RatingError) return { code: error.code, evidence: error.evidence };
    throw error;
  }
  throw new Error('it was priced');
};

describe('what cannot be priced', () => {
  it('says of a matrix which values have no cell', () => {
    const step: PriceStep = {
      step: 'matrix',
      dimensions: ['region', 'size'],
      cells: [{ values: ['eu', 'small'], unitPrice: '0.10' }],
    };
    const rows = [{ dimensions: { region: 'us' }, quantity: parseDecimal('1') }];
    expect(refusal('1', step, { rows })).toEqual({
      code: 'no-matrix-cell',
      evidence: { place: 'region "us", size ""' },
    });
  });

  it('says of transactions that are not known in which unit they are', () => {
    expect(refusal('800', { step: 'percentage', percent: '1', freeTransactions: 1 })).toEqual({
      code: 'usage-incomplete',
      evidence: { unit: 'call' },
    });
  });
});

describe('tiers by changes of a level', () => {
  it('say in which unit the level is of which the changes are not known', () => {
    const step: PriceStep = { step: 'graduated', by: 'changes', tiers: [{ upTo: null, unitPrice: '1' }] };
    expect(refusal('5', step)).toEqual({ code: 'usage-incomplete', evidence: { unit: 'call' } });
  });
});

describe('tiers', () => {
  const graduated = (...tiers: readonly Tier[]): PriceStep => ({ step: 'graduated', tiers });
  const said = (quantity: string, step: PriceStep, known = {}) => {
    const { text, node } = outcomeOf(workingOf(quantity), step, known);
    return [text, ...(node?.children.map((child) => child.text) ?? [])];
  };

  it('may have a price of each unit and a percent of all', () => {
    expect(
      amountOf('30', graduated({ upTo: '10', unitPrice: '1', percent: '10' }, { upTo: null, unitPrice: '2' })),
    ).toBe('51');
  });

  it('are left by the smallest part of a unit', () => {
    const step = graduated({ upTo: '1', unitPrice: '1' }, { upTo: null, unitPrice: '2' });
    const { working } = outcomeOf(workingOf('1.00000000000000000001'), step);
    expect(working.amount.value).toEqual(parseDecimal('1.00000000000000000002'));
  });

  it('may cost nothing, and say so', () => {
    expect(said('7', graduated({ upTo: '5' }, { upTo: null, unitPrice: '1' }))).toEqual([
      '7 calls over 2 tiers = 2.00 USD',
      '0 to 5: 5 calls free = 0.00 USD',
      'above 5: 2 calls × 1.00 USD = 2.00 USD',
    ]);
  });

  it('are not capped where they come to their cap', () => {
    const step = graduated({ upTo: null, unitPrice: '1', cap: '3' });
    expect([said('3', step).at(-1), said('3.5', step).at(-1)]).toEqual([
      'above 0: 3 calls × 1.00 USD = 3.00 USD',
      'above 0: 3.5 calls × 1.00 USD = 3.50 USD, capped at 3.00 USD = 3.00 USD',
    ]);
  });

  it('of a volume price without a flat fee have nothing to charge without usage, whatever the policy', () => {
    const step: PriceStep = { step: 'volume', tiers: [{ upTo: null, unitPrice: '1' }] };
    expect(said('0', step, differing({ zeroUsageFlatFee: 'charge' }))).toEqual(['0 calls: nothing to charge']);
  });
});

describe('a conversion', () => {
  it('is exact wherever its quotient has an end, however many decimals that takes', () => {
    const by = `${2n ** 45n * 5n}`;
    const { quantity } = outcomeOf(workingOf('1'), { step: 'unit-conversion', divideBy: by, unit: 'share' });
    expect(multiply(quantity, parseDecimal(by))).toEqual(parseDecimal('1'));
  });
});
