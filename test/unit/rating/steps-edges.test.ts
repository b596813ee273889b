import { describe, expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { multiply, parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { RatingError } from '../../../lambdas/rating/rating-error.ts';
import { outcomeOf, workingOf } from './one-step.ts';

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

describe('a conversion', () => {
  it('is exact wherever its quotient has an end, however many decimals that takes', () => {
    const by = `${2n ** 45n * 5n}`;
    const { quantity } = outcomeOf(workingOf('1'), { step: 'unit-conversion', divideBy: by, unit: 'share' });
    expect(multiply(quantity, parseDecimal(by))).toEqual(parseDecimal('1'));
  });
});
