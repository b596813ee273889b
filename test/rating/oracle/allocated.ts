import { NOTHING, ONE, type Rational, total } from './rational.ts';

/**
 * An amount of whole units over parts by their weights, to the last unit: what is left over goes to the largest
 * remainders, then by the order of the parts. Parts that weigh nothing at all share alike.
 */
export const allocated = (amount: Rational, weights: readonly Rational[], unit: Rational): Rational[] => {
  if (amount.sign() < 0) return allocated(amount.negated(), weights, unit).map((part) => part.negated());
  const weight = total(weights);
  const shares = weight.isZero() ? weights.map(() => ONE) : weights;
  const exact = shares.map((share) => amount.times(share).over(total(shares).times(unit)));
  const units = exact.map((each) => each.floor());
  let rest = amount.over(unit).minus(total(units));
  const order = exact
    .map((each, n) => ({ n, remainder: each.minus(units[n] ?? NOTHING) }))
    .toSorted((a, b) => b.remainder.compare(a.remainder) || a.n - b.n);
  for (const { n } of order) {
    if (rest.sign() <= 0) break;
    units[n] = (units[n] ?? NOTHING).plus(ONE);
    rest = rest.minus(ONE);
  }
  return units.map((each) => each.times(unit));
};
