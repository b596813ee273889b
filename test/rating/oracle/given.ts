/**
 * What the oracle takes and gives, in its own words: it shares no code and no type with what it checks, only the shape
 * of the data. Decimals are strings, dates `YYYY-MM-DD`, instants ISO 8601 UTC.
 */
export type Tier = {
  readonly upTo: string | null;
  readonly unitPrice?: string;
  readonly per?: string;
  readonly percent?: string;
  readonly flatFee?: string;
  readonly cap?: string;
};

type Ahead = { readonly billing?: 'arrears' | 'advance' };

export type Step =
  | {
      readonly step: 'unit-conversion';
      readonly multiplyBy?: string;
      readonly divideBy?: string;
      readonly rounding?: 'up' | 'down' | 'half-up';
    }
  | {
      readonly step: 'allowance';
      readonly quantity: string;
      readonly pool?: string;
      readonly rollover?: { readonly periods: number; readonly upTo?: string };
    }
  | { readonly step: 'per-unit'; readonly unitPrice: string }
  | { readonly step: 'graduated'; readonly tiers: readonly Tier[]; readonly by?: 'quantity' | 'changes' }
  | { readonly step: 'volume'; readonly tiers: readonly Tier[] }
  | {
      readonly step: 'package';
      readonly size: string;
      readonly price: string;
      readonly rounding: 'up' | 'down' | 'half-up';
    }
  | { readonly step: 'stairstep'; readonly tiers: readonly { readonly upTo: string | null; readonly price: string }[] }
  | {
      readonly step: 'percentage';
      readonly percent: string;
      readonly fixed?: string;
      readonly transactionMinimum?: string;
      readonly transactionMaximum?: string;
      readonly freeTransactions?: number;
    }
  | {
      readonly step: 'matrix';
      readonly dimensions: readonly string[];
      readonly cells: readonly { readonly values: readonly string[]; readonly unitPrice: string }[];
      readonly otherwise?: string;
    }
  | { readonly step: 'dynamic'; readonly multiplyBy: string }
  | {
      readonly step: 'capacity';
      readonly tiers: readonly { readonly limits: Readonly<Record<string, string>> | null; readonly price: string }[];
    }
  | ({
      readonly step: 'seats';
      readonly unitPrice: string;
      readonly proration: 'day' | 'second' | 'month';
      readonly decreases?: 'prorate' | 'keep';
    } & Ahead)
  | ({ readonly step: 'recurring-fee'; readonly amount: string; readonly proration: 'day' | 'second' | 'none' } & Ahead)
  | { readonly step: 'one-time-fee'; readonly amount: string; readonly on?: string }
  | { readonly step: 'commitment'; readonly amount: string; readonly overageFactor?: string; readonly trueUp: boolean }
  | { readonly step: 'percentage-discount'; readonly percent: string }
  | { readonly step: 'amount-discount'; readonly amount: string }
  | ({ readonly step: 'minimum'; readonly amount: string } & Ahead)
  | { readonly step: 'maximum'; readonly amount: string };

/** The step of that name. */
export type Named<N extends Step['step']> = Extract<Step, { readonly step: N }>;

export type Price = {
  readonly id: string;
  readonly meter?: string;
  readonly perDimensions: readonly string[];
  readonly steps: readonly Step[];
  readonly windowed?: {
    readonly every: 'hour' | 'day';
    readonly hours?: readonly { readonly from: number; readonly to: number }[];
  };
  readonly accumulate?: 'contract-year';
};

export type Item = {
  readonly id: string;
  readonly price: string;
  readonly steps?: readonly Step[];
  readonly quantity?: string;
  readonly ramp?: readonly { readonly from: string; readonly steps: readonly Step[] }[];
};

export type Group = {
  readonly id: string;
  readonly items: readonly string[];
  readonly minimum?: string;
  readonly maximum?: string;
};

export type Discount = {
  readonly id: string;
  readonly percent?: string;
  readonly amount?: string;
  readonly items?: readonly string[];
  readonly from?: string;
  readonly until?: string;
};

export type Credit = {
  readonly id: string;
  readonly kind: 'promotional' | 'prepaid';
  readonly amount: string;
  readonly priority: number;
  readonly from: string;
  readonly expires?: string;
  readonly items?: readonly string[];
};

export type Contract = {
  readonly currency: string;
  readonly start: string;
  readonly end?: string;
  readonly trialUntil?: string;
  readonly anchorDay: number;
  readonly cadence: 'monthly' | 'quarterly' | 'annual';
  readonly items: readonly Item[];
  readonly groups?: readonly Group[];
  readonly minimumCommitment?: {
    readonly amount: string;
    readonly over?: 'period' | 'contract-year';
    readonly overageFactor?: string;
  };
  readonly maximum?: { readonly amount: string };
  readonly discounts?: readonly Discount[];
  readonly credits?: readonly Credit[];
};

type Change = { readonly at: string; readonly by: string; readonly prorated?: string };

export type Usage = {
  readonly meter: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: string;
  readonly daily?: readonly { readonly day: string; readonly value: string }[];
  readonly changes?: readonly Change[];
  readonly windows?: readonly { readonly start: string; readonly quantity: string }[];
  readonly transactions?: readonly { readonly amount: string; readonly count?: number }[];
  readonly fullQuantity?: string;
  readonly slices?: readonly string[];
};

export type State = {
  readonly accumulated?: string;
  readonly rollover?: readonly { readonly quantity: string; readonly periods: number }[];
  readonly ahead?: { readonly start: string; readonly amount: string; readonly charged?: string };
};

export type Wallet = { readonly credit: string; readonly left: string; readonly granted?: string };

export type Opening = {
  readonly prices?: Readonly<Record<string, State>>;
  readonly committed?: { readonly yearStart: string; readonly charged: string };
  readonly wallets?: readonly Wallet[];
};

export type Policy = {
  readonly zeroUsageFlatFee: 'charge' | 'none';
  readonly tierEdge: 'inclusive' | 'exclusive';
  readonly tierGap: 'next' | 'lower';
  readonly discountOrder: 'before-bounds' | 'after-bounds';
  readonly prorationUnit: 'day' | 'day-inclusive' | 'second' | 'second-inclusive' | 'calendar-month';
  readonly prorationRounding: 'net' | 'each';
  readonly groupedTiers: 'per-group' | 'pooled';
  readonly lineRounding: 'half-up' | 'half-even' | 'up' | 'down';
  readonly roundingStage: 'line' | 'none';
  readonly zeroUsageLine: 'omit' | 'show';
  readonly partPeriodAllowance: 'whole' | 'by-day';
  readonly partPeriodMinimum: 'whole' | 'by-day';
  readonly commitmentCovers: 'metered' | 'all';
  readonly interimConversion: 'cumulative' | 'slice';
};

export type Span = { readonly start: string; readonly end: string; readonly zone: string };

export type Given = {
  readonly contract: Contract;
  readonly priceBook: { readonly currency: string; readonly prices: readonly Price[] };
  readonly usage: readonly Usage[];
  readonly opening: Opening;
  readonly period: Span;
  readonly part?: Span;
  readonly policy: Policy;
  readonly fx?: { readonly rate: string };
  readonly interim?: boolean;
};
