import type { Contract, Price, PriceBook, PriceStep, Tier } from '../../lambdas/catalog/types.ts';
import { policyOf } from '../../lambdas/rating/policies.ts';
import type { RatableUsage, RateInput } from '../../lambdas/rating/types.ts';

/** What is priced: the same for ours and for the twin. All of it is made by counting, so that every run prices the same. */

const PERIOD = { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' };

/** Ten tiers with prices that fall, in thousandths. */
export const TIERS: readonly Tier[] = Array.from({ length: 10 }, (_, n) => ({
  upTo: n === 9 ? null : `${(n + 1) * 10_000}`,
  unitPrice: `0.00${95 - n * 7}`,
}));

/** A number below `below`, other for every `n`: the golden ratio in 32 bits. */
const spread = (n: number, below: number): number => ((n * 2_654_435_761) % 4_294_967_296) % below;

const thousandths = (n: number): string => `${Math.floor(n / 1000)}.${String(n % 1000).padStart(3, '0')}`;

/** Quantities up to 120,000 with three decimals: they lie in all ten tiers. */
export const QUANTITIES = Array.from({ length: 4096 }, (_, n) => thousandths(spread(n, 120_000_000)));

const bounded: readonly PriceStep[] = [
  { step: 'percentage-discount', percent: '7.5' },
  { step: 'minimum', amount: '5.00' },
  { step: 'maximum', amount: '400.00' },
];

const metered = (meter: string, steps: readonly PriceStep[], perDimensions: readonly string[] = []): Price => ({
  id: meter,
  product: meter,
  description: `Price of ${meter}`,
  meter,
  perDimensions,
  steps,
});

const fee = (id: string, amount: string): Price => ({
  id,
  product: id,
  description: `Fee of ${id}`,
  perDimensions: [],
  steps: [{ step: 'recurring-fee', amount, proration: 'day' }],
});

/** Twelve prices: each step that companies sell by, two of them for each of three regions, and two fees. */
const PRICES: readonly Price[] = [
  metered('calls', [{ step: 'graduated', tiers: TIERS }]),
  metered('storage', [{ step: 'allowance', quantity: '500' }, { step: 'per-unit', unitPrice: '0.023' }, ...bounded]),
  metered('traffic', [
    { step: 'unit-conversion', divideBy: '1000', unit: 'GB' },
    { step: 'per-unit', unitPrice: '0.09' },
  ]),
  metered('messages', [{ step: 'package', size: '1000', price: '4.20', rounding: 'up' }, ...bounded]),
  metered('documents', [{ step: 'volume', tiers: TIERS }]),
  metered('reports', [
    {
      step: 'stairstep',
      tiers: [
        { upTo: '1000', price: '25' },
        { upTo: '20000', price: '90' },
        { upTo: null, price: '180' },
      ],
    },
  ]),
  metered('payments', [{ step: 'percentage', percent: '0.29' }]),
  metered('compute', [{ step: 'dynamic', multiplyBy: '0.0125' }]),
  metered('searches', [{ step: 'graduated', tiers: TIERS }, ...bounded], ['region']),
  metered('seats', [{ step: 'seats', unitPrice: '15.00', proration: 'day' }]),
  fee('platform', '490.00'),
  fee('support', '120.00'),
];

/** The price book of the contract with twelve items. */
const BOOK: PriceBook = { id: 'book', name: 'Book', currency: 'USD', prices: PRICES };

const CONTRACT: Contract = {
  id: 'contract',
  account: 'account',
  payer: 'account',
  entity: 'entity',
  currency: 'USD',
  zone: 'UTC',
  start: '2025-01-01',
  anchorDay: 1,
  cadence: 'monthly',
  priceBook: 'book',
  items: PRICES.map(({ id }) => ({ id, price: id })),
  minimumCommitment: { amount: '2500.00', description: 'Minimum commitment' },
  policy: 'standard',
};

const REGIONS = ['ap', 'eu', 'us'];

const DAYS = Array.from({ length: 31 }, (_, n) => `2026-10-${String(n + 1).padStart(2, '0')}`);

const usageOf = ({ meter, perDimensions, steps }: Price, seed: number): RatableUsage[] => {
  if (meter === undefined) return [];
  const row = (n: number, dimensions: Readonly<Record<string, string>>): RatableUsage => ({
    meter,
    meterVersion: 1,
    unit: 'unit',
    dimensions,
    quantity: thousandths(spread(seed * 31 + n, 120_000_000)),
  });
  if (perDimensions.length > 0) return REGIONS.map((region, n) => row(n, { region }));
  if (steps[0]?.step !== 'seats') return [row(7, {})];
  const seats = DAYS.map((day, n) => ({ day, value: `${10 + (seed % 40) + (n > 11 ? 4 : 0)}` }));
  return [{ ...row(0, {}), quantity: seats.at(-1)?.value ?? '0', daily: seats }];
};

const policy = policyOf('standard');
if (policy === undefined) throw new Error('there is no standard policy');

const SHARED = {
  contractVersion: 1,
  priceBookVersion: 1,
  opening: { format: 1, carryIn: {} },
  period: PERIOD,
  policy,
  usageHash: '0'.repeat(64),
} as const;

/** One account's period under the contract with twelve items. */
export const fullInput = (seed: number): RateInput => ({
  ...SHARED,
  contract: { ...CONTRACT, id: `contract-${seed}`, account: `account-${seed}` },
  priceBook: BOOK,
  usage: PRICES.flatMap((price) => usageOf(price, seed)),
});
