import { exponentOf } from '../platform/currency.ts';
import { type Decimal, formatDecimal, formatFixed, parseDecimal, subtract, sum } from '../platform/decimal.ts';

/** An amount with its currency's decimals; with all that it has where a policy leaves amounts exact. */
export const amountText = (amount: Decimal, currency: string): string => {
  const exponent = exponentOf(currency);
  return amount.scale > exponent ? formatDecimal(amount) : formatFixed(amount, exponent);
};

/** What lines of one currency come to. */
export const totalText = (lines: readonly { readonly amount: string }[], currency: string): string =>
  amountText(sum(lines.map(({ amount }) => parseDecimal(amount))), currency);

/** `after` less `before`. */
export const differenceText = (before: string, after: string, currency: string): string =>
  amountText(subtract(parseDecimal(after), parseDecimal(before)), currency);
