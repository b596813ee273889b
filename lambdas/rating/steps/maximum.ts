import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { compareExact, exact } from '../exact.ts';
import { exactMoney, shown } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'maximum' }>;

/** The line is never above this. Example: 130.00 USD is above the maximum, so 100.00 USD are charged. */
export const maximum: Step<Params> = (step) => {
  const most = exact(parseDecimal(step.amount));
  return (working, { currency }) => {
    const above = compareExact(working.amount, most) > 0;
    const amount = above ? most : working.amount;
    return done(working, { amount }, () => {
      const charged = exactMoney(working.amount, currency);
      const highest = exactMoney(most, currency);
      return {
        step: step.step,
        text: above
          ? `${charged} is above the maximum, so ${highest} are charged`
          : `${charged} is within the maximum of ${highest}`,
        result: formatDecimal(shown(amount)),
        unit: currency.code,
        children: [],
      };
    });
  };
};
