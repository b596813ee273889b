import { PRICE_STEP_ORDER, type PriceStep } from '../catalog/types.ts';
import { type Advance, inAdvance, whileCovered } from './steps/ahead.ts';
import { allowance } from './steps/allowance.ts';
import { amountDiscount } from './steps/amount-discount.ts';
import { capacity, capacityMeters } from './steps/capacity.ts';
import { commitment } from './steps/commitment.ts';
import { dynamic } from './steps/dynamic.ts';
import { graduated } from './steps/graduated.ts';
import { matrix } from './steps/matrix.ts';
import { maximum } from './steps/maximum.ts';
import { minimum } from './steps/minimum.ts';
import { oneTimeFee } from './steps/one-time-fee.ts';
import { packages } from './steps/package.ts';
import { perUnit } from './steps/per-unit.ts';
import { percentage } from './steps/percentage.ts';
import { percentageDiscount } from './steps/percentage-discount.ts';
import { recurringFee } from './steps/recurring-fee.ts';
import { seats } from './steps/seats.ts';
import { stairstep } from './steps/stairstep.ts';
import type { Apply, StepContext, Working } from './steps/step.ts';
import { isEndless, settleQuotient, unitConversion } from './steps/unit-conversion.ts';
import { volume } from './steps/volume.ts';
import type { RatingPolicy } from './types.ts';

/** A step with its numbers read. */
const read = (step: PriceStep): Apply => {
  switch (step.step) {
    case 'unit-conversion':
      return unitConversion(step);
    case 'allowance':
      return allowance(step);
    case 'per-unit':
      return perUnit(step);
    case 'graduated':
      return graduated(step);
    case 'volume':
      return volume(step);
    case 'package':
      return packages(step);
    case 'stairstep':
      return stairstep(step);
    case 'percentage':
      return percentage(step);
    case 'matrix':
      return matrix(step);
    case 'dynamic':
      return dynamic(step);
    case 'capacity':
      return capacity(step);
    case 'seats':
      return seats(step);
    case 'commitment':
      return commitment(step);
    case 'recurring-fee':
      return recurringFee(step);
    case 'one-time-fee':
      return oneTimeFee(step);
    case 'percentage-discount':
      return percentageDiscount(step);
    case 'amount-discount':
      return amountDiscount(step);
    case 'minimum':
      return minimum(step);
    case 'maximum':
      return maximum(step);
  }
};

const AFTER_BOUNDS: readonly PriceStep['step'][] = ['percentage-discount', 'amount-discount'];

/** S4: discounts before minimum and maximum, as the order of the arithmetic has it, or after them. */
const orderOf = (order: RatingPolicy['discountOrder']): readonly PriceStep['step'][] =>
  order === 'before-bounds'
    ? PRICE_STEP_ORDER
    : [...PRICE_STEP_ORDER.filter((name) => !AFTER_BOUNDS.includes(name)), ...AFTER_BOUNDS];

/** The steps that make the charge, its commitment, and the steps that follow once. */
export type Plan = {
  readonly charge: readonly Apply[];
  readonly commitment: readonly Apply[];
  readonly after: readonly Apply[];
  /** Whether a step is billed in advance, whether one looks at single rows, and the meters whose peaks one looks at. */
  readonly inAdvance: boolean;
  readonly byRow: boolean;
  readonly peaks: readonly string[];
};

const COMMITMENT = PRICE_STEP_ORDER.indexOf('commitment');

/** Whether a step is charged for the next period, and settled against what was charged for this one. */
export const isInAdvance = (step: PriceStep): boolean => 'billing' in step && step.billing === 'advance';

const WITH_WHAT_IS_AHEAD: readonly PriceStep['step'][] = ['percentage-discount', 'amount-discount', 'maximum'];

/** Whether a step makes what is charged for the next period: those in advance, and what lowers them. */
export const isExpected = (step: PriceStep): boolean => isInAdvance(step) || WITH_WHAT_IS_AHEAD.includes(step.step);

/** How a price is charged ahead; `undefined` if nothing of it is in advance. `ordered` are its steps in their order. */
const advanceOf = (ordered: readonly PriceStep[], order: RatingPolicy['discountOrder']): Advance | undefined => {
  if (!ordered.some(isInAdvance)) return undefined;
  const own = ordered.filter(isExpected).map(read);
  return {
    onlyMinimum: ordered.filter(isInAdvance).every(({ step }) => step === 'minimum'),
    expecting: (steps) => {
      if (steps === undefined) return own;
      if (!steps.some(isInAdvance)) return undefined;
      return inOrder(steps, order).filter(isExpected).map(read);
    },
  };
};

/** The steps of a price in the order of the arithmetic. */
const inOrder = (steps: readonly PriceStep[], order: RatingPolicy['discountOrder']): PriceStep[] =>
  orderOf(order).flatMap((name) => steps.filter(({ step }) => step === name));

const plan = (steps: readonly PriceStep[], order: RatingPolicy['discountOrder']): Plan => {
  const ordered = inOrder(steps, order);
  const place = ({ step }: PriceStep): number => PRICE_STEP_ORDER.indexOf(step) - COMMITMENT;
  const advance = advanceOf(ordered, order);
  const made = (step: PriceStep): Apply => (advance === undefined ? read(step) : whileCovered(read(step)));
  return {
    charge: [
      ...ordered.filter((step) => place(step) < 0).map(made),
      ...steps.flatMap((step) => (step.step === 'unit-conversion' && isEndless(step) ? [settleQuotient(step)] : [])),
    ],
    commitment: ordered.filter((step) => place(step) === 0).map(made),
    after: [
      ...ordered.filter((step) => place(step) > 0).map(made),
      ...(advance === undefined ? [] : [inAdvance(advance)]),
    ],
    inAdvance: advance !== undefined,
    byRow: steps.some(({ step }) => step === 'matrix'),
    peaks: steps.flatMap((step) => (step.step === 'capacity' ? capacityMeters(step) : [])),
  };
};

type Plans = Partial<Record<RatingPolicy['discountOrder'], Plan>>;

const plans = new WeakMap<readonly PriceStep[], Plans>();

/** The plan of a price: made once per list of steps, in the order of the arithmetic, whatever order they are written in. */
export const planOf = (steps: readonly PriceStep[], { discountOrder }: RatingPolicy): Plan => {
  const known = plans.get(steps);
  const found = known?.[discountOrder];
  if (found !== undefined) return found;
  const made = plan(steps, discountOrder);
  plans.set(steps, { ...known, [discountOrder]: made });
  return made;
};

/** Does the steps one after another. */
export const doSteps = (start: Working, steps: readonly Apply[], context: StepContext): Working => {
  let working = start;
  for (const step of steps) working = step(working, context);
  return working;
};

/** Applies all steps of a price in the order of the arithmetic. */
export const applySteps = (start: Working, steps: readonly PriceStep[], context: StepContext): Working => {
  const { charge, commitment: committed, after } = planOf(steps, context.policy);
  return doSteps(doSteps(doSteps(start, charge, context), committed, context), after, context);
};
