import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, ONE, parseDecimal } from '../../platform/decimal.ts';
import { exact, share } from '../exact.ts';
import { equalTo, money, number, shown } from '../wording.ts';
import { coveredShare } from './covered.ts';
import { charging, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'recurring-fee' }>;

/**
 * A fee for the period, by day when the contract covers part of it, as many times as the item says. Example: 310.00 USD
 * × 20 of 31 days = 200.00 USD. One that is not prorated is charged in full however little is covered; versions of a
 * contract that was amended within the period share it by day, so that it is not charged twice.
 */
export const recurringFee: Step<Params> = (step) => {
  const one = parseDecimal(step.amount);
  const { proration } = step;
  return (working, context) => {
    const { count, currency, amended } = context;
    const whole = count === ONE ? one : multiply(one, count);
    const isWhole = proration === 'none' && !amended;
    const covered = isWhole ? undefined : coveredShare(context, proration === 'second' ? 'second' : 'policy');
    const part = covered === undefined || covered.part === covered.whole ? undefined : covered;
    const fee = part === undefined ? exact(whole) : share(exact(whole), part.part, part.whole);
    return charging(working, fee, () => {
      const each = count === ONE ? money(one, currency) : `${number(count)} × ${money(one, currency)}`;
      return {
        step: step.step,
        text:
          part === undefined
            ? `${each} for the period${count === ONE ? '' : ` = ${money(whole, currency)}`}`
            : `${each} × ${part.words} ${equalTo(fee, currency)}`,
        result: formatDecimal(shown(fee)),
        unit: currency.code,
        children: [],
      };
    });
  };
};
