import type { Contract, Price, PriceBook, PriceStep } from '../../../lambdas/catalog/types.ts';
import { addDays, daysOf } from '../../../lambdas/platform/period.ts';
import { lineKey } from '../../../lambdas/rating/item-context.ts';
import { policyOf } from '../../../lambdas/rating/policies.ts';
import { rate } from '../../../lambdas/rating/rate.ts';
import type {
  ArithmeticNode,
  PriceState,
  RatableUsage,
  RatedLine,
  RateInput,
  RatingPolicy,
} from '../../../lambdas/rating/types.ts';

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
  /** What the usage says beside its quantity. */
  readonly detail?: Pick<RatableUsage, 'changes' | 'windows' | 'transactions' | 'fullQuantity'>;
  /** Usage by the values of a dimension. */
  readonly by?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Usage of further meters. */
  readonly peaks?: Readonly<Record<string, string>>;
  readonly windowed?: Price['windowed'];
  readonly accumulate?: Price['accumulate'];
  /** What the price left in the period before. */
  readonly opening?: PriceState;
  /** How many of a fee. */
  readonly count?: string;
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
  const metered = [example.quantity, example.seats, example.by].some((usage) => usage !== undefined);
  const [dimension] = Object.keys(example.by ?? {});
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
    items: [{ id: 'item-1', price: 'price-1', ...(example.count === undefined ? {} : { quantity: example.count }) }],
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
        perDimensions: dimension === undefined ? [] : [dimension],
        // A list of its own: what rating remembers of a list is then of no other test.
        steps: [...example.steps],
        ...(example.windowed === undefined ? {} : { windowed: example.windowed }),
        ...(example.accumulate === undefined ? {} : { accumulate: example.accumulate }),
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
    ...example.detail,
  };
  const values = Object.entries(example.by?.[dimension ?? ''] ?? {});
  const rows =
    dimension === undefined
      ? [usage]
      : values.map(([value, quantity]) => ({ ...usage, dimensions: { [dimension]: value }, quantity }));
  const others = Object.entries(example.peaks ?? {}).map(([meter, quantity]) => ({ ...usage, meter, quantity }));
  return {
    contract,
    contractVersion: 1,
    priceBook,
    priceBookVersion: 1,
    usage: metered ? [...rows, ...others] : [],
    opening: {
      format: 1,
      carryIn: {},
      ...(example.opening === undefined ? {} : { prices: { [lineKey('item-1', {})]: example.opening } }),
    },
    period: { start, end, zone: 'Europe/Berlin' },
    policy: policy(contract.policy),
    usageHash: 'pinned',
  };
};

/** The line that one price gives; `undefined` if the policy omits it. */
export const lineOf = (example: OnePrice): RatedLine | undefined => rate(inputOf(example)).lines[0];

const said = (node: ArithmeticNode, indent: string): readonly string[] => [
  `${indent}${node.text}`,
  ...node.children.flatMap((part) => said(part, `${indent}  `)),
];

/** What the line of one price comes to, and the sentences of its arithmetic; of several lines, the first. */
export const worked = (example: OnePrice): { readonly amount: string; readonly arithmetic: readonly string[] } => {
  const line = lineOf({ policy: 'standard', ...example });
  return {
    amount: line?.amount ?? 'omitted',
    arithmetic: (line?.arithmetic.children ?? []).flatMap((node) => said(node, '')),
  };
};
