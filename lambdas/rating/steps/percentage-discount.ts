import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, negate, parseDecimal } from '../../platform/decimal.ts';
import { plus, times } from '../exact.ts';
import { equalTo, exactMoney, number, shown } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'percentage-discount' }>;

const HUNDREDTH = parseDecimal('0.01');

/** A part of what is charged so far is let off. Example: 850.00 USD − 10 % (85.00 USD) = 765.00 USD. */
export const percentageDiscount: Step<Params> = (working, step, { currency }) => {
  const percent = parseDecimal(step.percent);
  const off = times(working.amount, multiply(percent, HUNDREDTH));
  const left = plus(working.amount, { ...off, value: negate(off.value) });
  return done(
    working,
    { amount: left },
    {
      step: step.step,
      text: `${exactMoney(working.amount, currency)} − ${number(percent)} % (${exactMoney(off, currency)}) ${equalTo(left, currency)}`,
      result: formatDecimal(shown(left)),
      unit: currency.code,
      children: [],
    },
  );
};
