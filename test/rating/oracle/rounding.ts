import type { Given } from './given.ts';
import { Rational } from './rational.ts';

const EXPONENTS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, CLP: 0, BHD: 3, KWD: 3, TND: 3 };

const decimalsOf = (currency: string): number => EXPONENTS[currency] ?? 2;

/** The last rounding: the currency's decimals, or 12 places where amounts stay exact. */
export const roundAmount = (amount: Rational, given: Given): Rational =>
  amount.rounded(places(given.contract.currency, given), given.policy.lineRounding);

/** The rounding of a charge, or of the credit for it, before they are set against each other, in the currency of the price. */
export const roundEach = (amount: Rational, { priceBook, policy }: Given): Rational =>
  amount.rounded(decimalsOf(priceBook.currency), policy.lineRounding);

const places = (currency: string, { policy }: Given): number =>
  policy.roundingStage === 'none' ? 12 : decimalsOf(currency);

const unitOf = (decimals: number): Rational => new Rational(1n, 10n ** BigInt(decimals));

/** The smallest amount of a line. */
export const roundingUnit = (given: Given): Rational => unitOf(places(given.contract.currency, given));

/** So much of an amount as is whole units of a line: a policy that rounded nothing may have left less than one. */
export const inUnits = (amount: Rational, given: Given): Rational =>
  amount.rounded(places(given.contract.currency, given), 'down');

/** What is shared out over groups is rounded first, in the currency of the price. */
export const roundPooled = (amount: Rational, given: Given): { readonly amount: Rational; readonly unit: Rational } => {
  const decimals = places(given.priceBook.currency, given);
  return { amount: amount.rounded(decimals, given.policy.lineRounding), unit: unitOf(decimals) };
};
