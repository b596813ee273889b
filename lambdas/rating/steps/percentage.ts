import type { PriceStep } from '../../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  fromInteger,
  isNegative,
  isZero,
  maximum,
  minimum,
  multiply,
  parseDecimal,
  subtract,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { RatingError } from '../rating-error.ts';
import type { ArithmeticNode } from '../types.ts';
import { comesTo, money, number, quantity } from '../wording.ts';
import { charging, type Step, type StepContext, type Transactions, type Working } from './step.ts';

type Params = Extract<PriceStep, { step: 'percentage' }>;

/** A price per transaction with its numbers read. */
type Rates = {
  readonly percent: Decimal;
  readonly factor: Decimal;
  readonly fixed: Decimal;
  readonly least?: Decimal;
  readonly most?: Decimal;
  readonly free: number;
  /** Whether single transactions make a difference. */
  readonly perTransaction: boolean;
};

const readRates = (step: Params): Rates => {
  const percent = parseDecimal(step.percent);
  const { fixed, transactionMinimum: least, transactionMaximum: most, freeTransactions } = step;
  return {
    percent,
    factor: multiply(percent, parseDecimal('0.01')),
    fixed: parseDecimal(fixed ?? '0'),
    ...(least === undefined ? {} : { least: parseDecimal(least) }),
    ...(most === undefined ? {} : { most: parseDecimal(most) }),
    free: freeTransactions ?? 0,
    perTransaction: [fixed, least, most, freeTransactions].some((part) => part !== undefined),
  };
};

const feeOf = (amount: Decimal, { factor, fixed, least, most }: Rates): Decimal => {
  const fee = add(fixed, multiply(amount, factor));
  const lifted = least === undefined ? fee : maximum(fee, least);
  return most === undefined ? lifted : minimum(lifted, most);
};

/** Takes what an allowance included off the first transactions; one that it covers whole is free. */
const withoutIncluded = (transactions: readonly Transactions[], charged: Decimal): readonly Transactions[] => {
  const total = sum(transactions.map(({ amount, count }) => multiply(amount, fromInteger(count))));
  let included = maximum(subtract(total, charged), ZERO);
  return transactions.flatMap(({ amount, count }) => {
    const rest: Transactions[] = [];
    let left = count;
    for (; left > 0 && !isZero(included); left -= 1) {
      const off = minimum(included, amount);
      included = subtract(included, off);
      const above = subtract(amount, off);
      if (!isZero(above)) rest.push({ amount: above, count: 1 });
    }
    return left === 0 ? rest : [...rest, { amount, count: left }];
  });
};

/** Leaves the first so many out. */
const withoutFree = (transactions: readonly Transactions[], free: number): readonly Transactions[] => {
  let left = free;
  return transactions.flatMap(({ amount, count }) => {
    const skipped = Math.min(left, count);
    left -= skipped;
    return skipped === count ? [] : [{ amount, count: count - skipped }];
  });
};

const transactionNodes = (
  charged: readonly Transactions[],
  rates: Rates,
  { currency }: StepContext,
): ArithmeticNode[] =>
  charged.map(({ amount, count }) => {
    const fee = feeOf(amount, rates);
    const all = multiply(fee, fromInteger(count));
    const fixed = isZero(rates.fixed) ? '' : `${money(rates.fixed, currency)} + `;
    const plain = add(rates.fixed, multiply(amount, rates.factor));
    const bound =
      compare(plain, fee) === 0 ? '' : `, ${compare(plain, fee) < 0 ? 'at least' : 'at most'} ${money(fee, currency)}`;
    const each = `${fixed}${number(rates.percent)} % of ${money(amount, currency)}${bound}`;
    return {
      step: 'transaction',
      text: `${count === 1 ? each : `${number(fromInteger(count))} × (${each})`} ${comesTo(all, currency)}`,
      result: formatDecimal(all),
      unit: currency.code,
      children: [],
    };
  });

const byTransaction = (transactions: readonly Transactions[], working: Working, rates: Rates, context: StepContext) => {
  const charged = withoutFree(withoutIncluded(transactions, working.quantity), rates.free);
  const amount = sum(charged.map(({ amount: each, count }) => multiply(feeOf(each, rates), fromInteger(count))));
  return charging(working, exact(amount), () => {
    const all = transactions.reduce((n, { count }) => n + count, 0);
    const paid = charged.reduce((n, { count }) => n + count, 0);
    return {
      step: 'percentage',
      text: `${quantity(fromInteger(all), 'transaction')}${paid === all ? '' : `, ${all - paid} of them free`} ${comesTo(amount, context.currency)}`,
      result: formatDecimal(amount),
      unit: context.currency.code,
      children: transactionNodes(charged, rates, context),
    };
  });
};

/**
 * Percent of an amount that usage carries. Each transaction costs its fixed part and its percentage, within its
 * bounds; the first `freeTransactions` cost nothing. Examples: 2.99 % of 10,090.00 = 301.691; of transactions of 10,
 * 80 and 10,000 with at least 1.75 and at most 12 each = 1.75 + 2.392 + 12 = 16.142.
 * @throws {RatingError} `usage-incomplete` if parts per transaction are priced and the transactions are not known.
 */
export const percentage: Step<Params> = (step) => {
  const rates = readRates(step);
  return (working, context) => {
    const { transactions } = working;
    if (rates.perTransaction && transactions !== undefined) return byTransaction(transactions, working, rates, context);
    const charged = isNegative(working.quantity) ? ZERO : working.quantity;
    if (rates.perTransaction && !isZero(working.quantity)) {
      throw new RatingError(
        'usage-incomplete',
        'a percentage with a part for each transaction needs the transactions: its usage has only their total',
        { unit: working.unit },
      );
    }
    const amount = multiply(charged, rates.factor);
    const { currency } = context;
    return charging(working, exact(amount), () => ({
      step: step.step,
      text: `${money(charged, currency)} × ${number(rates.percent)} % ${comesTo(amount, currency)}`,
      result: formatDecimal(amount),
      unit: currency.code,
      children: [],
    }));
  };
};
