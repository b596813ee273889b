import type { PriceStep } from '../../catalog/types.ts';
import type { Decimal } from '../../platform/decimal.ts';
import type { Period } from '../../platform/period.ts';
import { type Exact, plus } from '../exact.ts';
import type { ArithmeticNode, PriceState, RatingPolicy } from '../types.ts';

/** A node of the arithmetic, made only when somebody reads it: amounts alone cost no text. */
export type LazyNode = () => ArithmeticNode;

/** So many transactions of one amount in a row. */
export type Transactions = { readonly amount: Decimal; readonly count: number };

/** What the steps of one line hand on: what is left to charge, what is charged so far, and how it came about. */
export type Working = {
  /** The quantity that the next step sees, in `unit`. */
  readonly quantity: Decimal;
  readonly unit: string;
  /** The quantity that chooses the tier of a volume price, in `unit`; absent: `quantity`. */
  readonly fullQuantity?: Decimal | undefined;
  /** Single transactions in the order of time, their amounts in `unit`; absent: not known. */
  readonly transactions?: readonly Transactions[] | undefined;
  readonly amount: Exact;
  /** One node per step done, in order. */
  readonly nodes: readonly LazyNode[];
  /** What the price leaves to the next period; absent: nothing. */
  readonly closing?: PriceState | undefined;
  /** What this line took of a shared allowance. */
  readonly poolTaken?: { readonly pool: string; readonly quantity: Decimal } | undefined;
};

/** A change of a level at an instant (UTC): `by`, and what part of it is charged if somebody said so. */
export type Shift = { readonly at: string; readonly by: Decimal; readonly prorated?: Decimal };

/** What a step may know beside its own parameters. */
export type StepContext = {
  readonly currency: { readonly code: string; readonly exponent: number };
  readonly policy: RatingPolicy;
  /** The billing period, and the part of it that the line is for. */
  readonly period: Period;
  readonly part: Period;
  /** The day of the month on which the contract's periods begin. */
  readonly anchorDay: number;
  /** The first day on which the contract charges (local): a one-time fee without a date is due then. */
  readonly firstDay: string;
  /** The part is of a contract that was amended within the period. */
  readonly amended: boolean;
  /** How many of a fee. */
  readonly count: Decimal;
  /** A bill within the period: no minimum, no true-up, nothing ahead. */
  readonly interim: boolean;
  /** What the price left in the period before. */
  readonly opening: PriceState;
  /**
   * The next period and the part of it that the contract covers, for what is charged ahead; absent: it covers none.
   * `steps` are those of a ramp, where it has others then.
   */
  readonly next?:
    | {
        readonly period: Period;
        readonly part: Period;
        readonly steps?: readonly PriceStep[] | undefined;
      }
    | undefined;
  /** What earlier lines took of each shared allowance. */
  readonly poolTaken: Readonly<Record<string, Decimal>>;
  /** The dimension values of the line. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** The value in force at the end of each covered day; only of meters that have it. */
  readonly daily: readonly { readonly day: string; readonly value: Decimal }[];
  /** Changes of the level in the order of time, the level at the beginning first; only of meters that have them. */
  readonly changes?: readonly Shift[] | undefined;
  /** The measured quantities of which a pooled line is made, each with its own dimension values. */
  readonly rows: readonly { readonly dimensions: Readonly<Record<string, string>>; readonly quantity: Decimal }[];
  /** The highest quantity of each meter that a capacity price names. */
  readonly peaks: Readonly<Record<string, Decimal>>;
  /** What each bill of the period added to the quantity; only where the policy has each of them converted alone (S10). */
  readonly slices?: readonly Decimal[] | undefined;
};

/** A step with its parameters read: pure, no rounding of money. */
export type Apply = (working: Working, context: StepContext) => Working;

/** One step of the arithmetic. `S` are its parameters from the price, read once per price and not once per line. */
export type Step<S> = (step: S) => Apply;

/** The working with another step done. Written field by field: all workings have one shape, which makes them cheap. */
export const done = (working: Working, change: Partial<Working>, node: LazyNode): Working => ({
  quantity: change.quantity ?? working.quantity,
  unit: change.unit ?? working.unit,
  fullQuantity: change.fullQuantity ?? working.fullQuantity,
  transactions: change.transactions ?? working.transactions,
  amount: change.amount ?? working.amount,
  nodes: [...working.nodes, node],
  closing: change.closing ?? working.closing,
  poolTaken: change.poolTaken ?? working.poolTaken,
});

/** The same for a step that changes only the amount, which most do. */
export const amounting = (working: Working, amount: Exact, node: LazyNode): Working => ({
  quantity: working.quantity,
  unit: working.unit,
  fullQuantity: working.fullQuantity,
  transactions: working.transactions,
  amount,
  nodes: [...working.nodes, node],
  closing: working.closing,
  poolTaken: working.poolTaken,
});

/** The same for a step that adds to the amount. */
export const charging = (working: Working, more: Exact, node: LazyNode): Working =>
  amounting(working, plus(working.amount, more), node);
