import type { PriceStep } from '../../catalog/types.ts';
import { compare, formatDecimal, parseDecimal, subtract, ZERO } from '../../platform/decimal.ts';
import { exact, roundExact, share } from '../exact.ts';
import { number, quantity } from '../wording.ts';
import { coveredShare, isWhole } from './covered.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'allowance' }>;

/** An allowance by day need not be a finite decimal; as a quantity it is cut to this many, in the customer's favour. */
const DECIMALS = 12;

/**
 * Takes off what is included; never below 0. Example: 120,000 calls − 100,000 included = 20,000 calls. For part of a
 * period the allowance is whole or by day, as the policy says.
 */
export const allowance: Step<Params> = (step) => {
  const whole = parseDecimal(step.quantity);
  return (working, context) => {
    const covered = context.policy.partPeriodAllowance === 'by-day' ? coveredShare(context) : undefined;
    const byDay = covered !== undefined && !isWhole(covered);
    const included = byDay ? roundExact(share(exact(whole), covered.part, covered.whole), DECIMALS, 'up') : whole;
    const over = compare(working.quantity, included) > 0;
    const left = over ? subtract(working.quantity, included) : ZERO;
    return done(working, { quantity: left }, () => {
      const measured = quantity(working.quantity, working.unit);
      const ofDays = byDay ? ` (${number(whole)} × ${covered.words})` : '';
      return {
        step: step.step,
        text: over
          ? `${measured} − ${number(included)} included${ofDays} = ${quantity(left, working.unit)}`
          : `${measured} of ${number(included)} included${ofDays}: nothing above the allowance`,
        result: formatDecimal(left),
        unit: working.unit,
        children: [],
      };
    });
  };
};
