import { describe, expect, it } from 'vitest';
import { runCases } from '../../rating/case-file.ts';
import type { PublishedCase } from '../../rating/published/case-format.ts';
import { reportOf } from '../../rating/report.ts';

const plain: PublishedCase = {
  id: 'case-1',
  source: 'own arithmetic',
  system: 'OpenMeter',
  description: '10 units at 3',
  priceModel: 'per_unit',
  params: { unit: 3 },
  quantity: 10,
  expected: 30,
  currency: 'USD',
};

const report = (change: Partial<Record<keyof PublishedCase, unknown>>): string[] =>
  reportOf(runCases([{ ...plain, ...change } as PublishedCase]));

const cannot = (change: Partial<Record<keyof PublishedCase, unknown>>): string | undefined => {
  const [head, reason] = report(change);
  return head?.startsWith('CANNOT EXPRESS') ? reason?.trim() : undefined;
};

describe('a case of the published format', () => {
  it('passes silently when its figures come out', () => {
    expect(report({})).toEqual([]);
  });

  it('fails with the figure and its arithmetic when they do not', () => {
    expect(report({ expected: 31 })).toEqual([
      'FAILED case-1 (OpenMeter): 10 units at 3',
      '  amount: expected 31, got 30',
      '  under the policy openmeter:',
      '    bill "bill" = 30',
      '      usage: 30.00 USD',
      '        10 units measured',
      expect.stringContaining('30.00 USD'),
      expect.stringContaining('rounded half-up'),
    ]);
  });

  it('fails with the error of the rating library when it has one', () => {
    const [head, error] = report({
      priceModel: 'per_unit+windowed',
      params: { unit: 3, buckets: ['1', '2'] },
      quantity: 3,
      expected: 10,
    });
    expect(head).toContain('FAILED');
    expect(error).toContain('amount: expected 10, got 9');
  });

  it.each<[string, Partial<Record<keyof PublishedCase, unknown>>]>([
    ['unknown params.colour', { params: { unit: 3, colour: 'red' } }],
    [
      'unknown params.tiers[0].colour',
      { priceModel: 'tiered_volume', params: { tiers: [{ upTo: null, unit: 1, colour: 1 }] } },
    ],
    ['unknown expected.colour', { expected: { amount: 30, colour: 1 } }],
    ['unknown price model "barter"', { priceModel: 'per_unit+barter' }],
    [
      'the price model says "maximum", but no parameter does (maximum, maximumCents)',
      { priceModel: 'per_unit+maximum' },
    ],
    ['params.unit is "three", not a plain decimal number', { params: { unit: 'three' } }],
    ['quantity is [10], not a plain decimal number', { quantity: [10] }],
    ['params is "none", not an object', { params: 'none' }],
    ['the case has no currency', { currency: undefined }],
    ['expected has no figure', { expected: { meaning: 'nothing' } }],
    [
      'params.decimals is 3, but amounts in USD have 2',
      { params: { unit: 3, decimals: 3 }, priceModel: 'per_unit+rounding' },
    ],
    ['days and params.periodDays are of no use without each other', { params: { unit: 3, days: 3 } }],
    [
      '86398 seconds are no whole days, as periods are',
      { params: { unit: 3, remainingSeconds: 86398, periodSeconds: 86398 } },
    ],
    [
      'a quantity of 10 lies beyond the last tier of params.tiers',
      { priceModel: 'tiered_volume', params: { tiers: [{ upTo: 9, unit: 1 }] } },
    ],
    [
      'the price model says volume, params.policy says graduated',
      { priceModel: 'tiered_volume', params: { policy: 'ALL_TIERS', tiers: [{ upTo: null, unit: 1 }] } },
    ],
    [
      'params.lagoRanges and params.tiers end at different quantities',
      {
        priceModel: 'tiered_volume',
        params: {
          tiers: [
            { upTo: 20, unit: 1 },
            { upTo: null, unit: 2 },
          ],
          lagoRanges: '0-10,11-inf',
        },
      },
    ],
    [
      'params.fixedPerEvent needs params.paidEvents or params.transactions',
      { priceModel: 'percentage', params: { ratePercent: 1, fixedPerEvent: 2 } },
    ],
    [
      'usage that is no single quantity, billed in several parts',
      { priceModel: 'per_unit+windowed', params: { unit: 3, buckets: [1, 2], preLineQuantity: 3 } },
    ],
    [
      'expected.totalPerRun has 1 figures, the case has 2',
      { quantity: { cumulativeAtEachRun: [1, 2] }, expected: { totalPerRun: [3] } },
    ],
  ])('cannot be expressed, not guessed: %s', (reason, change) => {
    expect(cannot(change)).toBe(reason);
  });

  it('says when nothing is known of the options of its system', () => {
    expect(report({ system: 'Someone' })).toEqual([
      'NOTE case-1: nothing is known of the options of Someone: rated as standard',
    ]);
  });

  it('expects of a late line the run that billed its period', () => {
    const quantity = { cumulativeUsageSeenPerRun: [[3], [4, 6]] };
    const line = (correctsRun: number) => ({
      totalPerRun: [9, 9],
      linesOfLastRun: [
        { period: 1, quantity: 1, amount: 3, correctsRun },
        { period: 2, amount: 6 },
      ],
    });
    expect(report({ quantity, expected: line(1) })).toEqual([]);
    expect(cannot({ quantity, expected: line(2) })).toContain('corrects run 2, which did not bill it');
  });
});
