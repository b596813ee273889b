import type { Policy, Tier } from './given.ts';
import type { Change } from './levels.ts';
import { HUNDRED, least, most, NOTHING, Rational } from './rational.ts';

type Edges = Pick<Policy, 'tierEdge' | 'tierGap'>;
type Edged = { readonly upTo: string | null };

/** Where a tier begins. */
const beginOf = (tiers: readonly Edged[], n: number): Rational =>
  n === 0 ? NOTHING : Rational.of(tiers[n - 1]?.upTo ?? '0');

/** Whether a quantity has come as far as a tier: beyond where it begins, or up to there where the edge is its own. */
const reaches = (tiers: readonly Edged[], n: number, quantity: Rational, policy: Edges): boolean => {
  if (n === 0) return true;
  const compared = (policy.tierGap === 'lower' ? quantity.floor() : quantity).compare(beginOf(tiers, n));
  return compared > 0 || (compared === 0 && policy.tierEdge === 'exclusive');
};

/** The tiers that a quantity reaches: all up to the one that it is in. */
const reached = <T extends Edged>(tiers: readonly T[], quantity: Rational, policy: Edges): T[] =>
  tiers.filter((_, n) => reaches(tiers, n, quantity, policy));

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
  const all = reached(tiers, quantity, policy);
  return all.reduce((sum, tier, n) => {
    const end = n === all.length - 1 ? quantity : Rational.of(tier.upTo ?? '0');
    return sum.plus(inTier(tier, end.minus(beginOf(tiers, n)))).plus(flatOf(tier));
  }, NOTHING);
};

/** The whole quantity at the price of the tier that `chosenBy` is in. */
export const volume = (tiers: readonly Tier[], quantity: Rational, chosenBy: Rational, policy: Flat): Rational => {
  const tier = reached(tiers, chosenBy, policy).at(-1) as Tier;
  if (quantity.sign() <= 0) return policy.zeroUsageFlatFee === 'charge' ? flatOf(tier) : NOTHING;
  return inTier(tier, quantity).plus(flatOf(tier));
};

/** What a level costs for a whole period without flat fees: each of its units at the price of its tier. */
const costOfLevel = (tiers: readonly Tier[], level: Rational): Rational =>
  tiers.reduce((sum, tier, n) => {
    const above = most(level.minus(beginOf(tiers, n)), NOTHING);
    const width = tier.upTo === null ? above : Rational.of(tier.upTo).minus(beginOf(tiers, n));
    return sum.plus(inTier(tier, least(above, width)));
  }, NOTHING);

/**
 * The running level goes up and down through the tiers. A change costs its charged share at the mean price of what it
 * crosses: the difference of what the levels before and after it cost, over the units between them.
 */
export const graduatedByChanges = (
  tiers: readonly Tier[],
  changes: readonly (Pick<Change, 'by'> & { readonly charged: Rational })[],
  policy: Flat,
): Rational => {
  let [level, highest, sum] = [NOTHING, NOTHING, NOTHING];
  for (const { by, charged } of changes) {
    const [from, to] = [most(level, NOTHING), most(level.plus(by), NOTHING)];
    if (from.compare(to) !== 0) {
      const price = costOfLevel(tiers, to).minus(costOfLevel(tiers, from)).over(to.minus(from));
      sum = sum.plus(price.times(charged));
    }
    level = level.plus(by);
    highest = most(highest, level);
  }
  if (!highest.isZero() || policy.zeroUsageFlatFee === 'charge') {
    const fees = highest.isZero() ? tiers.slice(0, 1) : reached(tiers, highest, policy);
    for (const tier of fees) sum = sum.plus(flatOf(tier));
  }
  return most(sum, NOTHING);
};

/** The price of the step that a quantity reaches. */
export const stairstep = (
  tiers: readonly { readonly upTo: string | null; readonly price: string }[],
  quantity: Rational,
  policy: Edges,
): Rational => (quantity.sign() <= 0 ? NOTHING : Rational.of(reached(tiers, quantity, policy).at(-1)?.price ?? '0'));
