import type { PriceStep } from '../../catalog/types.ts';
import {
  divide,
  formatDecimal,
  isNegative,
  multiply,
  parseDecimal,
  type Rounding,
  ZERO,
} from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { money, number, quantity } from '../wording.ts';
import { charging, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'package' }>;

const ROUNDINGS = { up: 'ceiling', down: 'floor', 'half-up': 'half-up' } as const satisfies Record<string, Rounding>;

/** Whole packages only. Example with packages of 100 for 8.00 USD: 1,234 summaries are 13 packages = 104.00 USD. */
export const packages: Step<Params> = (step) => {
  const size = parseDecimal(step.size);
  const price = parseDecimal(step.price);
  return (working, { currency }) => {
    const count = isNegative(working.quantity) ? ZERO : divide(working.quantity, size, 0, ROUNDINGS[step.rounding]);
    const amount = multiply(count, price);
    return charging(working, exact(amount), () => {
      const packaged = `${quantity(working.quantity, working.unit)} ÷ ${number(size)}, rounded ${step.rounding}`;
      return {
        step: step.step,
        text: `${packaged} = ${quantity(count, 'package')} × ${money(price, currency)} = ${money(amount, currency)}`,
        result: formatDecimal(amount),
        unit: currency.code,
        children: [],
      };
    });
  };
};
