import { NOTHING, ONE, Rational, total } from './rational.ts';

/**
 * An amount of whole units over parts by their weights, to the last unit. A part has its share rounded down; the remainders
 * together are as many whole units as are missing, and a part has one of them if fewer than that many parts come before
 * it: those with a larger remainder, and earlier ones with the same. Parts that weigh nothing at all share alike.
 */
export const allocated = (amount: Rational, weights: readonly Rational[], unit: Rational): Rational[] => {
  if (amount.sign() < 0) return allocated(amount.negated(), weights, unit).map((part) => part.negated());
  const weight = total(weights);
  const shares = weight.isZero() ? weights.map(() => ONE) : weights;
  const perShare = amount.over(total(shares).times(unit));
  const exact = shares.map((share) => share.times(perShare));
  const remainders = exact.map((each) => each.minus(each.floor()));
  const missing = total(remainders);
  return exact.map((each, n) => {
    const before = remainders.filter((other, m) => {
      const compared = other.compare(remainders[n] ?? NOTHING);
      return compared > 0 || (compared === 0 && m < n);
    });
    const one = missing.isAbove(Rational.whole(before.length)) ? ONE : NOTHING;
    return each.floor().plus(one).times(unit);
  });
};
