import type { PriceStep } from '../../catalog/types.ts';
import { compare, formatDecimal, parseDecimal, ZERO } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { money, quantity } from '../wording.ts';
import { charging, type Step } from './step.ts';
import { tierOf, tierRange } from './tiers.ts';

type Params = Extract<PriceStep, { step: 'stairstep' }>;

/**
 * One price for the whole step that the quantity reaches; no usage costs nothing. Example with 50.00 up to 1,000 and
 * 200.00 up to 5,000: 1,500 messages = 200.00.
 */
export const stairstep: Step<Params> = (step) => {
  const tiers = step.tiers.map(({ upTo, price }) => ({
    end: upTo === null ? null : parseDecimal(upTo),
    price: parseDecimal(price),
  }));
  return (working, { currency, policy }) => {
    const place = compare(working.quantity, ZERO) > 0 ? tierOf(working.quantity, tiers, policy) : -1;
    const reached = tiers[place];
    const amount = reached?.price ?? ZERO;
    return charging(working, exact(amount), () => {
      const measured = quantity(working.quantity, working.unit);
      return {
        step: step.step,
        text:
          reached === undefined
            ? `${measured}: nothing to charge`
            : `${measured} in the step ${tierRange(tiers[place - 1]?.end ?? ZERO, reached.end)} = ${money(amount, currency)}`,
        result: formatDecimal(amount),
        unit: currency.code,
        children: [],
      };
    });
  };
};
