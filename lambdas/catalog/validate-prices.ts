import { compare, parseDecimal } from '../platform/decimal.ts';
import type { Flaw } from './shape.ts';
import { type Aggregation, type Meter, PRICE_STEP_ORDER, type Price, type PriceStep, type Tier } from './types.ts';

/** Steps that need a measured quantity, and those of them that turn it into an amount. */
const NEEDS_USAGE: readonly PriceStep['step'][] = [
  'unit-conversion',
  'allowance',
  'per-unit',
  'graduated',
  'package',
  'seats',
];
const CHARGES_USAGE: readonly PriceStep['step'][] = ['per-unit', 'graduated', 'package', 'seats'];

/** Aggregates of which parts must not be added up over dimension values. */
const NOT_ADDITIVE: readonly Aggregation[] = ['MIN', 'MAX', 'AVG', 'UNIQUE_COUNT'];

/**
 * Whether the steps of a price may stand together: each once, in the order of `PRICE_STEP_ORDER`, with a meter where
 * usage is needed. Says what is wrong at `path`.
 */
export const stepFlaws = (steps: readonly PriceStep[], metered: boolean, path: string): Flaw[] => {
  const flaws: Flaw[] = [];
  const names = steps.map((step) => step.step);
  names.forEach((name, n) => {
    const at = `${path}/${n}`;
    if (names.indexOf(name) < n) flaws.push({ path: at, message: `"${name}" stands twice; a price uses a step once` });
    const behind = names.slice(n + 1).find((later) => position(later) < position(name));
    if (behind !== undefined) flaws.push({ path: at, message: `"${name}" must come after "${behind}"` });
    if (!metered && NEEDS_USAGE.includes(name)) {
      flaws.push({ path: at, message: `"${name}" needs usage: give the price a meter` });
    }
  });
  const charging = names.filter((name) => CHARGES_USAGE.includes(name));
  if (charging.length > 1) {
    flaws.push({ path, message: `${charging.join(' and ')} both charge the same usage; use one price for each` });
  }
  if (metered && charging.length === 0) {
    flaws.push({ path, message: `nothing charges the usage: add one of ${CHARGES_USAGE.join(', ')}` });
  }
  if (!metered && !names.includes('recurring-fee')) {
    flaws.push({ path, message: 'a price without a meter needs a recurring-fee' });
  }
  if (names.includes('seats') && names.some((name) => name === 'allowance' || name === 'unit-conversion')) {
    flaws.push({ path, message: 'seats are charged day by day: no allowance or unit-conversion before them' });
  }
  steps.forEach((step, n) => {
    if (step.step === 'graduated') flaws.push(...tierFlaws(step.tiers, `${path}/${n}/tiers`));
    if (step.step === 'percentage-discount' && compare(parseDecimal(step.percent), parseDecimal('100')) > 0) {
      flaws.push({ path: `${path}/${n}/percent`, message: 'a discount cannot be more than 100 percent' });
    }
  });
  return flaws;
};

const position = (name: PriceStep['step']): number => PRICE_STEP_ORDER.indexOf(name);

const tierFlaws = (tiers: readonly Tier[], path: string): Flaw[] =>
  tiers.flatMap((tier, n) => {
    const last = n === tiers.length - 1;
    if (tier.upTo === null) {
      return last ? [] : [{ path: `${path}/${n}/upTo`, message: 'only the last tier may be without an end' }];
    }
    if (last) return [{ path: `${path}/${n}/upTo`, message: 'the last tier must be without an end (null)' }];
    const before = n === 0 ? null : (tiers[n - 1]?.upTo ?? null);
    return before !== null && compare(parseDecimal(before), parseDecimal(tier.upTo)) >= 0
      ? [{ path: `${path}/${n}/upTo`, message: `must be above ${before}, where the tier before ends` }]
      : [];
  });

/** Whether a price fits the meter that it prices. */
export const meterFlaws = (price: Price, meter: Meter, path: string): Flaw[] => {
  const flaws: Flaw[] = [];
  const dimensions = meter.dimensions.map((dimension) => dimension.name);
  price.perDimensions.forEach((name, n) => {
    if (!dimensions.includes(name)) {
      flaws.push({ path: `${path}/perDimensions/${n}`, message: `meter "${meter.id}" has no dimension "${name}"` });
    }
  });
  if (NOT_ADDITIVE.includes(meter.aggregation) && dimensions.some((name) => !price.perDimensions.includes(name))) {
    flaws.push({
      path: `${path}/perDimensions`,
      message: `${meter.aggregation} cannot be added up over dimensions: name all of ${dimensions.join(', ')}`,
    });
  }
  if (price.steps.some((step) => step.step === 'seats') && meter.aggregation !== 'LATEST') {
    flaws.push({ path: `${path}/meter`, message: `seats are priced by day and need a LATEST meter` });
  }
  return flaws;
};
