import { type Decimal, fromMinorUnits, toMinorUnits } from '../platform/decimal.ts';

/**
 * Whole units over parts in proportion to their weights: each part rounded down, and one unit more for those that lost
 * most by it, in the order of the parts where they lost the same. The parts always sum to the whole. Without any
 * weight all parts weigh the same. Example: 100 over 1, 1, 1 is 34, 33, 33.
 * @throws {RangeError} if a weight is below 0, or if there is something to allocate and nothing to allocate it to.
 */
export const allocateUnits = (total: bigint, weights: readonly bigint[]): bigint[] => {
  let all = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw new RangeError('a part cannot have a weight below 0');
    all += weight;
  }
  if (all === 0n) {
    if (weights.length > 0)
      return allocateUnits(
        total,
        weights.map(() => 1n),
      );
    if (total === 0n) return [];
    throw new RangeError(`${total} cannot be allocated to no parts`);
  }
  if (total < 0n) return allocateUnits(-total, weights).map((units) => -units);
  const parts: bigint[] = [];
  const rests: { readonly n: number; readonly rest: bigint }[] = [];
  let missing = total;
  for (const [n, weight] of weights.entries()) {
    const [units, rest] = [(total * weight) / all, (total * weight) % all];
    parts.push(units);
    if (rest > 0n) rests.push({ n, rest });
    missing -= units;
  }
  // Fewer units are missing than parts lost something: nobody gets two of them, and nobody who lost nothing any.
  rests.sort((a, b) => (a.rest === b.rest ? a.n - b.n : a.rest > b.rest ? -1 : 1));
  for (const { n } of rests.slice(0, Number(missing))) parts[n] = (parts[n] ?? 0n) + 1n;
  return parts;
};

/**
 * An amount over parts in proportion to decimal weights, in steps of the last of `places` decimals. Sums to the amount.
 * @throws {RangeError} as `allocateUnits`, or if the amount has more decimals.
 */
export const allocate = (total: Decimal, weights: readonly Decimal[], places: number): Decimal[] => {
  const scale = Math.max(0, ...weights.map((weight) => weight.scale));
  const units = allocateUnits(
    toMinorUnits(total, places),
    weights.map((weight) => toMinorUnits(weight, scale)),
  );
  return units.map((part) => fromMinorUnits(part, places));
};
