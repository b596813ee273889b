import type { Contract, PriceBook } from '../catalog/types.ts';
import type { Period } from '../platform/period.ts';

/**
 * Rating: `rate(input) → lines + closing`. Pure: no AWS, no clock, no I/O. Quantities and amounts
 * are decimal strings; amounts have the currency's own number of decimals.
 */

/** Usage as the rating library takes it. Structurally the ledger's `MeteredUsage`. */
export type RatableUsage = {
  readonly meter: string;
  readonly meterVersion: number;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: string;
  readonly daily?: readonly { readonly day: string; readonly value: string }[];
};

/** What passes from period to period. `carryIn` holds the last value of meters that go on (LATEST, TIME_WEIGHTED). */
export type Opening = {
  readonly format: 1;
  readonly carryIn: Readonly<Record<string, { readonly time: string; readonly value: string }>>;
};
export type Closing = Opening;

/** Semantics that differ between vendors, explicit. */
export type RatingPolicy = {
  readonly id: string;
  readonly tierEdge: 'inclusive';
  readonly lineRounding: 'half-up' | 'half-even';
  readonly roundingStage: 'line';
  readonly zeroUsageLine: 'omit' | 'show';
  readonly prorationUnit: 'day';
  /** What an allowance, and what a minimum or commitment, is worth when the contract covers only part of the period. */
  readonly partPeriodAllowance: 'whole' | 'by-day';
  readonly partPeriodMinimum: 'whole' | 'by-day';
  /** Which lines count towards the contract's minimum commitment: those of prices with a meter, or all. */
  readonly commitmentCovers: 'metered' | 'all';
};

export type RateInput = {
  readonly contract: Contract;
  readonly contractVersion: number;
  readonly priceBook: PriceBook;
  readonly priceBookVersion: number;
  readonly usage: readonly RatableUsage[];
  readonly opening: Opening;
  readonly period: Period;
  readonly policy: RatingPolicy;
  /** Hash of what the usage was made from (the pinned slot versions). */
  readonly usageHash: string;
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
  readonly format: 1;
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
  readonly period: Period;
  readonly quantity: string;
  readonly unit: string;
  readonly currency: string;
  readonly amount: string;
  readonly arithmetic: ArithmeticNode;
  readonly pins: {
    readonly usageHash: string;
    readonly contractVersion: number;
    readonly priceBook: string;
    readonly priceBookVersion: number;
    readonly policy: string;
    readonly engine: string;
  };
  /** Content hash of everything the amount was computed from. */
  readonly inputsHash: string;
};

export type RateResult = { readonly lines: readonly RatedLine[]; readonly closing: Closing };
