import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, isNegative, isZero, ZERO } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { comesTo, quantity } from '../wording.ts';
import { charging, type Step } from './step.ts';
import { costIn, costWords, readTiers, tierOf, tierRange } from './tiers.ts';

type Params = Extract<PriceStep, { step: 'volume' }>;

/**
 * The whole quantity at the price of the tier that it reaches. Example with 0.50 up to 10 and 0.40 above: 101 calls ×
 * 0.40 = 40.40. Without usage nothing, or the first tier's flat fee if the policy charges it (S1).
 */
export const volume: Step<Params> = (step) => {
  const tiers = readTiers(step.tiers);
  return (working, context) => {
    const { currency, policy } = context;
    const charged = isNegative(working.quantity) ? ZERO : working.quantity;
    const reached = working.fullQuantity ?? charged;
    const place = tierOf(isNegative(reached) ? ZERO : reached, tiers, policy);
    const tier = tiers[place];
    const nothing =
      tier === undefined || (isZero(charged) && (policy.zeroUsageFlatFee === 'none' || tier.flatFee === undefined));
    const amount = nothing ? ZERO : costIn(tier, charged);
    return charging(working, exact(amount), () => {
      const range = tier === undefined ? '' : tierRange(tiers[place - 1]?.end ?? ZERO, tier.end);
      return {
        step: step.step,
        text: nothing
          ? `${quantity(working.quantity, working.unit)}: nothing to charge`
          : `${quantity(reached, working.unit)} in the tier ${range}: ${costWords(tier, charged, working.unit, context)} ${comesTo(amount, currency)}`,
        result: formatDecimal(amount),
        unit: currency.code,
        children: [],
      };
    });
  };
};
