import type { PriceStep } from '../../catalog/types.ts';
import { compare, formatDecimal, parseDecimal, subtract, ZERO } from '../../platform/decimal.ts';
import { exact, roundExact, share } from '../exact.ts';
import { number, quantity } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'allowance' }>;

/** An allowance by day need not be a finite decimal; as a quantity it is cut to this many, in the customer's favour. */
const DECIMALS = 12;

/**
 * Takes off what is included; never below 0. Example: 120,000 calls − 100,000 included = 20,000 calls. For part of a
 * period the allowance is whole or by day, as the policy says.
 */
export const allowance: Step<Params> = (working, step, context) => {
  const whole = parseDecimal(step.quantity);
  const byDay = context.policy.partPeriodAllowance === 'by-day' && context.coveredDays < context.periodDays;
  const included = byDay
    ? roundExact(share(exact(whole), context.coveredDays, context.periodDays), DECIMALS, 'up')
    : whole;
  const over = compare(working.quantity, included) > 0;
  const left = over ? subtract(working.quantity, included) : ZERO;
  const measured = quantity(working.quantity, working.unit);
  const ofDays = byDay ? ` (${number(whole)} × ${context.coveredDays} of ${context.periodDays} days)` : '';
  return done(
    working,
    { quantity: left },
    {
      step: step.step,
      text: over
        ? `${measured} − ${number(included)} included${ofDays} = ${quantity(left, working.unit)}`
        : `${measured} of ${number(included)} included${ofDays}: nothing above the allowance`,
      result: formatDecimal(left),
      unit: working.unit,
      children: [],
    },
  );
};
