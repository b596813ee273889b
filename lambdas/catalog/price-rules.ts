import { compare, parseDecimal } from '../platform/decimal.ts';
import type { Flaw } from './shape.ts';
import { stepsTogetherFlaws } from './step-rules.ts';
import { capacityFlaws, edgeFlaws, matrixFlaws } from './tier-rules.ts';
import type { Price, PriceStep } from './types.ts';

/** The step of that name, if the price has it. */
export const stepOf = <N extends PriceStep['step']>(
  steps: readonly PriceStep[],
  name: N,
): Extract<PriceStep, { step: N }> | undefined =>
  steps.find((step): step is Extract<PriceStep, { step: N }> => step.step === name);

const above = (a: string, b: string): boolean => compare(parseDecimal(a), parseDecimal(b)) > 0;

/** What is wrong with a price of a book that no meter needs to be known for. */
export const priceFlaws = (price: Price, path: string): Flaw[] => [
  ...stepFlaws(price, `${path}/steps`),
  ...hourFlaws(price, `${path}/windowed/hours`),
  ...(price.meter === undefined && price.recognition === 'as-used'
    ? [{ path: `${path}/recognition`, message: 'a fee is not used: recognize it straight-line or at a point in time' }]
    : []),
  ...(price.meter === undefined && price.perDimensions.length > 0
    ? [{ path: `${path}/perDimensions`, message: 'a fee has no dimensions: leave the list empty or add a meter' }]
    : []),
];

const hourFlaws = ({ windowed }: Price, path: string): Flaw[] =>
  (windowed?.hours ?? []).flatMap(({ from, to }, n, all): Flaw[] => {
    if (from >= to) return [{ path: `${path}/${n}/to`, message: `must be after ${from}; for a night give two ranges` }];
    const other = all.slice(0, n).findIndex((range) => from < range.to && range.from < to);
    return other < 0 ? [] : [{ path: `${path}/${n}`, message: `overlaps range ${other}: join them` }];
  });

/**
 * Whether the steps of a price can stand as they are: together, each for itself, and bounds with each other. The price
 * says under which conditions (meter, windows, contract year). `path` is where the steps are.
 */
export const stepFlaws = (price: Price, path: string): Flaw[] => {
  const together = stepsTogetherFlaws(price, path);
  const alone = price.steps.flatMap((step, n) => flawsOfStep(step, `${path}/${n}`));
  return [...together, ...alone, ...boundFlaws(price.steps, path)];
};

const flawsOfStep = (step: PriceStep, path: string): Flaw[] => {
  switch (step.step) {
    case 'graduated':
      return [...edgeFlaws(step.tiers, `${path}/tiers`), ...changeFlaws(step, `${path}/tiers`)];
    case 'volume':
    case 'stairstep':
      return edgeFlaws(step.tiers, `${path}/tiers`);
    case 'matrix':
      return matrixFlaws(step, path);
    case 'capacity':
      return capacityFlaws(step, path);
    case 'percentage':
      return transactionFlaws(step, path);
    case 'seats':
      return step.proration === 'month' && step.decreases === 'prorate'
        ? [
            {
              path: `${path}/decreases`,
              message: 'the highest number of a month is charged in full: use "day" or "second" to prorate',
            },
          ]
        : [];
    case 'commitment':
      return step.trueUp || (step.overageFactor !== undefined && above(step.overageFactor, '1')) || lessThanOne(step)
        ? []
        : [{ path, message: 'changes no amount: set trueUp to true or give it an overageFactor other than 1' }];
    case 'percentage-discount':
      return above(step.percent, '100')
        ? [{ path: `${path}/percent`, message: 'a discount cannot be more than 100 percent' }]
        : [];
    default:
      return [];
  }
};

/** A change of a level holds for a time: it fills no block, and what a tier costs for it has no end to be capped at. */
const changeFlaws = ({ by, tiers }: Extract<PriceStep, { step: 'graduated' }>, path: string): Flaw[] =>
  by !== 'changes'
    ? []
    : tiers.flatMap((tier, n) =>
        (['per', 'cap'] as const).flatMap((field): Flaw[] =>
          tier[field] === undefined
            ? []
            : [{ path: `${path}/${n}/${field}`, message: 'means nothing for changes of a level: remove it' }],
        ),
      );

const lessThanOne = ({ overageFactor }: Extract<PriceStep, { step: 'commitment' }>): boolean =>
  overageFactor !== undefined && above('1', overageFactor);

const transactionFlaws = (step: Extract<PriceStep, { step: 'percentage' }>, path: string): Flaw[] => {
  const { transactionMinimum: least, transactionMaximum: most } = step;
  return least !== undefined && most !== undefined && above(least, most)
    ? [{ path: `${path}/transactionMinimum`, message: `is above transactionMaximum, ${most}` }]
    : [];
};

/** Bounds that contradict each other, or that leave a step without effect. */
const boundFlaws = (steps: readonly PriceStep[], path: string): Flaw[] => {
  const flaws: Flaw[] = [];
  const at = (name: PriceStep['step']): string => `${path}/${steps.findIndex((step) => step.step === name)}`;
  const maximum = stepOf(steps, 'maximum');
  const minimum = stepOf(steps, 'minimum');
  const commitment = stepOf(steps, 'commitment');
  const fee = stepOf(steps, 'recurring-fee');
  if (maximum !== undefined) {
    const most = `the maximum, ${maximum.amount}`;
    if (minimum !== undefined && above(minimum.amount, maximum.amount)) {
      flaws.push({ path: `${at('minimum')}/amount`, message: `is above ${most}: lower one or raise the other` });
    }
    if (commitment?.trueUp && above(commitment.amount, maximum.amount)) {
      flaws.push({ path: `${at('commitment')}/amount`, message: `is above ${most}: lower one or raise the other` });
    }
    if (fee !== undefined && !above(maximum.amount, fee.amount)) {
      const message = `is reached by the recurring fee of ${fee.amount} alone, so no other step is: raise it above the fee`;
      flaws.push({ path: `${at('maximum')}/amount`, message });
    }
  }
  const discount = stepOf(steps, 'percentage-discount');
  if (discount !== undefined && !above('100', discount.percent) && stepOf(steps, 'amount-discount') !== undefined) {
    const message = 'is never reached: the percentage-discount takes all off';
    flaws.push({ path: at('amount-discount'), message });
  }
  return flaws;
};
