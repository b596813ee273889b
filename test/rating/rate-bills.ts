import type { Contract, PriceBook } from '../../lambdas/catalog/types.ts';
import { addDays } from '../../lambdas/platform/period.ts';
import { policyOf } from '../../lambdas/rating/policies.ts';
import { rate } from '../../lambdas/rating/rate.ts';
import type { RatableUsage, RateInput, RateResult, RatingPolicy } from '../../lambdas/rating/types.ts';
import type { Bill, CaseUsage, WorkedCase } from './worked-case.ts';

/** The bills of a case, each rated once and only when a figure asks for it. */
export type Bills = {
  readonly result: (name: string) => RateResult;
  readonly policy: (name?: string) => RatingPolicy;
  /** Those rated so far, in the order in which they were asked for. */
  readonly rated: () => readonly (readonly [string, RateResult])[];
};

/** The policy of that name. @throws if there is none. */
const profileOf = (id: string): RatingPolicy => {
  const found = policyOf(id);
  if (found === undefined) throw new Error(`there is no policy "${id}"`);
  return found;
};

const contractOf = (bill: Bill, currency: string, policy: string): Contract => ({
  id: 'contract',
  account: 'account',
  payer: 'account',
  entity: 'entity',
  currency,
  zone: bill.period.zone,
  start: addDays(bill.period.start, -730),
  anchorDay: Number(bill.period.start.slice(8)),
  cadence: 'monthly',
  priceBook: 'book',
  items: bill.items.map(({ id, quantity }) => ({ id, price: id, ...(quantity === undefined ? {} : { quantity }) })),
  policy,
  ...bill.contract,
});

const priceBookOf = (bill: Bill, currency: string): PriceBook => ({
  id: 'book',
  name: 'Worked case',
  currency,
  prices: bill.items.map(({ id, quantity, perDimensions, ...price }) => ({
    id,
    product: id,
    description: id,
    perDimensions: perDimensions ?? [],
    ...price,
  })),
});

const usageOf = ({ dimensions, ...row }: CaseUsage): RatableUsage => ({
  ...row,
  meterVersion: 1,
  unit: 'unit',
  dimensions: dimensions ?? {},
});

/** Rates the bills of a case with the rating library. Its errors are the caller's. */
export const billsOf = (worked: Pick<WorkedCase, 'bills' | 'currency' | 'profile'>): Bills => {
  const results = new Map<string, RateResult>();
  const policy = (name?: string): RatingPolicy => ({
    ...profileOf(worked.profile),
    ...(name === undefined ? {} : worked.bills[name]?.policy),
  });
  const inputOf = (name: string): RateInput => {
    const bill = worked.bills[name];
    if (bill === undefined) throw new Error(`the case has no bill "${name}"`);
    return {
      contract: contractOf(bill, worked.currency, worked.profile),
      contractVersion: 1,
      priceBook: priceBookOf(bill, worked.currency),
      priceBookVersion: 1,
      usage: bill.usage.map(usageOf),
      opening: bill.after === undefined ? { format: 2, carryIn: {} } : result(bill.after).closing,
      period: bill.period,
      policy: policy(name),
      usageHash: name,
      ...(bill.interim === true ? { interim: true } : {}),
    };
  };
  const result = (name: string): RateResult => {
    const known = results.get(name);
    if (known !== undefined) return known;
    const rated = rate(inputOf(name));
    results.set(name, rated);
    return rated;
  };
  return { result, policy, rated: () => [...results] };
};
