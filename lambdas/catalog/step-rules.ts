import type { Flaw } from './shape.ts';
import { PRICE_STEP_ORDER, type Price, type PriceStep } from './types.ts';

type Name = PriceStep['step'];

const position = (name: Name): number => PRICE_STEP_ORDER.indexOf(name);

/** Steps that turn a measured quantity into an amount: what stands between allowance and commitment. A metered price has exactly one of them. */
const CHARGES_USAGE: readonly Name[] = PRICE_STEP_ORDER.slice(position('allowance') + 1, position('commitment'));
/** All steps that need a measured quantity. */
const NEEDS_USAGE: readonly Name[] = ['unit-conversion', 'allowance', ...CHARGES_USAGE, 'commitment'];

/** Whether the charge goes by single levels or transactions, which no step before it changes and no window cuts. */
const wholeSteps = (step: PriceStep): string | undefined => {
  switch (step.step) {
    case 'seats':
      return 'seats are charged by the time that they are held';
    case 'capacity':
      return 'capacity is charged by the peaks of its meters';
    case 'graduated':
      return step.by === 'changes' ? 'changes of a level are charged one by one' : undefined;
    case 'percentage':
      return needsTransactions(step) ? 'transactions are charged one by one' : undefined;
    default:
      return undefined;
  }
};

/** Whether a percentage has parts that count for each transaction. */
export const needsTransactions = (step: Extract<PriceStep, { step: 'percentage' }>): boolean =>
  step.fixed !== undefined ||
  step.transactionMinimum !== undefined ||
  step.transactionMaximum !== undefined ||
  step.freeTransactions !== undefined;

/**
 * Whether the steps of a price may stand together: each once, in the order of the arithmetic, with exactly one that
 * charges where there is a meter, and none in a position where it would mean nothing. Paths start at `path`.
 */
export const stepsTogetherFlaws = (price: Price, path: string): Flaw[] => [
  ...orderFlaws(price.steps, path),
  ...(price.meter === undefined ? feeFlaws(price, path) : chargeFlaws(price.steps, path)),
  ...conditionFlaws(price, path),
];

const orderFlaws = (steps: readonly PriceStep[], path: string): Flaw[] => {
  const names = steps.map((step) => step.step);
  return names.flatMap((name, n): Flaw[] => {
    const at = `${path}/${n}`;
    if (names.indexOf(name) < n) return [{ path: at, message: `"${name}" stands twice; a price uses a step once` }];
    const behind = names.slice(n + 1).find((later) => position(later) < position(name));
    return behind === undefined ? [] : [{ path: at, message: `"${name}" must come after "${behind}"` }];
  });
};

const feeFlaws = ({ steps, windowed, accumulate }: Price, path: string): Flaw[] => {
  const flaws = steps.flatMap(({ step }, n): Flaw[] =>
    NEEDS_USAGE.includes(step)
      ? [{ path: `${path}/${n}`, message: `"${step}" needs usage: give the price a meter` }]
      : [],
  );
  if (!steps.some(({ step }) => step === 'recurring-fee' || step === 'one-time-fee')) {
    flaws.push({ path, message: 'a price without a meter needs a recurring-fee or a one-time-fee' });
  }
  if (windowed !== undefined) flaws.push({ path, message: 'a fee has no usage to cut into windows: remove windowed' });
  if (accumulate !== undefined) flaws.push({ path, message: 'a fee has no usage to add up: remove accumulate' });
  return flaws;
};

const chargeFlaws = (steps: readonly PriceStep[], path: string): Flaw[] => {
  const charging = steps.filter(({ step }) => CHARGES_USAGE.includes(step)).map(({ step }) => step);
  if (charging.length === 0) {
    return [{ path, message: `nothing charges the usage: add one of ${CHARGES_USAGE.join(', ')}` }];
  }
  if (new Set(charging).size < 2) return [];
  return [{ path, message: `${charging.join(' and ')} both charge the same usage; use one price for each` }];
};

/** Steps against what stands around them: a step before the charge, windows, the contract year, a charge ahead. */
const conditionFlaws = (price: Price, path: string): Flaw[] => {
  const { steps, windowed, accumulate } = price;
  const flaws: Flaw[] = [];
  const charge = steps.find(({ step }) => CHARGES_USAGE.includes(step));
  const whole = charge === undefined ? undefined : wholeSteps(charge);
  steps.forEach((step, n) => {
    const say = (message: string): number => flaws.push({ path: `${path}/${n}`, message });
    const before = step.step === 'unit-conversion' || step.step === 'allowance';
    if (before && whole !== undefined) say(`${whole}: no ${step.step} before that`);
    if (step === charge && whole !== undefined && windowed !== undefined) say(`${whole}: remove windowed`);
    if (step === charge && whole !== undefined && accumulate !== undefined) say(`${whole}: remove accumulate`);
    if ('billing' in step && step.billing === 'advance' && windowed !== undefined) {
      say(
        `"${step.step}" cannot be charged ahead where usage is priced by window: use "arrears", or a price of its own`,
      );
    }
    if (step.step === 'allowance' && (step.pool !== undefined || step.rollover !== undefined)) {
      const shared = step.pool === undefined ? 'rolls over' : 'is pooled';
      if (windowed !== undefined) say(`an allowance that ${shared} is of the period: remove windowed`);
      if (accumulate !== undefined) say(`an allowance that ${shared} is of the period: remove accumulate`);
    }
    if (step.step === 'allowance' && step.pool !== undefined && step.rollover !== undefined) {
      say('a pooled allowance is used up by several items, so nobody can say whose rest rolls over: use one of both');
    }
  });
  if (charge?.step === 'matrix') flaws.push(...matrixFlaws(price, charge, path));
  if (charge?.step === 'capacity' && price.perDimensions.length > 0) {
    flaws.push({
      path,
      message: 'capacity is charged once and not for each value of a dimension: empty perDimensions',
    });
  }
  if (windowed !== undefined && accumulate !== undefined) {
    flaws.push({ path, message: 'windows begin anew and a contract year adds up: use one of windowed and accumulate' });
  }
  return flaws;
};

/** What is pooled over a dimension can be charged by it only as it was measured. */
const matrixFlaws = (price: Price, { dimensions }: Extract<PriceStep, { step: 'matrix' }>, path: string): Flaw[] => {
  const pooled = dimensions.filter((name) => !price.perDimensions.includes(name));
  const changed = price.steps.find(({ step }) => step === 'unit-conversion' || step === 'allowance')?.step;
  const by = changed ?? (price.windowed === undefined ? undefined : 'windowed') ?? price.accumulate;
  if (pooled.length === 0 || by === undefined) return [];
  const message = `${by} changes what is measured, and the matrix must know of which value: name ${pooled.join(', ')} in perDimensions`;
  return [{ path, message }];
};
