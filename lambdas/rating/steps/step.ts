import type { Decimal } from '../../platform/decimal.ts';
import type { Exact } from '../exact.ts';
import type { ArithmeticNode, RatingPolicy } from '../types.ts';

/** What the steps of one line hand on: what is left to charge, what is charged so far, and how it came about. */
export type Working = {
  /** The quantity that the next step sees, in `unit`. */
  readonly quantity: Decimal;
  readonly unit: string;
  readonly amount: Exact;
  /** One node per step done, in order. */
  readonly nodes: readonly ArithmeticNode[];
};

/** What a step may know beside its own parameters. */
export type StepContext = {
  readonly currency: { readonly code: string; readonly exponent: number };
  readonly policy: RatingPolicy;
  /** Days of the period that the contract covers, and days of the whole period. */
  readonly coveredDays: number;
  readonly periodDays: number;
  /** The value in force at the end of each covered day; only of meters that have it. */
  readonly daily: readonly { readonly day: string; readonly value: Decimal }[];
};

/** One step of the arithmetic: pure, no rounding of money. `S` are its parameters from the price. */
export type Step<S> = (working: Working, step: S, context: StepContext) => Working;

/** The working with another step done. */
export const done = (working: Working, change: Partial<Working>, node: ArithmeticNode): Working => ({
  ...working,
  ...change,
  nodes: [...working.nodes, node],
});
