import { compare, parseDecimal } from '../platform/decimal.ts';
import type { Flaw } from './shape.ts';
import type { PriceStep } from './types.ts';

/** Where tiers end. What they cost is not looked at here. */
type Edges = readonly { readonly upTo: string | null }[];

/** Whether every tier begins where the one before ends and something lies in it, and the last one has no end. */
export const edgeFlaws = (tiers: Edges, path: string): Flaw[] =>
  tiers.flatMap((tier, n): Flaw[] => {
    const at = `${path}/${n}/upTo`;
    const last = n === tiers.length - 1;
    if (tier.upTo === null) {
      const after = 'only the last tier may be without an end: the tiers after this one are never reached';
      return last ? [] : [{ path: at, message: after }];
    }
    if (last) {
      const message = `nothing says what more than ${tier.upTo} costs: the last tier must be without an end (null)`;
      return [{ path: at, message }];
    }
    const before = n === 0 ? null : (tiers[n - 1]?.upTo ?? null);
    return before !== null && compare(parseDecimal(before), parseDecimal(tier.upTo)) >= 0
      ? [{ path: at, message: `must be above ${before}, where the tier before ends: the tiers overlap` }]
      : [];
  });

type Matrix = Extract<PriceStep, { step: 'matrix' }>;
const MOST_DIMENSIONS = 3;

/** Whether a matrix has one to three different dimensions and each cell names a value of each, no two the same ones. */
export const matrixFlaws = ({ dimensions, cells }: Matrix, path: string): Flaw[] => {
  const flaws: Flaw[] = [];
  if (dimensions.length > MOST_DIMENSIONS) {
    const message = `a matrix has at most ${MOST_DIMENSIONS} dimensions, not ${dimensions.length}: price the others apart with perDimensions`;
    flaws.push({ path: `${path}/dimensions`, message });
  }
  dimensions.forEach((name, n) => {
    if (dimensions.indexOf(name) < n)
      flaws.push({ path: `${path}/dimensions/${n}`, message: `"${name}" stands twice: remove one` });
  });
  const seen = new Map<string, number>();
  cells.forEach(({ values }, n) => {
    const at = `${path}/cells/${n}/values`;
    const key = JSON.stringify(values);
    const first = seen.get(key);
    if (values.length !== dimensions.length) {
      flaws.push({ path: at, message: `needs one value for each of ${dimensions.join(', ')}` });
    }
    if (first !== undefined)
      flaws.push({ path: at, message: `are priced by cell ${first} already: remove one of them` });
    else seen.set(key, n);
  });
  return flaws;
};

type Capacity = Extract<PriceStep, { step: 'capacity' }>;

/** Whether each tier of a capacity lets something fit that none before did, and the last one fits all. */
export const capacityFlaws = ({ tiers }: Capacity, path: string): Flaw[] =>
  tiers.flatMap(({ limits }, n): Flaw[] => {
    const at = `${path}/tiers/${n}/limits`;
    const last = n === tiers.length - 1;
    if (last) {
      const message = 'the last tier must fit everything (null), or a larger peak has no price';
      return limits === null ? [] : [{ path: at, message }];
    }
    if (limits === null || Object.keys(limits).length === 0) {
      return [{ path: at, message: 'fits everything: the tiers after it are never reached, so it must be the last' }];
    }
    const covers = tiers.slice(0, n).findIndex((before) => before.limits !== null && holds(before.limits, limits));
    return covers < 0
      ? []
      : [{ path: at, message: `is never reached: whatever fits it fits tier ${covers} before it; raise a limit` }];
  });

/** Whether whatever fits `inner` fits `outer`. */
export const holds = (outer: Readonly<Record<string, string>>, inner: Readonly<Record<string, string>>): boolean =>
  Object.entries(outer).every(([meter, limit]) => {
    const other = inner[meter];
    return other !== undefined && compare(parseDecimal(other), parseDecimal(limit)) <= 0;
  });
