import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, parseDecimal } from '../../platform/decimal.ts';
import { number, quantity } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'unit-conversion' }>;

/**
 * Turns the measured unit into the priced one, exactly; nothing is rounded, so converting the total is the same as
 * converting its parts. Example: 2,500 calls × 0.001 = 2.5 thousand calls.
 */
export const unitConversion: Step<Params> = (working, step) => {
  const factor = parseDecimal(step.multiplyBy);
  const converted = multiply(working.quantity, factor);
  return done(
    working,
    { quantity: converted, unit: step.unit },
    {
      step: step.step,
      text: `${quantity(working.quantity, working.unit)} × ${number(factor)} = ${quantity(converted, step.unit)}`,
      result: formatDecimal(converted),
      unit: step.unit,
      children: [],
    },
  );
};
