import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { exact, plus, share } from '../exact.ts';
import { equalTo, money, shown } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'recurring-fee' }>;

/** A fee for the period, by day when the contract covers part of it. Example: 310.00 USD × 20 of 31 days = 200.00 USD. */
export const recurringFee: Step<Params> = (working, step, { currency, coveredDays, periodDays }) => {
  const whole = parseDecimal(step.amount);
  const part = step.proration === 'day' && coveredDays < periodDays;
  const fee = part ? share(exact(whole), coveredDays, periodDays) : exact(whole);
  return done(
    working,
    { amount: plus(working.amount, fee) },
    {
      step: step.step,
      text: part
        ? `${money(whole, currency)} × ${coveredDays} of ${periodDays} days ${equalTo(fee, currency)}`
        : `${money(whole, currency)} for the period`,
      result: formatDecimal(shown(fee)),
      unit: currency.code,
      children: [],
    },
  );
};
