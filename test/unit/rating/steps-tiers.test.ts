import { describe, expect, it } from 'vitest';
import type { PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import { formatDecimal, parseDecimal, sum } from '../../../lambdas/platform/decimal.ts';
import { amountOf, differing, outcomeOf, workingOf } from './one-step.ts';

const graduated = (tiers: readonly Tier[]): PriceStep => ({ step: 'graduated', tiers });
const volume = (tiers: readonly Tier[]): PriceStep => ({ step: 'volume', tiers });
const texts = (step: PriceStep, quantity: string, known = {}) => {
  const { text, node } = outcomeOf(workingOf(quantity), step, known);
  return [text, ...(node?.children.map((child) => child.text) ?? [])];
};
const charge = differing({ zeroUsageFlatFee: 'charge' });
const exclusive = differing({ tierEdge: 'exclusive' });
const lower = differing({ tierGap: 'lower' });

describe('graduated', () => {
  const flat: readonly Tier[] = [
    { upTo: '5', flatFee: '100' },
    { upTo: '10', flatFee: '50' },
    { upTo: '15', unitPrice: '5' },
    { upTo: null, unitPrice: '1' },
  ];

  it('charges the flat fee of each tier that is reached', () => {
    const step = graduated(flat);
    const at = (quantity: string) => amountOf(quantity, step);
    expect(['0.001', '5', '5.001', '10', '15', '22'].map(at)).toEqual(['100', '100', '150', '150', '175', '182']);
    expect(texts(step, '12')).toEqual([
      '12 calls over 3 tiers = 160.00 USD',
      '0 to 5: flat fee 100.00 USD = 100.00 USD',
      '5 to 10: flat fee 50.00 USD = 50.00 USD',
      '10 to 15: 2 calls × 5.00 USD = 10.00 USD',
    ]);
  });

  it('charges the first flat fee without usage only where the policy says so (S1)', () => {
    expect([amountOf('0', graduated(flat)), amountOf('-1', graduated(flat))]).toEqual(['0', '0']);
    expect([amountOf('0', graduated(flat), charge), amountOf('-1', graduated(flat), charge)]).toEqual(['100', '100']);
    expect(amountOf('0', graduated([{ upTo: null, unitPrice: '3' }]), charge)).toBe('0');
  });

  it('has the edge in the lower tier, or in the next (S2); only flat fees tell the difference', () => {
    expect([amountOf('5', graduated(flat)), amountOf('5', graduated(flat), exclusive)]).toEqual(['100', '150']);
    const plain = graduated([
      { upTo: '100', unitPrice: '1' },
      { upTo: null, unitPrice: '0.5' },
    ]);
    expect([amountOf('100', plain), amountOf('100', plain, exclusive)]).toEqual(['100', '100']);
    expect(texts(plain, '100')).toEqual(texts(plain, '100', exclusive));
    expect(amountOf('100.5', plain)).toBe('100.25');
  });

  it('tells of a tier that is entered for its flat fee alone, and not of one that is entered for nothing', () => {
    expect(texts(graduated(flat), '5', exclusive)).toEqual([
      '5 calls over 2 tiers = 150.00 USD',
      '0 to 5: flat fee 100.00 USD = 100.00 USD',
      '5 to 10: flat fee 50.00 USD = 50.00 USD',
    ]);
    expect(texts(graduated(flat), '10', exclusive)).toEqual(texts(graduated(flat), '10'));
    const free = graduated([
      { upTo: '2', unitPrice: '0', flatFee: '0' },
      { upTo: null, unitPrice: '3', flatFee: '0' },
    ]);
    expect(texts(free, '3')).toEqual([
      '3 calls over 2 tiers = 3.00 USD',
      '0 to 2: 2 calls × 0.00 USD + flat fee 0.00 USD = 0.00 USD',
      'above 2: 1 call × 3.00 USD + flat fee 0.00 USD = 3.00 USD',
    ]);
  });

  it('keeps a begun unit in the lower tier where the policy says so (S3)', () => {
    const step = graduated([
      { upTo: '100', unitPrice: '1' },
      { upTo: null, unitPrice: '0.5' },
    ]);
    expect(['100', '100.5', '100.999', '101'].map((quantity) => amountOf(quantity, step, lower))).toEqual([
      '100',
      '100.5',
      '100.999',
      '100.5',
    ]);
  });

  it('counts decimal edges exactly', () => {
    const step = graduated([
      { upTo: '0.1', unitPrice: '10' },
      { upTo: '1', unitPrice: '5' },
      { upTo: null, unitPrice: '2' },
    ]);
    expect(['0.05', '0.1', '0.100001', '1', '1.5'].map((quantity) => amountOf(quantity, step))).toEqual([
      '0.5',
      '1',
      '1.000005',
      '5.5',
      '6.5',
    ]);
  });

  it('sums what its tiers show, however it is computed', () => {
    const step = graduated([
      { upTo: '10.25', unitPrice: '0.007' },
      { upTo: '100', unitPrice: '0.01' },
      { upTo: null, unitPrice: '0.0003' },
    ]);
    for (const quantity of ['0.0001', '10.25', '10.26', '99.9999', '100', '100.0001', '123456789012345678.5']) {
      const { working, node } = outcomeOf(workingOf(quantity), step);
      const parts = node?.children.map(({ result }) => parseDecimal(result)) ?? [];
      expect(sum(parts)).toEqual(working.amount.value);
      expect(node?.result).toBe(formatDecimal(working.amount.value));
    }
  });

  it('prices begun blocks, caps a tier and takes percent', () => {
    const blocks = graduated([
      { upTo: '1000', unitPrice: '1', per: '100' },
      { upTo: null, unitPrice: '1', per: '1000' },
    ]);
    expect(['1', '100', '101', '1000', '1001', '5325'].map((quantity) => amountOf(quantity, blocks))).toEqual([
      '1',
      '1',
      '2',
      '10',
      '11',
      '15',
    ]);
    expect(texts(blocks, '1001').at(-1)).toBe('above 1,000: 1 block of 1,000 × 1.00 USD = 1.00 USD');
    const capped = graduated([{ upTo: null, unitPrice: '1', cap: '3', flatFee: '10' }]);
    expect(amountOf('5', capped)).toBe('13');
    expect(texts(capped, '5').at(-1)).toBe(
      'above 0: 5 calls × 1.00 USD = 5.00 USD, capped at 3.00 USD + flat fee 10.00 USD = 13.00 USD',
    );
    const percent = graduated([
      { upTo: '10', flatFee: '200', percent: '1' },
      { upTo: '20', flatFee: '300', percent: '2' },
      { upTo: null, flatFee: '400', percent: '3' },
    ]);
    expect(['0', '1', '10', '11', '21'].map((quantity) => amountOf(quantity, percent, charge))).toEqual([
      '200',
      '200.01',
      '200.1',
      '500.12',
      '900.33',
    ]);
    expect(texts(percent, '10').at(-1)).toBe('0 to 10: 10.00 USD × 1 % + flat fee 200.00 USD = 200.10 USD');
  });
});

describe('graduated by changes', () => {
  const step: PriceStep = {
    step: 'graduated',
    by: 'changes',
    tiers: [
      { upTo: '5', unitPrice: '10', flatFee: '100' },
      { upTo: null, unitPrice: '5', flatFee: '50' },
    ],
  };
  const changes = (...all: readonly (readonly [by: string, prorated?: string])[]) => ({
    changes: all.map(([by, prorated], n) => ({
      at: `2026-10-0${n + 1}T00:00:00.000Z`,
      by: parseDecimal(by),
      ...(prorated === undefined ? {} : { prorated: parseDecimal(prorated) }),
    })),
  });

  it('spreads each change over the tiers that the level crosses, each flat fee once', () => {
    expect(amountOf('13', step, changes(['5', '3.5'], ['2', '1'], ['-4', '-1.6'], ['10', '2']))).toBe('190');
    expect(amountOf('14', step, changes(['5', '3.5'], ['5', '2.66667'], ['10', '2'], ['-6', '-2.2']))).toBe(
      '197.33335',
    );
    expect(amountOf('3', step, changes(['5', '3.5'], ['-2', '-1']))).toBe('125');
    expect(amountOf('-95', step, changes(['5', '2'], ['-100', '-33.33']))).toBe('0');
  });

  it('charges for the time that a change holds when nobody says how much', () => {
    // From local midnight of the first to the end of October: 2,682,000 seconds. The second change holds for one third.
    const third = new Date(Date.parse('2026-10-31T23:00:00.000Z') - 894_000_000).toISOString();
    const held = {
      changes: [
        { at: '2026-09-30T22:00:00.000Z', by: parseDecimal('5') },
        { at: third, by: parseDecimal('3') },
      ],
    };
    expect(amountOf('8', step, held)).toBe('205');
  });

  it('has the flat fee without usage by the policy, and needs the changes', () => {
    expect([amountOf('0', step, changes()), amountOf('0', step, { ...changes(), ...charge })]).toEqual(['0', '100']);
    expect(amountOf('0', step)).toBe('0');
    expect(() => amountOf('5', step)).toThrow('needs the changes');
  });

  it('says what each change did', () => {
    expect(texts(step, '7', changes(['5', '3.5'], ['2', '1']))).toEqual([
      '7 calls in the end, at most 7, by the changes = 190.00 USD',
      '2026-10-01 00:00 UTC: +5 (0 to 5) × 10.00 USD, charged as 3.5 of 5, = 35.00 USD',
      '2026-10-02 00:00 UTC: +2 (above 5) × 5.00 USD, charged as 1 of 2, = 5.00 USD',
      'flat fee 100.00 USD',
      'flat fee 50.00 USD',
    ]);
  });
});

describe('volume', () => {
  const tiers: readonly Tier[] = [
    { upTo: '100', unitPrice: '2', flatFee: '10' },
    { upTo: '200', unitPrice: '1' },
    { upTo: null, unitPrice: '0.5', flatFee: '50' },
  ];

  it('prices the whole quantity by the tier that it reaches', () => {
    expect(['0', '-5', '1', '100', '100.5', '200', '201'].map((quantity) => amountOf(quantity, volume(tiers)))).toEqual(
      ['0', '0', '12', '210', '100.5', '200', '150.5'],
    );
    expect(texts(volume(tiers), '201')).toEqual([
      '201 calls in the tier above 200: 201 calls × 0.50 USD + flat fee 50.00 USD = 150.50 USD',
    ]);
    expect(texts(volume(tiers), '0')).toEqual(['0 calls: nothing to charge']);
  });

  it('follows the policy at edges and without usage', () => {
    expect(amountOf('0', volume(tiers), charge)).toBe('10');
    expect(amountOf('100', volume(tiers), exclusive)).toBe('100');
    expect(amountOf('100.5', volume(tiers), lower)).toBe('211');
  });

  it('takes the tier of the full quantity for a prorated one', () => {
    const start = workingOf('198.6', { fullQuantity: parseDecimal('300') });
    expect(outcomeOf(start, volume(tiers))).toMatchObject({
      text: '300 calls in the tier above 200: 198.6 calls × 0.50 USD + flat fee 50.00 USD = 149.30 USD',
      amount: parseDecimal('149.3'),
    });
  });

  it('counts begun blocks', () => {
    const blocks = volume([
      { upTo: '1000', unitPrice: '1', per: '100' },
      { upTo: null, unitPrice: '1', per: '1000' },
    ]);
    expect(['1000', '1001', '101000'].map((quantity) => amountOf(quantity, blocks))).toEqual(['10', '2', '101']);
  });
});
