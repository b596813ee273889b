import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { compareExact, isBelowZero, minus, NOTHING } from '../exact.ts';
import { equalTo, exactMoney, money, shown } from '../wording.ts';
import { maximumFor } from './maximum.ts';
import { amounting, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'amount-discount' }>;

/**
 * Takes an amount off, never below 0; what is below 0 already stays as it is. Versions of a contract that was amended
 * within the period share the amount by day. Example: 850.00 USD − 50.00 USD discount = 800.00 USD.
 */
export const amountDiscount: Step<Params> = (step) => {
  const discount = parseDecimal(step.amount);
  return (working, context) => {
    const { currency } = context;
    const { worth: most, words } = maximumFor(discount, context);
    const charged = isBelowZero(working.amount) ? NOTHING : working.amount;
    const off = compareExact(charged, most) < 0 ? charged : most;
    const left = minus(working.amount, off);
    return amounting(working, left, () => {
      const worth = `${exactMoney(most, currency)}${words === '' ? '' : ` (${money(discount, currency)} × ${words})`}`;
      const before = exactMoney(working.amount, currency);
      return {
        step: step.step,
        text:
          off === most
            ? `${before} − ${worth} discount ${equalTo(left, currency)}`
            : `${before}, of which the discount of ${worth} takes no more than there is ${equalTo(left, currency)}`,
        result: formatDecimal(shown(left)),
        unit: currency.code,
        children: [],
      };
    });
  };
};
