import type { PriceStep } from '../../catalog/types.ts';
import { type Decimal, formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { compareExact } from '../exact.ts';
import { exactMoney, money, shown } from '../wording.ts';
import { type Worth, worthOf } from './covered.ts';
import { amounting, type Step, type StepContext } from './step.ts';

type Params = Extract<PriceStep, { step: 'minimum' }>;

/**
 * A minimum for the covered part of the period: whole or by day, as the policy says. Versions of a contract that was
 * amended within the period always share it by day: they have one together. Also used by commitments.
 */
export const minimumFor = (
  whole: Decimal,
  context: Pick<StepContext, 'policy' | 'period' | 'part' | 'anchorDay' | 'amended'>,
): Worth => worthOf(whole, context.amended || context.policy.partPeriodMinimum === 'by-day', context);

/** The line is never below this. Example: 42.10 USD is below the minimum, so 50.00 USD are charged. */
export const minimum: Step<Params> = (step) => {
  const whole = parseDecimal(step.amount);
  return (working, context) => {
    if (context.interim) return working;
    const { worth: least, words } = minimumFor(whole, context);
    const below = compareExact(working.amount, least) < 0;
    const amount = below ? least : working.amount;
    return amounting(working, amount, () => {
      const { currency } = context;
      const days = words === '' ? '' : ` (${money(whole, currency)} × ${words})`;
      const charged = exactMoney(working.amount, currency);
      const lowest = `${exactMoney(least, currency)}${days}`;
      return {
        step: step.step,
        text: below
          ? `${charged} is below the minimum, so ${lowest} are charged`
          : `${charged} reaches the minimum of ${lowest}`,
        result: formatDecimal(shown(amount)),
        unit: currency.code,
        children: [],
      };
    });
  };
};
