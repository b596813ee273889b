import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal, ONE, parseDecimal } from '../../platform/decimal.ts';
import { compareExact, minus, plus, times } from '../exact.ts';
import { equalTo, exactMoney, number, shown } from '../wording.ts';
import { minimumFor } from './minimum.ts';
import { amounting, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'commitment' }>;

/**
 * What is charged so far counts up to the committed amount as it is, above it times the factor; with `trueUp` it is
 * at least the committed amount. Examples with 100.00 USD and 1.5: 160.00 USD become 100.00 + 60.00 × 1.5 = 190.00
 * USD; 40.00 USD become 100.00 USD with true-up and stay 40.00 USD without.
 */
export const commitment: Step<Params> = (step) => {
  const amount = parseDecimal(step.amount);
  const factor = step.overageFactor === undefined ? ONE : parseDecimal(step.overageFactor);
  return (working, context) => {
    if (context.interim) return working;
    const { currency } = context;
    const { worth: least } = minimumFor(amount, context);
    const base = working.amount;
    const over = minus(base, least);
    const above = compareExact(base, least) > 0;
    const lifted = !above && step.trueUp && compareExact(base, least) < 0;
    const charged = above ? plus(least, times(over, factor)) : lifted ? least : base;
    return amounting(working, charged, () => {
      const committed = `${exactMoney(least, currency)} committed`;
      return {
        step: step.step,
        text: above
          ? `${exactMoney(base, currency)}: ${committed} + ${exactMoney(over, currency)} above it × ${number(factor)} ${equalTo(charged, currency)}`
          : lifted
            ? `${exactMoney(base, currency)} is below the ${committed}, so ${exactMoney(least, currency)} are charged`
            : `${exactMoney(base, currency)} of ${committed}`,
        result: formatDecimal(shown(charged)),
        unit: currency.code,
        children: [],
      };
    });
  };
};
