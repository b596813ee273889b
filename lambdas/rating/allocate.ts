import { type Decimal, fromMinorUnits, toMinorUnits } from '../platform/decimal.ts';

/**
 * Whole units over parts in proportion to their weights: each part rounded down, and one unit more for those that lost
 * most by it, in the order of the parts where they lost the same. The parts always sum to the whole. Without any
 * weight all parts weigh the same. Example: 100 over 1, 1, 1 is 34, 33, 33.
 * @throws {RangeError} if a weight is below 0, or if there is something to allocate and nothing to allocate it to.
 */
export const allocateUnits = (total: bigint, weights: readonly bigint[]): bigint[] => {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a part cannot have a weight below 0');
  const all = weights.reduce((a, b) => a + b, 0n);
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
  const parts = weights.map((weight, n) => ({ n, units: (total * weight) / all, rest: (total * weight) % all }));
  const given = parts.reduce((sum, { units }) => sum + units, 0n);
  const more = new Set(
    [...parts]
      .sort((a, b) => (a.rest === b.rest ? a.n - b.n : a.rest > b.rest ? -1 : 1))
      .slice(0, Number(total - given))
      .map(({ n }) => n),
  );
  return parts.map(({ n, units }) => (more.has(n) ? units + 1n : units));
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
