import type { Contract, ContractItem, Price, PriceStep, Tier } from '../../../lambdas/catalog/types.ts';
import type { PriceState, RatableUsage, RateInput, RatingPolicy, Wallet } from '../../../lambdas/rating/types.ts';

/** What names, explains or does something other than an amount: nothing for rating to reach. */
const NO_AMOUNT = 'no amount';
/** It is there or not. */
const SOME = 'some';

/** How a field is looked at: each of its choices, or that it is there. */
type Look<V> =
  | typeof NO_AMOUNT
  | ([V] extends [boolean]
      ? { readonly true: typeof SOME; readonly false: typeof SOME } | typeof SOME
      : [V] extends [string]
        ? string extends V
          ? typeof SOME
          : { readonly [C in V]: typeof SOME }
        : typeof SOME);

/** All fields of a type: whoever gives it another one must say here how a generated case reaches it. */
type Options<T> = { readonly [F in keyof T]-?: Look<Exclude<T[F], undefined>> };

type StepOptions = {
  readonly [N in PriceStep['step']]: Options<Omit<Extract<PriceStep, { readonly step: N }>, 'step'>>;
};

const BILLING = { arrears: SOME, advance: SOME } as const;
const ROUNDING = { up: SOME, down: SOME, 'half-up': SOME } as const;

export const STEPS: StepOptions = {
  'unit-conversion': { multiplyBy: SOME, divideBy: SOME, rounding: ROUNDING, unit: NO_AMOUNT },
  allowance: { quantity: SOME, pool: SOME, rollover: SOME },
  'per-unit': { unitPrice: SOME },
  graduated: { tiers: SOME, by: { quantity: SOME, changes: SOME } },
  volume: { tiers: SOME },
  package: { size: SOME, price: SOME, rounding: ROUNDING },
  stairstep: { tiers: SOME },
  percentage: {
    percent: SOME,
    fixed: SOME,
    transactionMinimum: SOME,
    transactionMaximum: SOME,
    freeTransactions: SOME,
  },
  matrix: { dimensions: SOME, cells: SOME, otherwise: SOME },
  dynamic: { multiplyBy: SOME },
  capacity: { tiers: SOME },
  seats: {
    unitPrice: SOME,
    proration: { day: SOME, second: SOME, month: SOME },
    decreases: { prorate: SOME, keep: SOME },
    billing: BILLING,
  },
  commitment: { amount: SOME, overageFactor: SOME, trueUp: { true: SOME, false: SOME } },
  'recurring-fee': { amount: SOME, proration: { day: SOME, second: SOME, none: SOME }, billing: BILLING },
  'one-time-fee': { amount: SOME, on: SOME },
  'percentage-discount': { percent: SOME },
  'amount-discount': { amount: SOME },
  minimum: { amount: SOME, billing: BILLING },
  maximum: { amount: SOME },
};

export const TIER: Options<Tier> = {
  upTo: SOME,
  unitPrice: SOME,
  per: SOME,
  percent: SOME,
  flatFee: SOME,
  cap: SOME,
};

export const PRICE: Options<Price> = {
  id: NO_AMOUNT,
  product: NO_AMOUNT,
  description: NO_AMOUNT,
  meter: SOME,
  perDimensions: SOME,
  steps: SOME,
  windowed: SOME,
  accumulate: { 'contract-year': SOME },
  recognition: NO_AMOUNT,
};

export const WINDOWED: Options<NonNullable<Price['windowed']>> = { every: { hour: SOME, day: SOME }, hours: SOME };

export const ITEM: Options<ContractItem> = { id: NO_AMOUNT, price: SOME, steps: SOME, quantity: SOME, ramp: SOME };

export const CONTRACT: Options<Contract> = {
  id: NO_AMOUNT,
  account: NO_AMOUNT,
  payer: NO_AMOUNT,
  covers: SOME,
  entity: NO_AMOUNT,
  currency: SOME,
  zone: SOME,
  start: SOME,
  end: SOME,
  trialUntil: SOME,
  anchorDay: SOME,
  cadence: { monthly: SOME, quarterly: SOME, annual: SOME },
  priceBook: NO_AMOUNT,
  // Which rate is pinned is the close's to find.
  fxDate: NO_AMOUNT,
  items: SOME,
  groups: SOME,
  minimumCommitment: SOME,
  maximum: SOME,
  discounts: SOME,
  credits: SOME,
  entitlements: NO_AMOUNT,
  policy: NO_AMOUNT,
};

type Of<F extends 'groups' | 'discounts' | 'credits'> = NonNullable<Contract[F]>[number];

export const GROUP: Options<Of<'groups'>> = {
  id: NO_AMOUNT,
  description: NO_AMOUNT,
  items: SOME,
  minimum: SOME,
  maximum: SOME,
};

export const DISCOUNT: Options<Of<'discounts'>> = {
  id: NO_AMOUNT,
  description: NO_AMOUNT,
  percent: SOME,
  amount: SOME,
  items: SOME,
  from: SOME,
  until: SOME,
};

/** What a credit is in the ERP is nothing that rating knows. */
export const CREDIT: Options<Omit<Of<'credits'>, 'erp'>> = {
  id: NO_AMOUNT,
  description: NO_AMOUNT,
  kind: { promotional: SOME, prepaid: SOME },
  amount: SOME,
  priority: SOME,
  from: SOME,
  expires: SOME,
  items: SOME,
};

export const COMMITMENT: Options<NonNullable<Contract['minimumCommitment']>> = {
  amount: SOME,
  description: NO_AMOUNT,
  over: { period: SOME, 'contract-year': SOME },
  overageFactor: SOME,
};

export const POLICY: Options<RatingPolicy> = {
  id: NO_AMOUNT,
  zeroUsageFlatFee: { charge: SOME, none: SOME },
  tierEdge: { inclusive: SOME, exclusive: SOME },
  tierGap: { next: SOME, lower: SOME },
  discountOrder: { 'before-bounds': SOME, 'after-bounds': SOME },
  // Of documents and their tax, and of the ledger: `document-total.ts`, `counted-events.ts`.
  taxBase: NO_AMOUNT,
  creditTax: NO_AMOUNT,
  duplicateWinner: NO_AMOUNT,
  prorationUnit: { day: SOME, 'day-inclusive': SOME, second: SOME, 'second-inclusive': SOME, 'calendar-month': SOME },
  prorationRounding: { net: SOME, each: SOME },
  groupedTiers: { 'per-group': SOME, pooled: SOME },
  interimConversion: { cumulative: SOME, slice: SOME },
  lineRounding: { 'half-up': SOME, 'half-even': SOME, up: SOME, down: SOME },
  roundingStage: { line: SOME, none: SOME },
  zeroUsageLine: { omit: SOME, show: SOME },
  partPeriodAllowance: { whole: SOME, 'by-day': SOME },
  partPeriodMinimum: { whole: SOME, 'by-day': SOME },
  commitmentCovers: { metered: SOME, all: SOME },
};

export const USAGE: Options<RatableUsage> = {
  meter: SOME,
  meterVersion: NO_AMOUNT,
  unit: NO_AMOUNT,
  dimensions: SOME,
  quantity: SOME,
  daily: SOME,
  changes: SOME,
  windows: SOME,
  transactions: SOME,
  fullQuantity: SOME,
  slices: SOME,
};

export const CHANGE: Options<NonNullable<RatableUsage['changes']>[number]> = { at: SOME, by: SOME, prorated: SOME };

export const STATE: Options<PriceState> = { accumulated: SOME, rollover: SOME, ahead: SOME };
export const WALLET: Options<Wallet> = { credit: NO_AMOUNT, left: SOME, granted: SOME };

export const INPUT: Options<RateInput> = {
  contract: SOME,
  contractVersion: NO_AMOUNT,
  priceBook: SOME,
  priceBookVersion: NO_AMOUNT,
  usage: SOME,
  opening: SOME,
  period: SOME,
  part: SOME,
  policy: SOME,
  usageHash: NO_AMOUNT,
  fx: SOME,
  interim: SOME,
};

type Table = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The options of a table that must be reached, as words. */
export const wordsIn = (name: string, table: Table): string[] =>
  Object.entries(table).flatMap(([field, look]) => {
    if (typeof look !== 'string') return Object.keys(look).map((choice) => `${name} ${field} ${choice}`);
    return look === NO_AMOUNT ? [] : [`${name} ${field}`];
  });

/** The options of a table that something has. */
export const wordsOf = (name: string, table: Table, value: object): string[] =>
  Object.entries(value).flatMap(([field, chosen]) => {
    const look = table[field];
    if (look === undefined || look === NO_AMOUNT || chosen === undefined) return [];
    return [typeof look === 'string' ? `${name} ${field}` : `${name} ${field} ${chosen}`];
  });
