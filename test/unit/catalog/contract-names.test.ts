import { describe, expect, it } from 'vitest';
import { contractOwnFlaws } from '../../../lambdas/catalog/contract-rules.ts';
import { contractInput, fee } from '../rating/one-contract.ts';

const flawsOf = (item: string) => {
  const { contract } = contractInput({ fees: { [item]: fee('1.00') } });
  return contractOwnFlaws(contract).map(({ path, message }) => `${path} ${message}`);
};

describe('the name of an item', () => {
  it.each(['minimum-commitment', 'commitment-overage', 'contract-maximum', 'group-a', 'discount-a', 'credit-a'])(
    'is not that of a line of the contract itself: %s',
    (item) =>
      expect(flawsOf(item)).toEqual([
        `/items/0/id "${item}" is the name of a line of the contract itself: give it another`,
      ]),
  );

  it('may be like one', () => {
    expect(['groups', 'credit', 'minimum-commitments'].flatMap(flawsOf)).toEqual([]);
  });
});
