import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, parseDecimal } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { comesTo, money, number } from '../wording.ts';
import { charging, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'dynamic' }>;

/**
 * Usage carries its price: the measured amount times a factor, also below 0. Example: compute measured at 50.00 USD
 * × 1.2 = 60.00 USD.
 */
export const dynamic: Step<Params> = (step) => {
  const factor = parseDecimal(step.multiplyBy);
  return (working, { currency }) => {
    const amount = multiply(working.quantity, factor);
    return charging(working, exact(amount), () => ({
      step: step.step,
      text: `${money(working.quantity, currency)} × ${number(factor)} ${comesTo(amount, currency)}`,
      result: formatDecimal(amount),
      unit: currency.code,
      children: [],
    }));
  };
};
