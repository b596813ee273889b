import Big from 'big.js';
import type { PriceStep, Tier } from '../../lambdas/catalog/types.ts';
import type { RatableUsage, RateInput } from '../../lambdas/rating/types.ts';

/**
 * The naive twin: the same contract as somebody writes it down in an afternoon from its description, with big.js
 * throughout. Numbers are read where they are needed, a day of seats costs its share of the price, and the lines are
 * added up. It is exact where big.js can be (a share by day has thirty decimals) and shares no code with ours; only the
 * shape of the input is the same.
 */

Big.DP = 30;

/** Steps as texts in order, when somebody wants the arithmetic. */
type Tree = string[] | undefined;

type Read = (text: string) => Big;

const read: Read = (text) => new Big(text);

/** The same numbers kept: how much of the twin's time goes into reading them. */
export const readOnce: Read = (() => {
  const known = new Map<string, Big>();
  return (text) => {
    const found = known.get(text) ?? new Big(text);
    known.set(text, found);
    return found;
  };
})();

const ZERO = new Big(0);
const HUNDRED = new Big(100);

/** Each part of the quantity at the price of its tier. */
export const naiveGraduated = (quantity: Big, tiers: readonly Tier[], number: Read = read, tree?: Tree): Big => {
  let from = ZERO;
  let amount = ZERO;
  for (const { upTo, unitPrice = '0' } of tiers) {
    if (quantity.lte(from)) break;
    const end = upTo === null ? quantity : number(upTo);
    const to = end.lt(quantity) ? end : quantity;
    const cost = to.minus(from).times(number(unitPrice));
    tree?.push(`${from} to ${upTo ?? 'more'}: ${to.minus(from)} × ${unitPrice} = ${cost}`);
    amount = amount.plus(cost);
    from = to;
  }
  return amount;
};

const volume = (quantity: Big, tiers: readonly Tier[]): Big => {
  const tier = tiers.find(({ upTo }) => upTo === null || quantity.lte(read(upTo)));
  return quantity.times(read(tier?.unitPrice ?? '0'));
};

/** Each day's seats at the day's share of the price. */
const seats = (unitPrice: string, rows: readonly RatableUsage[], days: number): Big => {
  let amount = ZERO;
  for (const { value } of rows.flatMap((row) => row.daily ?? [])) {
    amount = amount.plus(read(unitPrice).div(days).times(read(value)));
  }
  return amount;
};

type Line = { readonly quantity: Big; readonly amount: Big };

/** One step after another; what it does not know it cannot price. */
const apply = ({ quantity, amount }: Line, step: PriceStep, rows: readonly RatableUsage[], tree: Tree): Line => {
  switch (step.step) {
    case 'unit-conversion':
      return { amount, quantity: quantity.div(read(step.divideBy ?? '1')) };
    case 'allowance': {
      const left = quantity.minus(read(step.quantity));
      return { amount, quantity: left.lt(0) ? ZERO : left };
    }
    case 'per-unit':
      return { quantity, amount: amount.plus(quantity.times(read(step.unitPrice))) };
    case 'graduated':
      return { quantity, amount: amount.plus(naiveGraduated(quantity, step.tiers, read, tree)) };
    case 'volume':
      return { quantity, amount: amount.plus(volume(quantity, step.tiers)) };
    case 'package': {
      const packages = quantity.div(read(step.size)).round(0, Big.roundUp);
      return { quantity, amount: amount.plus(packages.times(read(step.price))) };
    }
    case 'stairstep': {
      const tier = step.tiers.find(({ upTo }) => upTo === null || quantity.lte(read(upTo)));
      return { quantity, amount: quantity.lte(0) ? amount : amount.plus(read(tier?.price ?? '0')) };
    }
    case 'percentage':
      return { quantity, amount: amount.plus(quantity.times(read(step.percent)).div(HUNDRED)) };
    case 'dynamic':
      return { quantity, amount: amount.plus(quantity.times(read(step.multiplyBy))) };
    case 'seats':
      return { quantity, amount: amount.plus(seats(step.unitPrice, rows, 31)) };
    case 'recurring-fee':
      return { quantity, amount: amount.plus(read(step.amount)) };
    case 'percentage-discount':
      return { quantity, amount: amount.minus(amount.times(read(step.percent)).div(HUNDRED)) };
    case 'minimum':
      return { quantity, amount: amount.lt(read(step.amount)) ? read(step.amount) : amount };
    case 'maximum':
      return { quantity, amount: amount.gt(read(step.amount)) ? read(step.amount) : amount };
    default:
      throw new Error(`the naive twin has no ${step.step}`);
  }
};

/** What a quantity costs by some steps, rounded to cents. */
export const naivePrice = (
  quantity: string,
  steps: readonly PriceStep[],
  rows: readonly RatableUsage[] = [],
  tree?: Tree,
): Big => {
  let line: Line = { quantity: read(quantity), amount: ZERO };
  for (const step of steps) {
    const before = line;
    line = apply(line, step, rows, tree);
    tree?.push(`${step.step}: ${before.quantity} / ${before.amount} → ${line.quantity} / ${line.amount}`);
  }
  return line.amount.round(2, Big.roundHalfUp);
};

/** A line of the naive twin. */
export type NaiveLine = { readonly item: string; readonly amount: string; readonly tree?: readonly string[] };

/** The lines of a contract for a period that it covers whole, with a true-up to the minimum commitment. */
export const naiveContract = ({ contract, priceBook, usage }: RateInput, withTree: boolean): NaiveLine[] => {
  const lines: NaiveLine[] = [];
  let committed = ZERO;
  for (const item of contract.items) {
    const price = priceBook.prices.find(({ id }) => id === item.price);
    if (price === undefined) throw new Error(`there is no price ${item.price}`);
    const groups = new Map<string, RatableUsage[]>();
    for (const row of usage) {
      if (row.meter !== price.meter) continue;
      const key = price.perDimensions.map((name) => row.dimensions[name] ?? '').join(' ');
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    for (const rows of price.meter === undefined ? [[]] : groups.values()) {
      const tree: Tree = withTree ? [] : undefined;
      const quantity = rows.reduce((sum, row) => sum.plus(read(row.quantity)), ZERO);
      const amount = naivePrice(quantity.toFixed(), price.steps, rows, tree);
      if (price.meter !== undefined) committed = committed.plus(amount);
      lines.push({ item: item.id, amount: amount.toFixed(2), ...(tree === undefined ? {} : { tree }) });
    }
  }
  const least = read(contract.minimumCommitment?.amount ?? '0');
  if (committed.lt(least)) lines.push({ item: 'minimum-commitment', amount: least.minus(committed).toFixed(2) });
  return lines;
};
