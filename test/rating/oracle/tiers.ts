import type { Policy, Tier } from './given.ts';
import { HUNDRED, least, most, NOTHING, Rational } from './rational.ts';

type Edges = Pick<Policy, 'tierEdge' | 'tierGap'>;
type Edged = { readonly upTo: string | null };

/** Which tier a quantity is in, from 0. */
export const tierOf = (tiers: readonly Edged[], quantity: Rational, policy: Edges): number => {
  const judged = policy.tierGap === 'lower' ? quantity.floor() : quantity;
  return tiers.findIndex((tier) => {
    if (tier.upTo === null) return true;
    const compared = judged.compare(Rational.of(tier.upTo));
    return compared < 0 || (compared === 0 && policy.tierEdge === 'inclusive');
  });
};

/** Where a tier begins. */
const beginOf = (tiers: readonly Edged[], n: number): Rational =>
  n === 0 ? NOTHING : Rational.of(tiers[n - 1]?.upTo ?? '0');

/** What a quantity costs within one tier, without its flat fee. */
const inTier = (tier: Tier, quantity: Rational): Rational => {
  const units = tier.per === undefined ? quantity : quantity.over(Rational.of(tier.per)).ceiling();
  const price = units
    .times(Rational.of(tier.unitPrice ?? '0'))
    .plus(quantity.times(Rational.of(tier.percent ?? '0')).over(HUNDRED));
  return tier.cap === undefined ? price : least(price, Rational.of(tier.cap));
};

const flatOf = (tier: Tier | undefined): Rational => Rational.of(tier?.flatFee ?? '0');

type Flat = Edges & Pick<Policy, 'zeroUsageFlatFee'>;

/** Each part of the quantity at the price of its tier, and the flat fee of each tier that it reaches. */
export const graduated = (tiers: readonly Tier[], quantity: Rational, policy: Flat): Rational => {
  if (quantity.sign() <= 0) return policy.zeroUsageFlatFee === 'charge' ? flatOf(tiers[0]) : NOTHING;
  const reached = tierOf(tiers, quantity, policy);
  let sum = NOTHING;
  for (let n = 0; n <= reached; n += 1) {
    const tier = tiers[n] as Tier;
    const end = n === reached ? quantity : Rational.of(tier.upTo as string);
    sum = sum.plus(inTier(tier, end.minus(beginOf(tiers, n)))).plus(flatOf(tier));
  }
  return sum;
};

/** The whole quantity at the price of the tier that `chosenBy` is in. */
export const volume = (tiers: readonly Tier[], quantity: Rational, chosenBy: Rational, policy: Flat): Rational => {
  const tier = tiers[tierOf(tiers, chosenBy, policy)] as Tier;
  if (quantity.sign() <= 0) return policy.zeroUsageFlatFee === 'charge' ? flatOf(tier) : NOTHING;
  return inTier(tier, quantity).plus(flatOf(tier));
};

/**
 * The running level goes up and down through the tiers; each stretch that a change crosses is charged at its tier's price
 * for the share of the change that is charged.
 */
export const graduatedByChanges = (
  tiers: readonly Tier[],
  changes: readonly { readonly by: Rational; readonly charged: Rational }[],
  policy: Flat,
): Rational => {
  let [level, highest, sum] = [NOTHING, NOTHING, NOTHING];
  for (const { by, charged } of changes) {
    const to = level.plus(by);
    const [low, high] = [most(least(level, to), NOTHING), most(most(level, to), NOTHING)];
    tiers.forEach((tier, n) => {
      const begin = most(beginOf(tiers, n), low);
      const end = tier.upTo === null ? high : least(Rational.of(tier.upTo), high);
      if (!end.isAbove(begin)) return;
      const part = end.minus(begin).times(charged).over(high.minus(low));
      sum = sum.plus(inTier(tier, part));
    });
    level = to;
    highest = most(highest, level);
  }
  const none = highest.sign() <= 0;
  if (none && policy.zeroUsageFlatFee === 'none') return most(sum, NOTHING);
  const reached = none ? 0 : tierOf(tiers, highest, policy);
  for (const tier of tiers.slice(0, reached + 1)) sum = sum.plus(flatOf(tier));
  return most(sum, NOTHING);
};

/** The price of the step that a quantity reaches. */
export const stairstep = (
  tiers: readonly { readonly upTo: string | null; readonly price: string }[],
  quantity: Rational,
  policy: Edges,
): Rational => (quantity.sign() <= 0 ? NOTHING : Rational.of(tiers[tierOf(tiers, quantity, policy)]?.price ?? '0'));
