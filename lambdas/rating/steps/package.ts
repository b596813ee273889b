import type { PriceStep } from '../../catalog/types.ts';
import { divide, formatDecimal, multiply, parseDecimal } from '../../platform/decimal.ts';
import { exact, plus } from '../exact.ts';
import { money, number, quantity } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'package' }>;

/** Whole packages only. Example with packages of 100 for 8.00 USD: 1,234 summaries are 13 packages = 104.00 USD. */
export const packages: Step<Params> = (working, step, { currency }) => {
  const size = parseDecimal(step.size);
  const price = parseDecimal(step.price);
  const count = divide(working.quantity, size, 0, step.rounding === 'up' ? 'ceiling' : 'floor');
  const amount = multiply(count, price);
  const packaged = `${quantity(working.quantity, working.unit)} ÷ ${number(size)}, rounded ${step.rounding}`;
  return done(
    working,
    { amount: plus(working.amount, exact(amount)) },
    {
      step: step.step,
      text: `${packaged} = ${quantity(count, 'package')} × ${money(price, currency)} = ${money(amount, currency)}`,
      result: formatDecimal(amount),
      unit: currency.code,
      children: [],
    },
  );
};
