import { covered, servicePeriod } from './calendar.ts';
import { applyCommitment, applyCredits, applyDiscounts, applyGroups, applyMaximum, Bill } from './contract-level.ts';
import { coupledBy } from './coupled.ts';
import type { Given, Opening, State, Wallet } from './given.ts';
import { givenBack, type Line, linesOf } from './line.ts';
import type { Rational } from './rational.ts';
import { Unratable } from './unratable.ts';

export type Answer = {
  readonly lines: readonly Line[];
  readonly prices: Readonly<Record<string, State>>;
  readonly committed: Opening['committed'];
  readonly wallets: readonly Wallet[];
  readonly payments: readonly { readonly credit: string; readonly amount: Rational }[];
  /** Which lines are coupled, by item: those with one name; none where an item shares nothing. */
  readonly coupled: () => ReadonlyMap<string, string>;
};

/** States under one key are one. */
const together = (all: readonly Readonly<Record<string, State>>[]): Record<string, State> => {
  const states: Record<string, State> = {};
  for (const [key, state] of all.flatMap((each) => Object.entries(each))) states[key] = { ...states[key], ...state };
  return states;
};

/** What passes through a period of which nothing is covered, as it is: all but what was charged ahead. */
const lasting = ({ prices = {} }: Opening): Record<string, State> =>
  Object.fromEntries(
    Object.entries(prices)
      .map(([key, { ahead: _, ...state }]) => [key, state] as const)
      .filter(([, state]) => Object.keys(state).length > 0),
  );

/**
 * Rates a contract by the same written rules as the rating library, in another way: fractions throughout, one case after
 * the other, nothing fast.
 */
export const rateSlowly = (given: Given): Answer => {
  if (given.contract.currency !== given.priceBook.currency && given.fx === undefined) throw new Unratable('no rate');
  const run = { given, part: covered(given.contract, given.period, given.part), pools: new Map<string, Rational>() };
  const items = given.contract.items.map((item) => linesOf(item, run));
  const lines = items.flatMap((item) => item.lines);
  const bill = new Bill(given, servicePeriod(given.contract, given), [
    ...lines,
    ...givenBack(run, lines, new Set(items.flatMap((item) => [...item.settled]))),
  ]);
  if (run.part !== undefined) applyGroups(bill);
  const committed = run.part === undefined ? given.opening.committed : applyCommitment(bill);
  applyMaximum(bill);
  applyDiscounts(bill);
  const { payments, wallets } = applyCredits(bill);
  return {
    lines: bill.lines,
    prices: together([run.part === undefined ? lasting(given.opening) : {}, ...items.map((item) => item.states)]),
    committed,
    wallets,
    payments,
    coupled: () => coupledBy(given),
  };
};
