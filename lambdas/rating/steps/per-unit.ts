import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, parseDecimal } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { comesTo, money, quantity } from '../wording.ts';
import { charging, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'per-unit' }>;

/** Every unit costs the same; less than nothing is a reversal. Example: 12.5 GB × 0.10 USD = 1.25 USD. */
export const perUnit: Step<Params> = (step) => {
  const price = parseDecimal(step.unitPrice);
  return (working, { currency }) => {
    const amount = multiply(working.quantity, price);
    return charging(working, exact(amount), () => ({
      step: step.step,
      text: `${quantity(working.quantity, working.unit)} × ${money(price, currency)} ${comesTo(amount, currency)}`,
      result: formatDecimal(amount),
      unit: currency.code,
      children: [],
    }));
  };
};
