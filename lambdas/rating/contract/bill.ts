import type { Contract, Recognition } from '../../catalog/types.ts';
import {
  type Decimal,
  divide,
  isNegative,
  isZero,
  multiply,
  negate,
  subtract,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import type { Period } from '../../platform/period.ts';
import { allocate } from '../allocate.ts';
import type { LazyNode } from '../steps/step.ts';
import type { Opening, RatedLine, RatingPolicy } from '../types.ts';

/** A line before it is written down: what it costs, rounded, and how to explain it when somebody asks. */
export type Charge = {
  readonly item: string;
  readonly product: string;
  readonly description: string;
  readonly meter: string | undefined;
  readonly dimensions: Readonly<Record<string, string>>;
  /** What the amount is for. */
  readonly period: Period;
  readonly quantity: Decimal;
  readonly unit: string;
  readonly amount: Decimal;
  /** What of the amount is charged ahead, and for when. */
  readonly ahead: { readonly period: Period; readonly amount: Decimal } | undefined;
  readonly recognition: Recognition;
  /** The nodes of its arithmetic, made when they are asked for. */
  readonly nodes: () => readonly LazyNode[];
  /** What the amount was computed from beside the contract; `lineOf` gives the lines of other charges. */
  readonly madeFrom: (lineOf: (charge: Charge) => RatedLine) => unknown;
};

/** What the rules of a contract may know beside its charges. */
export type BillContext = {
  readonly contract: Contract;
  readonly policy: RatingPolicy;
  readonly opening: Opening;
  readonly currency: { readonly code: string; readonly exponent: number };
  /** Decimals of an amount: the currency's, or more where the policy does not round. */
  readonly places: number;
  readonly period: Period;
  /** The part of the period that the charges are for. */
  readonly part: Period;
  readonly anchorDay: number;
  readonly interim: boolean;
  /** The part is of a contract that was amended within the period. */
  readonly amended: boolean;
};

/** The charges of a contract in their order, and what is left of those that something was taken off; of others, all. */
export type Bill = { readonly charges: readonly Charge[]; readonly left: ReadonlyMap<Charge, Decimal> };

/** The bill of the items alone. */
export const billOf = (charges: readonly Charge[]): Bill => ({ charges, left: new Map() });

const leftOfOne = (bill: Bill, charge: Charge): Decimal => bill.left.get(charge) ?? charge.amount;

/** What charges come to. */
export const chargedBy = (charges: readonly Charge[]): Decimal => sum(charges.map(({ amount }) => amount));

/** What is left of some charges. */
export const leftOf = (bill: Bill, charges: readonly Charge[]): Decimal =>
  sum(charges.map((charge) => leftOfOne(bill, charge)));

/** The charges of the named items; all where none are named. */
export const chargesOf = (bill: Bill, items: readonly string[] | undefined): readonly Charge[] =>
  items === undefined ? bill.charges : bill.charges.filter(({ item }) => items.includes(item));

/** The bill with a charge that stands for itself: a true-up, an overage. */
export const adding = (bill: Bill, charge: Charge): Bill => ({
  charges: [...bill.charges, charge],
  left: bill.left,
});

type Part = { readonly charge: Charge; readonly amount: Decimal };

/**
 * Shares out what is taken off some charges, in proportion to what is left of them, to the last unit. Below 0 (money that
 * goes back) only what is below 0 bears it, above 0 only what is above: no charge changes its sign.
 */
const sharedOut = (bill: Bill, over: readonly Charge[], off: Decimal, places: number): readonly Part[] => {
  const back = isNegative(off);
  const bearing: Charge[] = [];
  const weights: Decimal[] = [];
  for (const charge of over) {
    const has = leftOfOne(bill, charge);
    if (isZero(has) || isNegative(has) !== back) continue;
    bearing.push(charge);
    weights.push(back ? negate(has) : has);
  }
  const amounts = allocate(off, weights, places);
  return bearing.map((charge, n) => ({ charge, amount: amounts[n] ?? ZERO }));
};

/** What is left of each charge without the parts; a map of its own. */
const lessLeft = (bill: Bill, parts: readonly Part[]): Map<Charge, Decimal> => {
  const left = new Map(bill.left);
  for (const { charge, amount } of parts) left.set(charge, subtract(leftOfOne(bill, charge), amount));
  return left;
};

/** The bill with less left of some charges, shared out over them. */
export const takingOff = (bill: Bill, over: readonly Charge[], off: Decimal, places: number): Bill => ({
  charges: bill.charges,
  left: lessLeft(bill, sharedOut(bill, over, off, places)),
});

/** What of the parts is taken off what their charges charge ahead. */
const aheadOf = (parts: readonly Part[], places: number): Charge['ahead'] => {
  const ahead = parts.filter(({ charge }) => charge.ahead !== undefined);
  const period = ahead[0]?.charge.ahead?.period;
  if (period === undefined) return undefined;
  const taken = ahead.map(({ charge, amount }) =>
    divide(multiply(amount, charge.ahead?.amount ?? ZERO), charge.amount, places, 'half-even'),
  );
  return { period, amount: negate(sum(taken)) };
};

/** The bill with a charge that takes its amount off others: a maximum, a discount, a credit; also off what they charge ahead. */
export const lowering = (bill: Bill, charge: Charge, over: readonly Charge[], places: number): Bill => {
  const parts = sharedOut(bill, over, negate(charge.amount), places);
  const ahead = aheadOf(parts, places);
  const lower = ahead === undefined ? charge : { ...charge, ahead };
  return { charges: [...bill.charges, lower], left: lessLeft(bill, parts).set(lower, ZERO) };
};

/** What is left of the whole bill; what it comes to. */
export const totalOf = (bill: Bill): Decimal => leftOf(bill, bill.charges);
