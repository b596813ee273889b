import { exponentOf } from '../platform/currency.ts';
import { add, type Decimal, formatFixed, negate, parseDecimal, subtract, ZERO } from '../platform/decimal.ts';
import type { Totals } from './types.ts';

/** An amount in a currency; the amount is a decimal string. */
export type Money = { readonly currency: string; readonly amount: string };

/** The text of an amount with the currency's own decimals. @throws {RangeError} if it has more. */
export const amountText = (amount: Decimal, currency: string): string => formatFixed(amount, exponentOf(currency));

/** `0` with the currency's decimals. */
export const zeroOf = (currency: string): string => amountText(ZERO, currency);

/** Sums per currency, ordered by currency. */
export const totalsOf = (amounts: Iterable<Money>): Totals => {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of amounts) {
    sums.set(currency, add(sums.get(currency) ?? ZERO, parseDecimal(amount)));
  }
  const ordered = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(ordered.map(([currency, amount]) => [currency, amountText(amount, currency)]));
};

/** The amounts of some totals, one per currency. */
export const moneyOf = (totals: Totals): Money[] =>
  Object.entries(totals).map(([currency, amount]) => ({ currency, amount }));

/** Whether both say the same for every currency; a currency that is absent counts as 0. */
export const sameTotals = (a: Totals, b: Totals): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (currency) => subtract(parseDecimal(a[currency] ?? '0'), parseDecimal(b[currency] ?? '0')).units === 0n,
  );

/** An amount without its sign. */
export const absoluteText = (amount: string): string => (amount.startsWith('-') ? amount.slice(1) : amount);

/** The amount with its sign turned round. */
export const negatedText = (amount: string, currency: string): string =>
  amountText(negate(parseDecimal(amount)), currency);
