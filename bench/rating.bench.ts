import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Tier } from '../lambdas/catalog/types.ts';
import { formatDecimal, parseDecimal } from '../lambdas/platform/decimal.ts';
import { policyOf } from '../lambdas/rating/policies.ts';
import { rate } from '../lambdas/rating/rate.ts';
import { priceTiers } from '../lambdas/rating/steps/graduated.ts';
import type { RateInput } from '../lambdas/rating/types.ts';
import { fraction, rationalPrice, rationalTiers } from './rational-price.ts';

/**
 * How fast a graduated price with ten tiers is computed, exactly, on one core:
 *   ours         the step of the rating library, on decimals over big integers of a common scale
 *   alternative  the same price over reduced fractions of big integers (bench/rational-price.ts)
 *   binary       the same price in binary floating point: what being exact costs. It gives wrong cents and is no option
 * The first two must agree on every amount, or the run fails. Last, whole lines with arithmetic, pins and hashes.
 */
const TIERS: readonly Tier[] = Array.from({ length: 10 }, (_, n) => ({
  upTo: n === 9 ? null : `${(n + 1) * 10_000}`,
  unitPrice: `0.00${95 - n * 7}`,
}));
const QUANTITIES = Array.from({ length: 4096 }, (_, n) => {
  const thousandths = (n * 2_654_435_761) % 120_000_000;
  return `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`;
});
const ROUNDS = 15;

/** Where every result goes, so that no work can be optimised away. */
const kept: { last: unknown } = { last: undefined };

type Contender = { readonly inputs: number; readonly run: () => void };

const contender = <T>(inputs: readonly T[], work: (input: T) => unknown): Contender => ({
  inputs: inputs.length,
  run: () => {
    for (const input of inputs) kept.last = work(input);
  },
});

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Runs the contenders in turn, warm, so that what else the machine does hits all alike. Median number per second. */
const perSecond = (contenders: readonly Contender[]): number[] => {
  const samples = contenders.map((): number[] => []);
  for (let round = -2; round < ROUNDS; round += 1) {
    contenders.forEach(({ inputs, run }, n) => {
      const start = performance.now();
      run();
      if (round >= 0) samples[n]?.push((inputs / (performance.now() - start)) * 1000);
    });
  }
  return samples.map(median);
};

const binaryTiers = TIERS.map((tier) => ({ upTo: tier.upTo === null ? Infinity : +tier.upTo, price: +tier.unitPrice }));
const binaryPrice = (quantity: number): number => {
  let [from, amount] = [0, 0];
  for (const { upTo, price } of binaryTiers) {
    if (from >= quantity) break;
    const to = Math.min(upTo, quantity);
    amount += (to - from) * price;
    from = to;
  }
  return amount;
};

const checkAgreement = (): number => {
  const rational = rationalTiers(TIERS);
  let off = 0;
  for (const quantity of QUANTITIES) {
    const amount = formatDecimal(priceTiers(parseDecimal(quantity), TIERS));
    const [a, b] = [fraction(amount), rationalPrice(fraction(quantity), rational)];
    if (a.n !== b.n || a.d !== b.d) throw new Error(`${quantity} costs ${amount} here and ${b.n}/${b.d} there`);
    if (String(binaryPrice(+quantity)) !== amount) off += 1;
  }
  return off;
};

const lineInput = (quantity: string): RateInput => {
  const policy = policyOf('standard');
  if (policy === undefined) throw new Error('there is no standard policy');
  const contract = {
    id: 'contract',
    account: 'account',
    payer: 'account',
    entity: 'entity',
    currency: 'USD',
    zone: 'UTC',
    start: '2026-01-01',
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: 'book',
    items: [{ id: 'calls', price: 'calls' }],
    policy: 'standard',
  } as const;
  const price = {
    id: 'calls',
    product: 'calls',
    description: 'Calls',
    meter: 'calls',
    perDimensions: [],
    steps: [{ step: 'graduated', tiers: TIERS }],
  } as const;
  return {
    contract,
    contractVersion: 1,
    priceBook: { id: 'book', name: 'Book', currency: 'USD', prices: [price] },
    priceBookVersion: 1,
    usage: [{ meter: 'calls', meterVersion: 1, unit: 'call', dimensions: {}, quantity }],
    opening: { format: 1, carryIn: {} },
    period: { start: '2026-10-01', end: '2026-11-01', zone: 'UTC' },
    policy,
    usageHash: '0'.repeat(64),
  };
};

const figure = (value: number): string => Math.round(value).toLocaleString('en-US').padStart(12);
const ratio = (value: number, to: number): string => `${(value / to).toFixed(2)} ×`.padStart(10);

const off = checkAgreement();
const decimals = QUANTITIES.map(parseDecimal);
const rational = rationalTiers(TIERS);
const [ours = 0, alternative = 0, binary = 0, lines = 0] = perSecond([
  contender(decimals, (quantity) => priceTiers(quantity, TIERS)),
  contender(QUANTITIES.map(fraction), (quantity) => rationalPrice(quantity, rational)),
  contender(QUANTITIES.map(Number), binaryPrice),
  contender(QUANTITIES.slice(0, 512).map(lineInput), rate),
]);

process.stdout.write(`Graduated price, 10 tiers, ${QUANTITIES.length} quantities with 3 decimals; Node ${process.version}, ${availableParallelism()} cores, one used

                            prices/s     against the alternative
  ours (exact)          ${figure(ours)} ${ratio(ours, alternative)}
  alternative (exact)   ${figure(alternative)} ${ratio(alternative, alternative)}
  binary (not exact)    ${figure(binary)} ${ratio(binary, alternative)}    another number than the exact one in ${off} of ${QUANTITIES.length}

  whole lines, with arithmetic in words, pins and hashes: ${figure(lines).trim()} lines/s
`);
