import { add, compare, formatDecimal, grouped, parseDecimal } from '../platform/decimal.ts';
import type { Price, PriceStep } from './types.ts';
import { many, money } from './words.ts';

/** What a quantity costs by some steps, as a decimal string. The rating library answers it; nothing is priced here. */
export type PriceOf = (asked: {
  readonly steps: readonly PriceStep[];
  readonly quantity: string;
  readonly unit: string;
  readonly currency: string;
}) => string;

/** An edge beyond which more costs less. */
export type Cliff = {
  readonly step: number;
  readonly tier: number;
  /** The last quantity before it and the next one, and what each costs. */
  readonly quantity: string;
  readonly amount: string;
  readonly nextQuantity: string;
  readonly nextAmount: string;
};

/** Steps that follow a charge and are asked together with it: they may flatten a cliff. Fees are the same on both sides. */
const LATER: readonly PriceStep['step'][] = [
  'commitment',
  'percentage-discount',
  'amount-discount',
  'minimum',
  'maximum',
];

/** The next quantity after an edge: a whole unit more, or the smallest part that the edge itself is written in. */
const nextAfter = (edge: string): string => {
  const value = parseDecimal(edge);
  return formatDecimal(add(value, { units: 1n, scale: value.scale }));
};

/**
 * Where more usage of a price costs less. Only charges that price all units by the tier that is reached can have such an
 * edge; every edge is tried with the last quantity before it and the next one.
 */
export const cliffsOf = (price: Price, unit: string, currency: string, priceOf: PriceOf): Cliff[] => {
  const later = price.steps
    .filter(({ step }) => LATER.includes(step))
    .map((step): PriceStep => (step.step === 'minimum' ? { step: step.step, amount: step.amount } : step));
  return price.steps.flatMap((charge, step): Cliff[] => {
    if (charge.step !== 'volume' && charge.step !== 'stairstep') return [];
    const costs = (quantity: string): string => priceOf({ steps: [charge, ...later], quantity, unit, currency });
    return charge.tiers.flatMap(({ upTo }, tier): Cliff[] => {
      if (upTo === null) return [];
      const nextQuantity = nextAfter(upTo);
      const [amount, nextAmount] = [costs(upTo), costs(nextQuantity)];
      if (compare(parseDecimal(nextAmount), parseDecimal(amount)) >= 0) return [];
      return [{ step, tier, quantity: upTo, amount, nextQuantity, nextAmount }];
    });
  });
};

/** A cliff as a sentence: `16 seats cost 80.00 USD, 15 cost 150.00 USD: more usage costs less`. */
export const cliffSentence = (cliff: Cliff, unit: string, currency: string): string => {
  const more = `${grouped(cliff.nextQuantity)} ${many(unit)} cost ${money(cliff.nextAmount, currency)}`;
  return `${more}, ${grouped(cliff.quantity)} cost ${money(cliff.amount, currency)}: more usage costs less`;
};
