import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { compare, parseDecimal, round } from '../../../lambdas/platform/decimal.ts';
import { applySteps } from '../../../lambdas/rating/apply-steps.ts';
import { roundExact } from '../../../lambdas/rating/exact.ts';
import { contextOf, workingOf } from './one-step.ts';

/** A case as the collection has it: what other systems published, recomputed by an independent evaluator. */
type Published = {
  readonly id: string;
  readonly priceModel: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly quantity: unknown;
  readonly expected: unknown;
  readonly correctExpected?: unknown;
};
type Worked = {
  readonly id: string;
  readonly quantity: string;
  readonly steps: readonly PriceStep[];
  readonly amount: string;
};

/** The collection lies beside the checkout, where there is one. The cases written down here run always. */
const COLLECTION = new URL('../../../../shared/reference/rating-cases.json', import.meta.url);

const scalar = (value: unknown): string | undefined =>
  typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;

const chargeOf = (model: string, params: Published['params']): PriceStep[] | undefined => {
  const [unit, size, amount] = [scalar(params.unit), scalar(params.packageSize), scalar(params.amount)];
  if (model === 'per_unit' && unit !== undefined) return [{ step: 'per-unit', unitPrice: unit }];
  if (model === 'package' && size !== undefined && amount !== undefined) {
    const free = scalar(params.freeUnits);
    const rounding = params.rounding === 'down' ? 'down' : 'up';
    return [
      ...(free === undefined ? [] : [{ step: 'allowance', quantity: free } as const]),
      { step: 'package', size, price: amount, rounding },
    ];
  }
  if (model === 'tiered_graduated' && Array.isArray(params.tiers)) {
    const tiers = params.tiers.map((tier) => ({
      upTo: scalar(tier.upTo) ?? null,
      unitPrice: scalar(tier.unit) ?? '0',
    }));
    return params.tiers.some((tier) => tier.flat !== undefined) ? undefined : [{ step: 'graduated', tiers }];
  }
  return undefined;
};

/** The case in our steps; nothing for models and options that this library does not have. */
const translated = (published: Published): Worked[] => {
  const [model = '', extra, ...more] = published.priceModel.split('+');
  const { params } = published;
  const quantity = scalar(published.quantity);
  const amount = scalar(published.correctExpected ?? published.expected);
  const charge = chargeOf(model, params);
  const beyond = more.length > 0 || !(extra === undefined || extra === 'minimum' || extra === 'rounding');
  const sliced = 'preLineQuantity' in params || 'previouslyBilled' in params;
  if (charge === undefined || quantity === undefined || amount === undefined || beyond || sliced) return [];
  const least = scalar(params.minimum);
  const steps = least === undefined ? charge : [...charge, { step: 'minimum', amount: least } as const];
  return [{ id: published.id, quantity, steps, amount }];
};

const priced = ({ quantity, steps }: Worked) => applySteps(workingOf(quantity), steps, contextOf()).amount;

const agree = (example: Worked): void => {
  const expected = parseDecimal(example.amount);
  const amount = priced(example);
  const all = roundExact(amount, 12, 'half-up');
  // A published figure is either exact or rounded to the decimals it is printed with.
  const printed = round(all, example.amount.split('.')[1]?.length ?? 0, 'half-up');
  expect(compare(all, expected) === 0 || compare(printed, expected) === 0, example.id).toBe(true);
};

const tiered = (edges: readonly string[], prices: readonly string[]): PriceStep[] => [
  { step: 'graduated', tiers: prices.map((unitPrice, n) => ({ upTo: edges[n] ?? null, unitPrice })) },
];

describe('cases that other systems published', () => {
  it.each<Worked>([
    { id: 'slab, 13 videos', quantity: '13', steps: tiered(['5'], ['2', '1']), amount: '18' },
    { id: 'slab, on the edge', quantity: '10', steps: tiered(['5', '10'], ['0', '2', '3']), amount: '10' },
    { id: 'slab, decimal edges', quantity: '0.05', steps: tiered(['0.1', '1'], ['10', '5', '2']), amount: '0.5' },
    {
      id: '15,000 requests',
      quantity: '15000',
      steps: tiered(['1000', '10000'], ['0.01', '0.008', '0.005']),
      amount: '107',
    },
    {
      id: '98 packages',
      quantity: '48900',
      steps: [{ step: 'package', size: '500', price: '0.25', rounding: 'up' }],
      amount: '24.50',
    },
    { id: 'kept unrounded', quantity: '10', steps: [{ step: 'per-unit', unitPrice: '5.12345' }], amount: '51.2345' },
  ])('$id', agree);

  it('agrees with the whole collection where it is present', () => {
    if (!existsSync(COLLECTION)) {
      console.info('the collection of published cases is not beside this checkout: the six above stand for it');
      return;
    }
    const { cases } = JSON.parse(readFileSync(COLLECTION, 'utf8')) as { readonly cases: readonly Published[] };
    const ours = cases.flatMap(translated);
    expect(ours.length).toBeGreaterThanOrEqual(30);
    for (const each of ours) agree(each);
  });
});
