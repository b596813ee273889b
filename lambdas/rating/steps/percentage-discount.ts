import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, parseDecimal } from '../../platform/decimal.ts';
import { minus, times } from '../exact.ts';
import { equalTo, exactMoney, number, shown } from '../wording.ts';
import { amounting, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'percentage-discount' }>;

const HUNDREDTH = parseDecimal('0.01');

/** A part of what is charged so far is let off. Example: 850.00 USD − 10 % (85.00 USD) = 765.00 USD. */
export const percentageDiscount: Step<Params> = (step) => {
  const percent = parseDecimal(step.percent);
  const factor = multiply(percent, HUNDREDTH);
  return (working, { currency }) => {
    const off = times(working.amount, factor);
    const left = minus(working.amount, off);
    return amounting(working, left, () => ({
      step: step.step,
      text: `${exactMoney(working.amount, currency)} − ${number(percent)} % (${exactMoney(off, currency)}) ${equalTo(left, currency)}`,
      result: formatDecimal(shown(left)),
      unit: currency.code,
      children: [],
    }));
  };
};
