import { add, compare, type Decimal, isNegative, isZero, negate, subtract, sum, ZERO } from '../platform/decimal.ts';

/**
 * The arithmetic of corrections: what is due on each line of a period, and what becomes of it. Pure; amounts are of one
 * payer, entity and currency. README: "A correction, with numbers".
 */

/** Amounts by line. */
export type Amounts = ReadonlyMap<string, Decimal>;

/**
 * What a person decided beside the rating. It enters what is due and what is billed alike, so that no later correction
 * takes it back: `goodwill` an amount that our next document carries; `excluded-line` whatever its line comes to, each
 * time; `repair` an amount that a document made by hand in the ERP carries already.
 */
export type Adjusted = {
  /** The line of the adjustment itself. */
  readonly lineId: string;
  /** The line that it is about. */
  readonly about: string;
} & ({ readonly kind: 'goodwill' | 'repair'; readonly amount: Decimal } | { readonly kind: 'excluded-line' });

/** When a difference is not worth, or no longer fit for, a document. A first invoice is no correction: it is always made. */
export type CorrectionPolicy = {
  /** A correction that comes to less than this, either way, is carried until it grows. */
  readonly carryBelow: Decimal;
  /** Corrections of periods that ended more days ago than this are written off; absent: never. */
  readonly writeOffAfterDays?: number;
};

export type CorrectionInput = {
  /** What rating gives now. */
  readonly rated: Amounts;
  readonly adjusted: readonly Adjusted[];
  /** What approved documents bill. */
  readonly billed: Amounts;
  /** What was written off before: for good. */
  readonly writtenOff: Amounts;
  /** Nothing was billed yet. */
  readonly isFirst: boolean;
  readonly policy: CorrectionPolicy;
  /** Days since the end of the period. */
  readonly ageDays: number;
};

/** Each difference by line, in one of three places. For every line billed + written off + the three = due. */
export type Correction = {
  readonly corrections: Amounts;
  readonly carried: Amounts;
  readonly writtenOff: Amounts;
};

const NONE: Amounts = new Map();

const plus = (...all: readonly Iterable<readonly [string, Decimal]>[]): Map<string, Decimal> => {
  const sums = new Map<string, Decimal>();
  for (const some of all) for (const [line, amount] of some) sums.set(line, add(sums.get(line) ?? ZERO, amount));
  return sums;
};

/** What is due on each line: the rating with what was decided beside it. */
export const dueAmounts = (rated: Amounts, adjusted: readonly Adjusted[]): Amounts =>
  plus(
    rated,
    adjusted.map((each): [string, Decimal] => [
      each.lineId,
      each.kind === 'excluded-line' ? negate(rated.get(each.about) ?? ZERO) : each.amount,
    ]),
  );

/** What documents made by hand carry already. */
const madeByHand = (adjusted: readonly Adjusted[]): [string, Decimal][] =>
  adjusted.flatMap((each): [string, Decimal][] => (each.kind === 'repair' ? [[each.lineId, each.amount]] : []));

const absolute = (amount: Decimal): Decimal => (isNegative(amount) ? negate(amount) : amount);

/** What is due less what is billed, by line, and what becomes of it: a document, carried, or written off. */
export const correct = (input: CorrectionInput): Correction => {
  const { rated, adjusted, policy, isFirst, ageDays } = input;
  const due = dueAmounts(rated, adjusted);
  const settled = plus(input.billed, input.writtenOff, madeByHand(adjusted));
  const differences = new Map(
    [...new Set([...due.keys(), ...settled.keys()])].flatMap((line): [string, Decimal][] => {
      const difference = subtract(due.get(line) ?? ZERO, settled.get(line) ?? ZERO);
      return isZero(difference) ? [] : [[line, difference]];
    }),
  );
  const none = { corrections: NONE, carried: NONE, writtenOff: NONE };
  if (differences.size === 0) return none;
  const isOld = policy.writeOffAfterDays !== undefined && ageDays > policy.writeOffAfterDays;
  if (isOld && !isFirst) return { ...none, writtenOff: differences };
  const net = absolute(sum([...differences.values()]));
  // What comes to nothing has no document: an ERP books none of zero.
  const isSmall = isZero(net) || (!isFirst && compare(net, policy.carryBelow) < 0);
  return isSmall ? { ...none, carried: differences } : { ...none, corrections: differences };
};
