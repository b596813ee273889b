import type { PriceStep } from '../../catalog/types.ts';
import { type Decimal, formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { compareExact } from '../exact.ts';
import { exactMoney, money, shown } from '../wording.ts';
import { type Worth, worthOf } from './covered.ts';
import { amounting, type Step, type StepContext } from './step.ts';

type Params = Extract<PriceStep, { step: 'maximum' }>;

/**
 * A maximum is worth itself however little of the period a contract covers. Versions of one that was amended within the
 * period share it by day: together they never come to more. Also used by groups and contracts.
 */
export const maximumFor = (
  whole: Decimal,
  context: Pick<StepContext, 'policy' | 'period' | 'part' | 'anchorDay' | 'amended'>,
): Worth => worthOf(whole, context.amended, context);

/** The line is never above this. Example: 130.00 USD is above the maximum, so 100.00 USD are charged. */
export const maximum: Step<Params> = (step) => {
  const whole = parseDecimal(step.amount);
  return (working, context) => {
    const { worth: most, words } = maximumFor(whole, context);
    const above = compareExact(working.amount, most) > 0;
    const amount = above ? most : working.amount;
    return amounting(working, amount, () => {
      const { currency } = context;
      const days = words === '' ? '' : ` (${money(whole, currency)} × ${words})`;
      const charged = exactMoney(working.amount, currency);
      const highest = `${exactMoney(most, currency)}${days}`;
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
