import type { Contract, FxRate, PriceBook, Recognition } from '../catalog/types.ts';
import type { Period } from '../platform/period.ts';

/**
 * Rating: `rate(input) → lines + closing`. Pure: no AWS, no clock, no I/O. Quantities and amounts
 * are decimal strings; amounts have the currency's own number of decimals.
 */

/** One change of a level within the period: `by` (negative for less) from `at` (UTC) on. */
export type LevelChange = {
  readonly at: string;
  readonly by: string;
  /** What part of `by` is charged (of fewer seats that are kept: in proportion); absent: by the seconds that are left of the period. */
  readonly prorated?: string;
};

/** Usage as the rating library takes it. Structurally the ledger's `MeteredUsage`. */
export type RatableUsage = {
  readonly meter: string;
  readonly meterVersion: number;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: string;
  readonly daily?: readonly { readonly day: string; readonly value: string }[];
  /**
   * Level changes in the order of time, the level at the beginning first; for seats by second and graduated by changes. What
   * changes at one instant, also in several rows, is one change, unless it says itself what of it is charged.
   */
  readonly changes?: readonly LevelChange[];
  /** Quantity per hour or local day, by its beginning in local time (`2026-10-01T09:00`); for windowed prices. */
  readonly windows?: readonly { readonly start: string; readonly quantity: string }[];
  /**
   * Amounts of single transactions in the order of time; `count` equal ones in a row. For percentages with parts per
   * transaction. Rows that are priced together follow one another in the order of their dimension values.
   */
  readonly transactions?: readonly { readonly amount: string; readonly count?: number }[];
  /** The quantity that chooses the tier of a volume price when `quantity` is a prorated one. */
  readonly fullQuantity?: string;
  /** What each bill of the period added, in their order; together `quantity`. For policies whose bills convert their own slice. */
  readonly slices?: readonly string[];
};

/** What a price of an item leaves to the next period, by item and dimension values (`lineKey`). */
export type PriceState = {
  /** Quantity of the contract year so far, for prices that accumulate. */
  readonly accumulated?: string;
  /** Allowance that was not used, the oldest first, and for how many periods each still holds. */
  readonly rollover?: readonly { readonly quantity: string; readonly periods: number }[];
  /**
   * What was charged ahead for the next period: the amount of a fee or of seats, or a minimum, in the price's currency.
   * `charged` is what the line came to for it, with discounts, converted and rounded: what is given back if it is not used.
   */
  readonly ahead?: { readonly start: string; readonly amount: string; readonly charged?: string };
};

/** A wallet: credit that is left of what was `granted`; a contract that grants more later adds the difference. */
export type Wallet = { readonly credit: string; readonly left: string; readonly granted?: string };

/** What passes from period to period. `carryIn` holds the last value of meters that go on (LATEST, TIME_WEIGHTED). Format 1 has nothing else. */
export type Opening = {
  readonly format: 1 | 2;
  readonly carryIn: Readonly<Record<string, { readonly time: string; readonly value: string }>>;
  readonly prices?: Readonly<Record<string, PriceState>>;
  /** What counted towards the commitment in this contract year. */
  readonly committed?: { readonly yearStart: string; readonly charged: string };
  readonly wallets?: readonly Wallet[];
};
export type Closing = Opening;

/** Semantics that differ between vendors, explicit (`README.md`: which system uses which). */
export type RatingPolicy = {
  readonly id: string;
  /** S1: whether the first tier's flat fee is charged when there was no usage. */
  readonly zeroUsageFlatFee: 'charge' | 'none';
  /** S2: a quantity equal to `upTo` belongs to the tier that ends there, or to the next. */
  readonly tierEdge: 'inclusive' | 'exclusive';
  /** S3: where 100.5 lies between tiers to 100 and from 101: in the next one, or still in the lower one. */
  readonly tierGap: 'next' | 'lower';
  /** S4: a percentage discount comes before minimum and maximum, or after them. */
  readonly discountOrder: 'before-bounds' | 'after-bounds';
  /** S5: what an estimate of tax is taken of: after promotional credits and discounts, or before credits. */
  readonly taxBase: 'after-credits' | 'before-credits';
  /** S6: how a part of a period is measured. `-inclusive`: the end counts as the last day or second of the period itself. */
  readonly prorationUnit: 'day' | 'day-inclusive' | 'second' | 'second-inclusive' | 'calendar-month';
  /** S7: a charge and the credit it replaces are rounded each, or their net once. */
  readonly prorationRounding: 'net' | 'each';
  /** S8: with `perDimensions`, tiers, allowance and packages are of each group, or of all groups together. */
  readonly groupedTiers: 'per-group' | 'pooled';
  /** S9: which of several events with one id counts. The ledger itself knows only `first`. */
  readonly duplicateWinner: 'first' | 'last';
  /** S10: an interim bill prices all usage so far and takes off what was billed, or converts its own slice alone. */
  readonly interimConversion: 'cumulative' | 'slice';
  /** S11: the tax of a credit is rounded apart from its net, or their sum is rounded. */
  readonly creditTax: 'apart' | 'together';
  readonly lineRounding: 'half-up' | 'half-even' | 'up' | 'down';
  /** `none`: amounts stay exact (for systems that publish unrounded figures). */
  readonly roundingStage: 'line' | 'none';
  readonly zeroUsageLine: 'omit' | 'show';
  /**
   * What an allowance, and what a minimum or commitment, is worth when the contract covers only part of the period. The
   * versions of a contract that was amended within it always share them by day, and with them maximums, fees that are not
   * prorated, the most seats of a month and the price of a capacity.
   */
  readonly partPeriodAllowance: 'whole' | 'by-day';
  readonly partPeriodMinimum: 'whole' | 'by-day';
  /**
   * Which lines count towards the contract's minimum commitment: those of prices with a meter, or all. With the former a
   * group's own line counts when every item of the group does; what a group's maximum takes off counts as taken off.
   */
  readonly commitmentCovers: 'metered' | 'all';
};

/** A rate of exchange with the version that is pinned. */
export type PinnedFxRate = FxRate & { readonly version: number; readonly date: string };

export type RateInput = {
  readonly contract: Contract;
  readonly contractVersion: number;
  readonly priceBook: PriceBook;
  readonly priceBookVersion: number;
  readonly usage: readonly RatableUsage[];
  readonly opening: Opening;
  /** The billing period, whole. */
  readonly period: Period;
  /** The part of the period in which this version of the contract holds, when it was amended within it; absent: all. */
  readonly part?: Period;
  readonly policy: RatingPolicy;
  /** Hash of what the usage was made from (the pinned slot versions). */
  readonly usageHash: string;
  /** The rate for a price book in another currency than the contract's. */
  readonly fx?: PinnedFxRate;
  /** A bill within the period: no minimum, maximum true-up or commitment yet, nothing ahead. */
  readonly interim?: boolean;
};

/** One node of the arithmetic: what a step took, did and gave. Made by the same steps that compute the amount. */
export type ArithmeticNode = {
  readonly step: string;
  /** A sentence a controller reads: `120,000 calls − 100,000 included = 20,000`. */
  readonly text: string;
  /** Decimal string after the step. */
  readonly result: string;
  readonly unit: string;
  readonly children: readonly ArithmeticNode[];
};

export type RatedLine = {
  /** 2 since lines say how they are recognized. */
  readonly format: 1 | 2;
  /** Deterministic: (account, contract, item, period, dimensions). */
  readonly id: string;
  readonly account: string;
  readonly payer: string;
  readonly contract: string;
  readonly item: string;
  readonly product: string;
  readonly description: string;
  readonly meter?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The service period: what the amount is for. */
  readonly period: Period;
  readonly quantity: string;
  readonly unit: string;
  readonly currency: string;
  readonly amount: string;
  /** What of the amount is charged ahead, and the service period that it is for; the rest is for `period`. */
  readonly ahead?: { readonly period: Period; readonly amount: string };
  /** Lines that share a minimum, maximum, pool, discount or credit: held together, corrected together. Absent: alone. */
  readonly group?: string;
  /** How the amount is recognized; absent (format 1): by the defaults of `Price`. */
  readonly recognition?: Recognition;
  readonly arithmetic: ArithmeticNode;
  readonly pins: {
    readonly usageHash: string;
    readonly contractVersion: number;
    readonly priceBook: string;
    readonly priceBookVersion: number;
    readonly policy: string;
    readonly engine: string;
    readonly fx?: { readonly id: string; readonly version: number; readonly rate: string; readonly date: string };
  };
  /** Content hash of everything the amount was computed from. */
  readonly inputsHash: string;
};

/** What of a line is recognized from a local date on and before another. */
export type ScheduleEntry = { readonly from: string; readonly to: string; readonly amount: string };

/**
 * How the amount of a line becomes revenue over time, as neutral as dates and amounts: adapters turn it into their ERP's
 * own form. The entries tile their service periods in order and sum to the amount, to the last decimal.
 */
export type Schedule = {
  readonly line: string;
  readonly currency: string;
  readonly recognition: Recognition;
  readonly entries: readonly ScheduleEntry[];
};

/** What a wallet of prepaid credit pays of the invoice, after tax. */
export type Payment = { readonly credit: string; readonly description: string; readonly amount: string };

export type RateResult = {
  readonly lines: readonly RatedLine[];
  readonly closing: Closing;
  /** Prepaid credit that may pay for the lines, before tax is known: the ERP applies at most its invoice total. */
  readonly payments: readonly Payment[];
};
