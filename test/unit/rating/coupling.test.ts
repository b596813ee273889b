import { describe, expect, it } from 'vitest';
import type { Contract, PriceStep } from '../../../lambdas/catalog/types.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { contractInput, each, fee, month } from './one-contract.ts';
import { policy } from './one-price.ts';

const pooled: readonly PriceStep[] = [{ step: 'allowance', quantity: '10', pool: 'shared' }, ...each('1')];
const base = {
  fees: { a: fee('10.00'), b: fee('20.00') },
  metered: { c: each('1'), d: each('2'), e: pooled, f: pooled },
  used: { c: '5', d: '6', e: '70', f: '80' },
};

/** The items whose lines share a group: `a b | c d`. */
const coupled = (contract: Partial<Contract>, more: object = {}): string => {
  const { lines } = rate({ ...contractInput({ ...base, contract }), ...more });
  const groups = Map.groupBy(
    lines.filter(({ group }) => group !== undefined),
    ({ group }) => group,
  );
  return [...groups.values()].map((each_) => each_.map(({ item }) => item).join(' ')).join(' | ');
};
const credit = { kind: 'promotional', description: 'C', from: '2026-01-01', priority: 1 } as const;

describe('lines that share something are coupled', () => {
  it('share a pool, and nothing else couples them', () => {
    expect(coupled({})).toBe('e f');
  });

  it('share only a pool of one name, and no allowance of their own', () => {
    const own: readonly PriceStep[] = [{ step: 'allowance', quantity: '10' }, ...each('1')];
    const other: readonly PriceStep[] = [{ step: 'allowance', quantity: '10', pool: 'other' }, ...each('1')];
    const metered = { a: own, b: own, c: pooled, d: other, e: pooled, f: other };
    const used = Object.fromEntries(Object.keys(metered).map((item) => [item, '20']));
    const { lines } = rate(contractInput({ metered, used }));
    const groupOf = (item: string) => lines.find((line) => line.item === item)?.group;
    expect([groupOf('a'), groupOf('b')]).toEqual([undefined, undefined]);
    expect([groupOf('c'), groupOf('d')]).toEqual([groupOf('e'), groupOf('f')]);
    expect(groupOf('c')).not.toBe(groupOf('d'));
  });

  it('share the minimum of a group, also while it is reached', () => {
    const group = { id: 'g', description: 'G', items: ['a', 'c'] };
    expect(coupled({ groups: [{ ...group, minimum: '100.00' }] })).toBe('a c group-g | e f');
    expect(coupled({ groups: [{ ...group, minimum: '1.00' }] })).toBe('a c | e f');
  });

  it('share the commitment, those that count towards it', () => {
    const minimumCommitment = { amount: '1000.00', description: 'Least' };
    expect(coupled({ minimumCommitment })).toBe('c d e f minimum-commitment');
    expect(coupled({ minimumCommitment }, { policy: policy('itemised') })).toBe('a b c d e f minimum-commitment');
  });

  it('share the maximum of the contract, all of them', () => {
    expect(coupled({ maximum: { amount: '50.00', description: 'Most' } })).toBe('a b c d e f contract-maximum');
  });

  it('share a discount or credit, those that it covers and while it holds', () => {
    const discount = { id: 'd', description: 'D', percent: '10', items: ['a', 'd'] };
    expect(coupled({ discounts: [discount] })).toBe('a d discount-d | e f');
    expect(coupled({ discounts: [{ ...discount, until: '2026-10-01' }] })).toBe('e f');
    expect(coupled({ credits: [{ ...credit, id: 'c', amount: '5.00', items: ['b', 'c'] }] })).toBe(
      'b c credit-c | e f',
    );
    expect(coupled({ credits: [{ ...credit, id: 'c', amount: '5.00', expires: '2026-10-01' }] })).toBe('e f');
    expect(coupled({ credits: [{ ...credit, id: 'c', kind: 'prepaid', amount: '5.00', items: ['b', 'c'] }] })).toBe(
      'b c | e f',
    );
  });

  it('share through others', () => {
    const groups = [{ id: 'g', description: 'G', items: ['a', 'e'], minimum: '1.00' }];
    const discounts = [{ id: 'd', description: 'D', percent: '10', items: ['a', 'b'] }];
    expect(coupled({ groups, discounts })).toBe('a b e f discount-d');
  });

  it('share it with what is given back of an item that was dropped', () => {
    const prices = { [JSON.stringify(['gone', {}])]: { ahead: { start: '2026-10-01', amount: '10' } } };
    const opening = { format: 2 as const, carryIn: {}, prices };
    const discount = { id: 'd', description: 'D', percent: '10' };
    expect(coupled({ discounts: [discount] }, { opening })).toBe('a b c d e f gone discount-d');
    expect(coupled({}, { opening })).toBe('e f');
    // A commitment of what has a meter does not count it, one of all does.
    const minimumCommitment = { amount: '1000.00', description: 'M' };
    expect(coupled({ minimumCommitment }, { opening })).toBe('c d e f minimum-commitment');
    expect(coupled({ minimumCommitment }, { opening, policy: policy('itemised') })).toBe(
      'a b c d e f gone minimum-commitment',
    );
  });

  it('share tiers that are pooled over dimensions', () => {
    const input = contractInput({ metered: { c: each('1') } });
    const prices = input.priceBook.prices.map((price) => ({ ...price, perDimensions: ['size'] }));
    const usage = ['s', 'm'].map((size) => ({
      meter: 'c',
      meterVersion: 1,
      unit: 'call',
      dimensions: { size },
      quantity: '1',
    }));
    const of = (groupedTiers: 'per-group' | 'pooled') =>
      rate({ ...input, priceBook: { ...input.priceBook, prices }, usage, policy: { ...input.policy, groupedTiers } })
        .lines;
    expect(of('per-group').map(({ group }) => group)).toEqual([undefined, undefined]);
    const [first, second] = of('pooled');
    expect(first?.group).toMatch(/^cg-[0-9a-f]{24}$/);
    expect(second?.group).toBe(first?.group);
    // Without dimensions there is one line, which shares its tiers with nobody.
    const one = rate({ ...input, usage, policy: { ...input.policy, groupedTiers: 'pooled' } }).lines;
    expect(one.map(({ group }) => group)).toEqual([undefined]);
  });

  it('are the same group whatever was used, another one in another period or part', () => {
    const of = (more: object) =>
      rate({ ...contractInput(base), ...more }).lines.find(({ item }) => item === 'e')?.group;
    const october = of({});
    const [row] = contractInput(base).usage.filter(({ meter }) => meter === 'e');
    expect(of({ usage: row === undefined ? [] : [{ ...row, quantity: '11' }] })).toBe(october);
    expect(of({ period: month('2026-11-01', '2026-12-01') })).not.toBe(october);
    expect(of({ part: month('2026-10-12', '2026-11-01') })).not.toBe(october);
    expect(of({ part: month('2026-10-01', '2026-10-12') })).toBe(october);
  });
});
