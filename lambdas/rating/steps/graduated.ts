import type { PriceStep } from '../../catalog/types.ts';
import { formatDecimal } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import type { ArithmeticNode } from '../types.ts';
import { comesTo, quantity } from '../wording.ts';
import { graduatedByChanges } from './graduated-changes.ts';
import { type Graduation, graduation, isSaid, priceTiers, type TierPart } from './price-tiers.ts';
import { type Apply, charging, type Step, type StepContext, type Working } from './step.ts';
import { costWords, tierRange } from './tiers.ts';

type Params = Extract<PriceStep, { step: 'graduated' }>;

/**
 * Each part of the quantity at the price of its tier. Example with 0.01 up to 10,000 and 0.005 above: 15,000 calls =
 * 10,000 × 0.01 + 5,000 × 0.005 = 125.00.
 */
export const graduated: Step<Params> = (step) => {
  const ready = graduation(step.tiers);
  return step.by === 'changes' ? graduatedByChanges(ready.tiers) : byQuantity(ready);
};

const byQuantity =
  (ready: Graduation): Apply =>
  (working, context) => {
    const amount = priceTiers(working.quantity, ready, context.policy);
    return charging(working, exact(amount), () => nodeOf(ready, working, context));
  };

/** Prices again, this time with the tiers in words: the same function on the same numbers. */
const nodeOf = (ready: Graduation, working: Working, context: StepContext): ArithmeticNode => {
  const parts: TierPart[] = [];
  const amount = priceTiers(working.quantity, ready, context.policy, (part) => {
    if (isSaid(part)) parts.push(part);
  });
  const { currency } = context;
  const tiers = parts.length === 1 ? 'in one tier' : `over ${parts.length} tiers`;
  const measured = quantity(working.quantity, working.unit);
  return {
    step: 'graduated',
    text: parts.length === 0 ? `${measured}: nothing to charge` : `${measured} ${tiers} ${comesTo(amount, currency)}`,
    result: formatDecimal(amount),
    unit: currency.code,
    children: parts.flatMap((part) => tierNode(part, ready, working.unit, context)),
  };
};

const tierNode = (part: TierPart, { tiers }: Graduation, unit: string, context: StepContext): ArithmeticNode[] => {
  const tier = tiers[part.tier];
  if (tier === undefined) return [];
  const words = costWords(tier, part.quantity, unit, context);
  return [
    {
      step: 'tier',
      text: `${tierRange(part.from, tier.end)}: ${words} ${comesTo(part.amount, context.currency)}`,
      result: formatDecimal(part.amount),
      unit: context.currency.code,
      children: [],
    },
  ];
};
