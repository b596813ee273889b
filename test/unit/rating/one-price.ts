import type { Contract, PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import { addDays, daysOf } from '../../../lambdas/platform/period.ts';
import { policyOf } from '../../../lambdas/rating/policies.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type { RatableUsage, RatedLine, RateInput, RatingPolicy } from '../../../lambdas/rating/types.ts';

/** A price and its usage, in as few words as a worked example needs. October 2026 has 31 days. */
export type OnePrice = {
  readonly steps: readonly PriceStep[];
  /** Absent: a price without a meter. */
  readonly quantity?: string;
  readonly unit?: string;
  readonly currency?: string;
  readonly policy?: string;
  readonly start?: string;
  readonly end?: string;
  /** First day of the contract, if it is not the whole period. */
  readonly contractStart?: string;
  /** Seats from a day on, until the next. */
  readonly seats?: readonly { readonly from: string; readonly seats: string }[];
};

/** The policy of that name. @throws if there is none. */
export const policy = (id: string): RatingPolicy => {
  const found = policyOf(id);
  if (found === undefined) throw new Error(`there is no policy ${id}`);
  return found;
};

const dailyOf = (example: OnePrice, start: string, end: string): RatableUsage['daily'] =>
  example.seats === undefined
    ? undefined
    : daysOf({ start, end, zone: 'UTC' }).map((day) => ({
        day,
        value: example.seats?.findLast((change) => change.from <= day)?.seats ?? '0',
      }));

/** The rating input of one price. */
export const inputOf = (example: OnePrice): RateInput => {
  const start = example.start ?? '2026-10-01';
  const end = example.end ?? '2026-11-01';
  const currency = example.currency ?? 'USD';
  const metered = example.quantity !== undefined || example.seats !== undefined;
  const contract: Contract = {
    id: 'contract-1',
    account: 'acct-1',
    payer: 'acct-1',
    entity: 'entity-1',
    currency,
    zone: 'Europe/Berlin',
    start: example.contractStart ?? addDays(start, -365),
    anchorDay: 1,
    cadence: 'monthly',
    priceBook: 'book-1',
    items: [{ id: 'item-1', price: 'price-1' }],
    policy: example.policy ?? 'standard',
  };
  const priceBook: PriceBook = {
    id: 'book-1',
    name: 'Book',
    currency,
    prices: [
      {
        id: 'price-1',
        product: 'product-1',
        description: 'Example',
        ...(metered ? { meter: 'meter-1' } : {}),
        perDimensions: [],
        steps: example.steps,
      },
    ],
  };
  const daily = dailyOf(example, start, end);
  const usage: RatableUsage = {
    meter: 'meter-1',
    meterVersion: 1,
    unit: example.unit ?? 'call',
    dimensions: {},
    quantity: example.quantity ?? daily?.at(-1)?.value ?? '0',
    ...(daily === undefined ? {} : { daily }),
  };
  return {
    contract,
    contractVersion: 1,
    priceBook,
    priceBookVersion: 1,
    usage: metered ? [usage] : [],
    opening: { format: 1, carryIn: {} },
    period: { start, end, zone: 'Europe/Berlin' },
    policy: policy(contract.policy),
    usageHash: 'pinned',
  };
};

/** The line that one price gives; `undefined` if the policy omits it. */
export const lineOf = (example: OnePrice): RatedLine | undefined => rate(inputOf(example)).lines[0];

/** What one price comes to, and the sentences of its arithmetic without the first (the measurement). */
export const worked = (example: OnePrice): { readonly amount: string; readonly arithmetic: readonly string[] } => {
  const line = lineOf({ policy: 'standard', ...example });
  return {
    amount: line?.amount ?? 'omitted',
    arithmetic: (line?.arithmetic.children ?? []).flatMap((node) => [
      node.text,
      ...node.children.map((part) => `  ${part.text}`),
    ]),
  };
};
