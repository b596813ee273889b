import { expect, it } from 'vitest';
import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import { inputOf, type OnePrice } from './one-price.ts';

/** What the two versions of a contract that was amended on 15 October charge, with the words of the first. */
const bothParts = (example: OnePrice): { readonly amounts: string[]; readonly words: readonly string[] } => {
  const input = inputOf(example);
  const { period } = input;
  const parts = [
    { ...period, end: '2026-10-15' },
    { ...period, start: '2026-10-15' },
  ];
  const lines = parts.flatMap((part) => rate({ ...input, part }).lines);
  const words = lines[0]?.arithmetic.children.map(({ text }) => text) ?? [];
  return { amounts: lines.map(({ amount }) => amount), words };
};

const capacity: PriceStep = {
  step: 'capacity',
  tiers: [
    { limits: { members: '1000' }, price: '62.00' },
    { limits: null, price: '93.00' },
  ],
};

it.each<[string, OnePrice, string[], string]>([
  [
    'a fee that is not prorated',
    { steps: [{ step: 'recurring-fee', amount: '310.00', proration: 'none' }] },
    ['140.00', '170.00'],
    '310.00 USD × 14 of 31 days = 140.00 USD',
  ],
  [
    'the most seats of a month',
    {
      steps: [{ step: 'seats', unitPrice: '31.00', proration: 'month' }],
      seats: [{ from: '2026-10-01', seats: '10' }],
      unit: 'seat',
    },
    ['140.00', '170.00'],
    'at most 10 seats × 31.00 USD × 14 of 31 days = 140.00 USD',
  ],
  [
    'the price of a capacity',
    { steps: [capacity], quantity: '1', peaks: { members: '900' } },
    ['28.00', '34.00'],
    'peaks members 900 fit the tier up to members 1,000 = 62.00 USD × 14 of 31 days = 28.00 USD',
  ],
])('versions of an amended contract share %s', (_, example, amounts, words) => {
  expect(bothParts(example)).toEqual({ amounts, words: expect.arrayContaining([words]) });
});

it('is charged in full where a contract begins within the period', () => {
  const { lines } = rate(
    inputOf({
      steps: [{ step: 'recurring-fee', amount: '310.00', proration: 'none' }],
      contractStart: '2026-10-15',
    }),
  );
  expect(lines.map(({ amount }) => amount)).toEqual(['310.00']);
});
