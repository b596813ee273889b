/**
 * Prices as data. Amounts, prices, quantities and percents are decimal strings; dates `YYYY-MM-DD` local to the
 * contract's zone. What each step does, with numbers: `lambdas/rating/README.md`.
 */

/** Takes the measured unit to the priced one: `multiplyBy` or `divideBy`, exactly one; rounded to whole units on request. */
export type UnitConversionStep = {
  readonly step: 'unit-conversion';
  readonly multiplyBy?: string;
  readonly divideBy?: string;
  /** Absent: exact, nothing is rounded. */
  readonly rounding?: 'up' | 'down' | 'half-up';
  readonly unit: string;
};

/** Takes off what is included. */
export type AllowanceStep = {
  readonly step: 'allowance';
  readonly quantity: string;
  /** Items of one contract that name the same pool share one allowance, used up in the order of the items. */
  readonly pool?: string;
  /** What is left goes on for so many periods, the oldest first; never more than `upTo` in all where a period ends. */
  readonly rollover?: { readonly periods: number; readonly upTo?: string };
};

/** A tier. `upTo: null` is the last. What it costs: `unitPrice` for each unit (or begun block of `per` units), `percent` of the quantity, `flatFee` once it is reached. */
export type Tier = {
  readonly upTo: string | null;
  readonly unitPrice?: string;
  /** Size of a block: each begun block of so many units costs `unitPrice`. */
  readonly per?: string;
  /** Percent of the quantity, which then is an amount of money. */
  readonly percent?: string;
  readonly flatFee?: string;
  /** What the tier costs without its flat fee is at most this. */
  readonly cap?: string;
};

/** Each part of the quantity at the price of its tier. */
export type GraduatedStep = {
  readonly step: 'graduated';
  readonly tiers: readonly Tier[];
  /** `changes`: the running level chooses the tier, the share of the period that a change holds is what is charged. */
  readonly by?: 'quantity' | 'changes';
};

/** A value of up to three dimensions and its unit price. */
export type MatrixCell = { readonly values: readonly string[]; readonly unitPrice: string };

/** One step of a price. The order in which steps apply is fixed by the rating library, not by this list. */
export type PriceStep =
  | UnitConversionStep
  | AllowanceStep
  | { readonly step: 'per-unit'; readonly unitPrice: string }
  | GraduatedStep
  /** The whole quantity at the price of the tier that it reaches. */
  | { readonly step: 'volume'; readonly tiers: readonly Tier[] }
  | {
      readonly step: 'package';
      readonly size: string;
      readonly price: string;
      readonly rounding: 'up' | 'down' | 'half-up';
    }
  /** One price for the whole step that the quantity reaches; no usage costs nothing. */
  | { readonly step: 'stairstep'; readonly tiers: readonly { readonly upTo: string | null; readonly price: string }[] }
  /** Percent of an amount that usage carries, with a fixed part and bounds for each transaction. */
  | {
      readonly step: 'percentage';
      readonly percent: string;
      readonly fixed?: string;
      readonly transactionMinimum?: string;
      readonly transactionMaximum?: string;
      /** The first so many transactions of the period, in the order of their time, cost nothing. */
      readonly freeTransactions?: number;
    }
  /** The unit price depends on up to three dimensions. Without `otherwise` a value that no cell names cannot be rated. */
  | {
      readonly step: 'matrix';
      readonly dimensions: readonly string[];
      readonly cells: readonly MatrixCell[];
      readonly otherwise?: string;
    }
  /** Usage carries its price: the measured amount times a factor. */
  | { readonly step: 'dynamic'; readonly multiplyBy: string }
  /** The first tier that the peak of every meter fits; `limits: null` fits all. A meter that a tier does not name is not limited by it. */
  | {
      readonly step: 'capacity';
      readonly tiers: readonly { readonly limits: Readonly<Record<string, string>> | null; readonly price: string }[];
    }
  /**
   * Seats at a price per period. `day`: each day has the seats in force when it ends; `second`: by the seconds that a
   * number of seats holds; `month`: the highest number of the period, in full. `decreases: keep`: fewer seats count
   * from the next period on. `advance`: the next period is charged now, this one settled against what was charged for it.
   */
  | {
      readonly step: 'seats';
      readonly unitPrice: string;
      readonly proration: 'day' | 'second' | 'month';
      readonly decreases?: 'prorate' | 'keep';
      readonly billing?: 'arrears' | 'advance';
    }
  /** A fee for each period. `advance` as for seats. */
  | {
      readonly step: 'recurring-fee';
      readonly amount: string;
      readonly proration: 'day' | 'second' | 'none';
      readonly billing?: 'arrears' | 'advance';
    }
  /** A fee once, in the period that `on` (local date; absent: the first day of the contract or item) lies in. Never prorated. */
  | { readonly step: 'one-time-fee'; readonly amount: string; readonly on?: string }
  /** Up to `amount` as priced, above it times `overageFactor`; with `trueUp` at least `amount`. Of a windowed price: in each window. */
  | { readonly step: 'commitment'; readonly amount: string; readonly overageFactor?: string; readonly trueUp: boolean }
  | { readonly step: 'percentage-discount'; readonly percent: string }
  /** Takes an amount off, never below 0. */
  | { readonly step: 'amount-discount'; readonly amount: string }
  | { readonly step: 'minimum'; readonly amount: string; readonly billing?: 'arrears' | 'advance' }
  | { readonly step: 'maximum'; readonly amount: string };

/**
 * The order of the arithmetic, the one place that states it. A price may use each step once, in this
 * order; the rating library applies them in this order.
 */
export const PRICE_STEP_ORDER = [
  'unit-conversion',
  'allowance',
  'per-unit',
  'graduated',
  'volume',
  'package',
  'stairstep',
  'percentage',
  'matrix',
  'dynamic',
  'capacity',
  'seats',
  'commitment',
  'recurring-fee',
  'one-time-fee',
  'percentage-discount',
  'amount-discount',
  'minimum',
  'maximum',
] as const satisfies readonly PriceStep['step'][];

/** How revenue of a line is recognized: at once, spread over its service period, or as it is used. */
export type Recognition = 'point-in-time' | 'straight-line-day' | 'straight-line-month' | 'as-used';

/** A price: what one product costs. Without `meter` it prices no usage (a fee). */
export type Price = {
  readonly id: string;
  readonly product: string;
  readonly description: string;
  readonly meter?: string;
  /** The usage is priced per value of these dimensions; empty = pooled. `account` is the account of a covered child. */
  readonly perDimensions: readonly string[];
  readonly steps: readonly PriceStep[];
  /** The steps up to `commitment` price each hour or local day alone; `hours` keeps only those of the day (local, half open). */
  readonly windowed?: {
    readonly every: 'hour' | 'day';
    readonly hours?: readonly { readonly from: number; readonly to: number }[];
  };
  /** Tiers, allowance and packages count over the contract year: what it costs so far less what it cost before. */
  readonly accumulate?: 'contract-year';
  /** Absent: metered prices as used, recurring fees and seats by day, one-time fees at a point in time. */
  readonly recognition?: Recognition;
};

/** A versioned list of prices in one currency. */
export type PriceBook = {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly prices: readonly Price[];
  /** Version that this book supersedes also for periods that are closed: it mends a wrong published price. */
  readonly supersedes?: number;
};
