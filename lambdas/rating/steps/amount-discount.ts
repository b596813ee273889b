import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { compareExact, exact, isBelowZero, minus, NOTHING } from '../exact.ts';
import { equalTo, exactMoney, money, shown } from '../wording.ts';
import { amounting, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'amount-discount' }>;

/**
 * Takes an amount off, never below 0; what is below 0 already stays as it is. Example: 850.00 USD − 50.00 USD discount
 * = 800.00 USD.
 */
export const amountDiscount: Step<Params> = (step) => {
  const discount = parseDecimal(step.amount);
  const most = exact(discount);
  return (working, { currency }) => {
    const charged = isBelowZero(working.amount) ? NOTHING : working.amount;
    const off = compareExact(charged, most) < 0 ? charged : most;
    const left = minus(working.amount, off);
    return amounting(working, left, () => ({
      step: step.step,
      text:
        off === most
          ? `${exactMoney(working.amount, currency)} − ${money(discount, currency)} discount ${equalTo(left, currency)}`
          : `${exactMoney(working.amount, currency)}, of which the discount of ${money(discount, currency)} takes no more than there is ${equalTo(left, currency)}`,
      result: formatDecimal(shown(left)),
      unit: currency.code,
      children: [],
    }));
  };
};
