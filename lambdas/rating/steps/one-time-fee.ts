import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, multiply, ONE, parseDecimal } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { money, number } from '../wording.ts';
import { charging, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'one-time-fee' }>;

/**
 * A fee once, never prorated: in the period in which its day lies; without a day, the first that the contract charges.
 * Example: set-up at 500.00 USD, due on 2026-10-12 = 500.00 USD in October and nothing in November.
 */
export const oneTimeFee: Step<Params> = (step) => {
  const one = parseDecimal(step.amount);
  return (working, { count, currency, firstDay, part }) => {
    const due = step.on ?? firstDay;
    // Not due in this period: the line says nothing of it.
    if (due < part.start || due >= part.end) return working;
    const fee = count === ONE ? one : multiply(one, count);
    return charging(working, exact(fee), () => ({
      step: step.step,
      text:
        count === ONE
          ? `${money(fee, currency)} once, due on ${due}`
          : `${number(count)} × ${money(one, currency)} once, due on ${due} = ${money(fee, currency)}`,
      result: formatDecimal(fee),
      unit: currency.code,
      children: [],
    }));
  };
};
