import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, parseDecimal } from '../../platform/decimal.ts';
import { compareExact, type Exact, exact, share } from '../exact.ts';
import { exactMoney, money, shown } from '../wording.ts';
import { done, type Step, type StepContext } from './step.ts';

type Params = Extract<PriceStep, { step: 'minimum' }>;

/** A minimum for the covered part of the period: whole or by day, as the policy says. Also used by the commitment. */
export const minimumFor = (
  amount: string,
  { policy, coveredDays, periodDays }: Pick<StepContext, 'policy' | 'coveredDays' | 'periodDays'>,
): Exact => {
  const whole = exact(parseDecimal(amount));
  return policy.partPeriodMinimum === 'by-day' ? share(whole, coveredDays, periodDays) : whole;
};

/** The line is never below this. Example: 42.10 USD is below the minimum, so 50.00 USD are charged. */
export const minimum: Step<Params> = (working, step, context) => {
  const { currency, coveredDays, periodDays } = context;
  const least = minimumFor(step.amount, context);
  const below = compareExact(working.amount, least) < 0;
  const byDay = context.policy.partPeriodMinimum === 'by-day' && coveredDays < periodDays;
  const days = byDay ? ` (${money(parseDecimal(step.amount), currency)} × ${coveredDays} of ${periodDays} days)` : '';
  const charged = exactMoney(working.amount, currency);
  const lowest = `${exactMoney(least, currency)}${days}`;
  const amount = below ? least : working.amount;
  return done(
    working,
    { amount },
    {
      step: step.step,
      text: below
        ? `${charged} is below the minimum, so ${lowest} are charged`
        : `${charged} reaches the minimum of ${lowest}`,
      result: formatDecimal(shown(amount)),
      unit: currency.code,
      children: [],
    },
  );
};
