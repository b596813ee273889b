import type { PriceStep } from './price-types.ts';

/** Contracts as data: what was agreed with an account, and what it may use. Amounts are decimal strings in the contract's currency. */

/** One item of a contract: a price of the book, possibly with steps of its own for this customer. */
export type ContractItem = {
  readonly id: string;
  readonly price: string;
  /** Replaces the steps of the price book for this customer (a custom price). */
  readonly steps?: readonly PriceStep[];
  /** How many of a fee; 1 if absent. */
  readonly quantity?: string;
  /** Steps that hold in the periods that begin on or after a local date, in order of `from`; before the first: the usual ones. */
  readonly ramp?: readonly { readonly from: string; readonly steps: readonly PriceStep[] }[];
};

/** Items that share a minimum or maximum: their lines are one coupled group. */
export type ItemGroup = {
  readonly id: string;
  readonly description: string;
  readonly items: readonly string[];
  readonly minimum?: string;
  readonly maximum?: string;
};

/**
 * A discount on the lines of a contract, after their rounding: percent or amount, exactly one. It is taken of what the
 * maximum and the discounts before it left of the lines that it covers; a percent also of what goes back to the customer.
 * An amount is for the period: versions of a contract that was amended within it share it by day.
 */
export type ContractDiscount = {
  readonly id: string;
  readonly description: string;
  readonly percent?: string;
  readonly amount?: string;
  /** Absent: all lines. */
  readonly items?: readonly string[];
  /** Periods that begin on or after `from` and before `until` (local dates); absent = always. */
  readonly from?: string;
  readonly until?: string;
};

/** Credit of a customer. `promotional` lowers the invoice before tax; `prepaid` pays it after tax. */
export type ContractCredit = {
  readonly id: string;
  readonly description: string;
  readonly kind: 'promotional' | 'prepaid';
  readonly amount: string;
  /** Lower ones are used first; then what expires first; then by id. */
  readonly priority: number;
  /** Local dates: used for periods that begin on or after `from` and before `expires`. */
  readonly from: string;
  readonly expires?: string;
  /** Absent: all lines. */
  readonly items?: readonly string[];
  /** Of a prepaid one: the customer's deposit in the ERP that it is. Absent: it is applied there by hand. */
  readonly erp?: { readonly depositId: string };
};

/** What the contract lets the account use: a feature that is on, or a limit of a meter per period. */
export type Entitlement = {
  readonly feature: string;
  readonly description: string;
  /** With a meter: usage of the period counts against `limit`. */
  readonly meter?: string;
  readonly limit?: string;
  /** `soft`: above the limit use goes on and is charged; `hard`: it is not allowed. */
  readonly enforcement?: 'soft' | 'hard';
  /** Percent of the limit at which an event goes out; 50, 80 and 100 if absent. */
  readonly thresholds?: readonly number[];
};

/** What was agreed with an account. Effective-dated: a new version is an amendment. */
export type Contract = {
  readonly id: string;
  readonly account: string;
  /** The account that is billed; the same as `account` unless a parent pays. */
  readonly payer: string;
  /** Further accounts whose usage this contract prices (children). Their rows carry the dimension `account`. */
  readonly covers?: readonly string[];
  readonly entity: string;
  readonly currency: string;
  readonly zone: string;
  /** First day of the contract, local date; `end` is the day after the last. */
  readonly start: string;
  readonly end?: string;
  /** Local date until which nothing is charged. */
  readonly trialUntil?: string;
  /** Day of the month on which periods begin; a month that is too short has them begin on its last day. */
  readonly anchorDay: number;
  readonly cadence: 'monthly' | 'quarterly' | 'annual';
  readonly priceBook: string;
  /** When the price book has another currency: which dated rate converts it. */
  readonly fxDate?: 'period-start' | 'period-end';
  readonly items: readonly ContractItem[];
  readonly groups?: readonly ItemGroup[];
  /**
   * Minimum commitment over items of the contract, in the contract's currency: in each period, or over the contract
   * year (true-up in the year's last period). Above it charges count `overageFactor` times.
   */
  readonly minimumCommitment?: {
    readonly amount: string;
    readonly description: string;
    readonly over?: 'period' | 'contract-year';
    readonly overageFactor?: string;
  };
  /** The lines of a period never come to more than this, before discounts. */
  readonly maximum?: { readonly amount: string; readonly description: string };
  readonly discounts?: readonly ContractDiscount[];
  readonly credits?: readonly ContractCredit[];
  readonly entitlements?: readonly Entitlement[];
  readonly policy: string;
};

/** A rate of exchange: one `from` is `rate` of `to`. Its `effectiveFrom` is its date. */
export type FxRate = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  /** Who says so, e.g. `ECB reference rate`. */
  readonly source: string;
};
