import type { Contract, Price, PriceStep } from '../../../lambdas/catalog/types.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { Opening, RatableUsage, RateInput, RateResult } from '../../../lambdas/rating/types.ts';
import { inputOf, policy } from './one-price.ts';

/** A contract over fees and metered prices, in as few words as a test needs. October 2026 has 31 days. */
export type OneContract = {
  /** Prices without a meter, by the id of their item. */
  readonly fees?: Readonly<Record<string, readonly PriceStep[]>>;
  /** Prices with a meter, by the id of their item; the meter has the same name. */
  readonly metered?: Readonly<Record<string, readonly PriceStep[]>>;
  /** What was used of each meter. */
  readonly used?: Readonly<Record<string, string>>;
  readonly contract?: Partial<Contract>;
  readonly opening?: Omit<Opening, 'format' | 'carryIn'>;
  readonly policy?: string;
  readonly more?: Partial<RateInput>;
};

/** A fee of so much a period. */
export const fee = (amount: string, billing?: 'advance'): readonly PriceStep[] => [
  { step: 'recurring-fee', amount, proration: 'day', ...(billing === undefined ? {} : { billing }) },
];
/** So much a unit. */
export const each = (unitPrice: string): readonly PriceStep[] => [{ step: 'per-unit', unitPrice }];

/** With a list of steps of its own: what rating remembers of a list is then of no other test. */
const priceOf = (id: string, steps: readonly PriceStep[], meter?: string): Price => ({
  id,
  product: id,
  description: id,
  ...(meter === undefined ? {} : { meter }),
  perDimensions: [],
  steps: [...steps],
});

/** The rating input of a contract. */
export const contractInput = (given: OneContract): RateInput => {
  const base = inputOf({ steps: [] });
  const prices = [
    ...Object.entries(given.fees ?? {}).map(([id, steps]) => priceOf(id, steps)),
    ...Object.entries(given.metered ?? {}).map(([id, steps]) => priceOf(id, steps, id)),
  ];
  const usage = Object.entries(given.used ?? {}).map(
    ([meter, quantity]): RatableUsage => ({ meter, meterVersion: 1, unit: 'call', dimensions: {}, quantity }),
  );
  const items = prices.map(({ id }) => ({ id, price: id }));
  return {
    ...base,
    contract: { ...base.contract, items, ...given.contract },
    priceBook: { ...base.priceBook, prices },
    usage,
    opening: { format: 2, carryIn: {}, ...given.opening },
    policy: policy(given.policy ?? 'standard'),
    ...given.more,
  };
};

/** Its result. */
export const ratedContract = (given: OneContract): RateResult => rate(contractInput(given));

/** `item: amount` of every line. */
export const amounts = ({ lines }: Pick<RateResult, 'lines'>): string[] =>
  lines.map(({ item, amount }) => `${item}: ${amount}`);

/** The sentences of the line of an item, the first level. */
export const sentences = ({ lines }: Pick<RateResult, 'lines'>, item: string): string[] =>
  lines.filter((line) => line.item === item).flatMap(({ arithmetic }) => arithmetic.children.map(({ text }) => text));

/** A whole month of 2026 or 2027, in Berlin. */
export const month = (start: string, end: string) => ({ start, end, zone: 'Europe/Berlin' });
