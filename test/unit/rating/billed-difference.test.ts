import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal, subtract, sum } from '../../../lambdas/platform/decimal.ts';
import { type BilledLine, billedDifference } from '../../../lambdas/rating/billed-difference.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { contractInput, each, fee } from './one-contract.ts';

const input = contractInput({
  fees: { platform: fee('310.00') },
  metered: { calls: each('0.01') },
  used: { calls: '9000' },
});
const { lines } = rate(input);
const [platform, calls] = lines.map(({ id }) => id) as [string, string];
const billed = (id: string, amount: string): BilledLine => ({ id, currency: 'USD', amount });

describe('what is still to be billed', () => {
  it('is what the lines come to less what earlier bills charged', () => {
    const found = billedDifference(lines, [billed(platform, '310.00'), billed(calls, '20.00'), billed(calls, '40.00')]);
    expect(found).toEqual([
      { id: calls, currency: 'USD', line: lines[1], rated: '90.00', billed: '60.00', amount: '30.00' },
    ]);
  });

  it('gives back what is not rated any more', () => {
    expect(billedDifference([], [billed('ln-gone', '12.50')])).toStrictEqual([
      { id: 'ln-gone', currency: 'USD', rated: '0.00', billed: '12.50', amount: '-12.50' },
    ]);
  });

  it('always sums to what the lines come to less what was billed', () => {
    const cents = fc.integer({ min: -100_000, max: 100_000 }).map((n) => (n / 100).toFixed(2));
    const earlier = fc.array(fc.tuple(fc.constantFrom(platform, calls, 'ln-gone'), cents));
    fc.assert(
      fc.property(earlier, (bills) => {
        const before = bills.map(([id, amount]) => billed(id, amount));
        const total = (of: readonly { readonly amount: string }[]) => sum(of.map(({ amount }) => parseDecimal(amount)));
        expect(total(billedDifference(lines, before))).toEqual(subtract(total(lines), total(before)));
      }),
    );
  });
});
