import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../lambdas/platform/decimal.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { inputOf, policy } from './one-price.ts';
import { contextOf, outcomeOf, workingOf } from './one-step.ts';

const conversion = { step: 'unit-conversion', divideBy: '1000', rounding: 'up', unit: 'k' } as const;
const steps = [conversion, { step: 'per-unit', unitPrice: '10' }] as const;

/** Usage of a period that was billed in slices. */
const billed = (slices: readonly (readonly string[] | undefined)[], of: string) => {
  const input = inputOf({ steps, quantity: '0', policy: of });
  const [row] = input.usage;
  if (row === undefined) throw new Error('there is usage');
  const usage = slices.map((some) => ({
    ...row,
    quantity: some === undefined ? '1400' : String(some.map(Number).reduce((a, b) => a + b)),
    ...(some === undefined ? {} : { slices: some }),
  }));
  return rate({ ...input, usage }).lines.map(({ amount }) => amount);
};

describe('the conversion of a period that is billed in several parts', () => {
  it('is of the whole usage: 1,400 and 1,300 calls are 3 thousand', () => {
    expect(billed([['1400', '1300']], 'standard')).toEqual(['30.00']);
  });

  it('is of each bill where the policy says so: they are 2 + 2 thousand', () => {
    expect(billed([['1400', '1300']], 'openmeter')).toEqual(['40.00']);
    expect(billed([['1400'], ['1300']], 'openmeter')).toEqual(['40.00']);
  });

  it('is of the whole when a row does not say what each bill added', () => {
    expect(billed([undefined, ['1300']], 'openmeter')).toEqual(['30.00']);
  });

  it('says in how many bills it was done, and leaves alone what the slices do not add up to', () => {
    const slices = ['1400', '1300'].map(parseDecimal);
    const known = contextOf({ policy: policy('openmeter'), slices });
    expect(outcomeOf(workingOf('2700'), conversion, known).text).toBe(
      '2,700 calls ÷ 1,000, rounded up, in 2 bills = 4 ks',
    );
    expect(outcomeOf(workingOf('900'), conversion, known).quantity).toEqual(parseDecimal('1'));
  });
});
