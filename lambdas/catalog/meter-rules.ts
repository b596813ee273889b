import type { Lookup } from './lookup.ts';
import type { Flaw } from './shape.ts';
import { needsTransactions } from './step-rules.ts';
import type { Aggregation, Meter, Price, PriceStep } from './types.ts';

/** Aggregates of which parts must not be added up over dimension values. */
const NOT_ADDITIVE: readonly Aggregation[] = ['MIN', 'MAX', 'AVG', 'UNIQUE_COUNT'];
/** Aggregates of which parts may be added up over time. */
const ADDS_UP: readonly Aggregation[] = ['COUNT', 'SUM'];
/** The account of a covered child; every meter has it. */
const ACCOUNT = 'account';

/** Whether a price fits the meter that it prices. `path` is where the price is, `steps` where its steps are. */
export const meterFlaws = (price: Price, meter: Meter, path: string, steps = `${path}/steps`): Flaw[] => [
  ...dimensionFlaws(price, meter, path),
  ...price.steps.flatMap((step, n) => measureFlaws(step, meter, `${steps}/${n}`)),
  ...(price.windowed?.every === 'day' && !ADDS_UP.includes(meter.aggregation)
    ? [
        {
          path: `${path}/windowed/every`,
          message: `${meter.aggregation} does not add up from hours to a day: price it by hour, or use COUNT or SUM`,
        },
      ]
    : []),
  ...(price.accumulate !== undefined && !ADDS_UP.includes(meter.aggregation)
    ? [
        {
          path: `${path}/accumulate`,
          message: `${meter.aggregation} does not add up over a year: it needs COUNT or SUM`,
        },
      ]
    : []),
];

/** Meters whose peaks a capacity limits, and that there are not. `path` is where the steps are. */
export const capacityMeterFlaws = (steps: readonly PriceStep[], path: string, lookup: Pick<Lookup, 'exists'>): Flaw[] =>
  steps.flatMap((step, n): Flaw[] =>
    step.step !== 'capacity'
      ? []
      : step.tiers.flatMap(({ limits }, tier) =>
          Object.keys(limits ?? {}).flatMap((meter): Flaw[] => {
            const at = `${path}/${n}/tiers/${tier}/limits/${meter}`;
            return lookup.exists('meter', meter) ? [] : [{ path: at, message: `there is no meter "${meter}"` }];
          }),
        ),
  );

const dimensionFlaws = ({ perDimensions }: Price, meter: Meter, path: string): Flaw[] => {
  const dimensions = meter.dimensions.map((dimension) => dimension.name);
  const flaws = perDimensions.flatMap((name, n): Flaw[] => {
    const at = `${path}/perDimensions/${n}`;
    if (perDimensions.indexOf(name) < n) return [{ path: at, message: `"${name}" stands twice: remove one` }];
    return name === ACCOUNT || dimensions.includes(name) ? [] : [unknownDimension(meter, name, at)];
  });
  if (NOT_ADDITIVE.includes(meter.aggregation) && dimensions.some((name) => !perDimensions.includes(name))) {
    const message = `${meter.aggregation} cannot be added up over dimensions: name all of ${dimensions.join(', ')}`;
    flaws.push({ path: `${path}/perDimensions`, message });
  }
  return flaws;
};

const unknownDimension = (meter: Meter, name: string, path: string): Flaw => {
  const has = [...meter.dimensions.map((dimension) => dimension.name), ACCOUNT].join(', ');
  return { path, message: `meter "${meter.id}" has no dimension "${name}"; it has ${has}` };
};

/** What a step needs to know of usage beside its quantity, and whether a meter of this aggregation knows it. */
const measureFlaws = (step: PriceStep, meter: Meter, path: string): Flaw[] => {
  const { aggregation, id } = meter;
  const needs = (wanted: Aggregation, why: string): Flaw[] =>
    aggregation === wanted ? [] : [{ path, message: `${why} need a ${wanted} meter; "${id}" is ${aggregation}` }];
  switch (step.step) {
    case 'seats':
      return needs('LATEST', 'seats are levels that hold until they change, and');
    case 'graduated':
      return step.by === 'changes' ? needs('LATEST', 'changes of a level') : [];
    case 'percentage':
      return needsTransactions(step) ? needs('SUM', 'parts for each transaction') : [];
    case 'matrix': {
      const names = [...meter.dimensions.map((dimension) => dimension.name), ACCOUNT];
      return step.dimensions.flatMap((name, n) =>
        names.includes(name) ? [] : [unknownDimension(meter, name, `${path}/dimensions/${n}`)],
      );
    }
    default:
      return [];
  }
};
