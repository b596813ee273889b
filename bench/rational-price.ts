import type { Tier } from '../lambdas/catalog/types.ts';

/**
 * The alternative that the rating benchmark compares with: the same graduated price over reduced fractions of big
 * integers, the textbook way to be exact. It imports no arithmetic of ours, so it is also the oracle of the run.
 */
export type Fraction = { readonly n: bigint; readonly d: bigint };

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
};

const reduced = (n: bigint, d: bigint): Fraction => {
  const common = gcd(n, d);
  return common === 0n ? { n: 0n, d: 1n } : { n: n / common, d: d / common };
};

/** A plain decimal text as a fraction. */
export const fraction = (text: string): Fraction => {
  const [whole = '0', decimals = ''] = text.split('.');
  return reduced(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
};

const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;
const plus = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.d + b.n * a.d, a.d * b.d);
const minus = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.d - b.n * a.d, a.d * b.d);
const times = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.n, a.d * b.d);

/** A tier whose numbers were read beforehand, as ours are. */
export type RationalTier = { readonly upTo: Fraction | null; readonly unitPrice: Fraction };

/** Reads the tiers of a price. */
export const rationalTiers = (tiers: readonly Tier[]): RationalTier[] =>
  tiers.map((tier) => ({
    upTo: tier.upTo === null ? null : fraction(tier.upTo),
    unitPrice: fraction(tier.unitPrice),
  }));

/** The price of a quantity, tier by tier; the edge belongs to the lower tier. */
export const rationalPrice = (quantity: Fraction, tiers: readonly RationalTier[]): Fraction => {
  let from: Fraction = { n: 0n, d: 1n };
  let amount: Fraction = { n: 0n, d: 1n };
  for (const tier of tiers) {
    if (!less(from, quantity)) break;
    const to = tier.upTo !== null && less(tier.upTo, quantity) ? tier.upTo : quantity;
    amount = plus(amount, times(minus(to, from), tier.unitPrice));
    from = to;
  }
  return amount;
};
