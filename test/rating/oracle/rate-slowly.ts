import { covered, servicePeriod } from './calendar.ts';
import { Unratable } from './charge.ts';
import { applyCommitment, applyCredits, applyDiscounts, applyGroups, applyMaximum, Bill } from './contract-level.ts';
import type { Given, Opening, State } from './given.ts';
import { givenBack, type Line, linesOf } from './line.ts';
import { Rational } from './rational.ts';

export type Answer = {
  readonly lines: readonly Line[];
  readonly prices: Readonly<Record<string, State>>;
  readonly committed: Opening['committed'];
  readonly wallets: ReadonlyMap<string, Rational>;
  readonly payments: readonly { readonly credit: string; readonly amount: Rational }[];
};

/**
 * Rates a contract by the same written rules as the rating library, in another way: fractions throughout, one case after
 * the other, nothing fast.
 */
export const rateSlowly = (given: Given): Answer => {
  if (given.contract.currency !== given.priceBook.currency && given.fx === undefined) throw new Unratable('no rate');
  const run = { given, part: covered(given.contract, given.period, given.part), pools: new Map<string, Rational>() };
  const items = given.contract.items.map((item) => linesOf(item, run));
  const lines = items.flatMap((item) => item.lines);
  const bill = new Bill(given, servicePeriod(given.contract, given.period, given.part), [
    ...lines,
    ...givenBack(run, lines, new Set(items.flatMap((item) => [...item.settled]))),
  ]);
  if (run.part !== undefined) applyGroups(bill);
  const committed = run.part === undefined ? given.opening.committed : applyCommitment(bill);
  applyMaximum(bill);
  applyDiscounts(bill);
  const { payments, wallets } = applyCredits(bill);
  for (const { credit, left } of given.opening.wallets ?? []) {
    if (!wallets.has(credit)) wallets.set(credit, Rational.of(left));
  }
  return {
    lines: bill.lines,
    prices: Object.assign({}, ...items.map((item) => item.states)),
    committed,
    wallets,
    payments,
  };
};
