import { PRICE_STEP_ORDER, type PriceStep } from '../catalog/types.ts';
import { allowance } from './steps/allowance.ts';
import { graduated } from './steps/graduated.ts';
import { minimum } from './steps/minimum.ts';
import { packages } from './steps/package.ts';
import { perUnit } from './steps/per-unit.ts';
import { percentageDiscount } from './steps/percentage-discount.ts';
import { recurringFee } from './steps/recurring-fee.ts';
import { seats } from './steps/seats.ts';
import type { StepContext, Working } from './steps/step.ts';
import { unitConversion } from './steps/unit-conversion.ts';

const apply = (working: Working, step: PriceStep, context: StepContext): Working => {
  switch (step.step) {
    case 'unit-conversion':
      return unitConversion(working, step, context);
    case 'allowance':
      return allowance(working, step, context);
    case 'per-unit':
      return perUnit(working, step, context);
    case 'graduated':
      return graduated(working, step, context);
    case 'package':
      return packages(working, step, context);
    case 'seats':
      return seats(working, step, context);
    case 'recurring-fee':
      return recurringFee(working, step, context);
    case 'percentage-discount':
      return percentageDiscount(working, step, context);
    case 'minimum':
      return minimum(working, step, context);
  }
};

/** Applies the steps of a price in the order of the arithmetic, whatever order they are written in. */
export const applySteps = (start: Working, steps: readonly PriceStep[], context: StepContext): Working =>
  PRICE_STEP_ORDER.flatMap((name) => steps.filter((step) => step.step === name)).reduce(
    (working, step) => apply(working, step, context),
    start,
  );
