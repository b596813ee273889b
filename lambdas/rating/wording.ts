import { compare, type Decimal, formatDecimal, formatFixed, grouped, round } from '../platform/decimal.ts';
import { type Exact, roundExact } from './exact.ts';

/** How many decimals an unfinished amount is shown with. The line's own amount is rounded from the exact one. */
const SHOWN_DECIMALS = 6;

/** More decimals than any measured quantity or price has: what has more is a quotient without end. */
const MOST_DECIMALS = 24;
const QUOTIENT_DECIMALS = 12;

/** A number as a controller writes it: `1,234,567.5`. */
export const number = (value: Decimal): string => grouped(formatDecimal(value));

const hasPlural = (unit: string): boolean => {
  const last = unit.at(-1) ?? '';
  return last !== 's' && !(last >= 'A' && last <= 'Z');
};

/** A quantity with its unit: `1 call`, `120,000 calls`, `3.5 GB` (abbreviations in capitals have no plural). */
export const quantity = (value: Decimal, unit: string): string => {
  const one = value.units === 1n && value.scale === 0;
  // A quotient of a conversion may have decimals without end; it is shown with as many as an allowance by day.
  const said =
    value.scale > MOST_DECIMALS ? `≈ ${number(round(value, QUOTIENT_DECIMALS, 'half-even'))}` : number(value);
  return `${said} ${unit}${one || !hasPlural(unit) ? '' : 's'}`;
};

/** An instant to the minute: `2026-10-12 09:00 UTC`. */
export const instant = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

/** An amount with at least the currency's decimals: `1,234.50 USD`; prices may have more: `0.0025 USD`. */
export const money = (value: Decimal, currency: { readonly code: string; readonly exponent: number }): string => {
  const { exponent, code } = currency;
  if (value.scale > MOST_DECIMALS) return `≈ ${money(round(value, SHOWN_DECIMALS, 'half-even'), currency)}`;
  const text = value.scale < exponent ? formatFixed(value, exponent) : formatDecimal(value);
  return `${grouped(text)} ${code}`;
};

/** The end of a sentence about an amount that is no fraction, with all its decimals: `= 61.728 USD`. */
export const comesTo = (value: Decimal, currency: { readonly code: string; readonly exponent: number }): string =>
  `${value.scale > MOST_DECIMALS ? '' : '= '}${money(value, currency)}`;

/** An exact amount as decimal text for showing, with at most six decimals. */
export const shown = (amount: Exact): Decimal => roundExact(amount, SHOWN_DECIMALS, 'half-even');

const isShownWhole = (amount: Exact): boolean =>
  amount.parts === 1n && amount.value.scale <= SHOWN_DECIMALS + 20
    ? amount.value.scale <= SHOWN_DECIMALS
    : compare(roundExact(amount, SHOWN_DECIMALS + 20, 'down'), shown(amount)) === 0;

/** An exact amount in words; `≈` if it has more decimals than are shown. */
export const exactMoney = (amount: Exact, currency: { readonly code: string; readonly exponent: number }): string =>
  `${isShownWhole(amount) ? '' : '≈ '}${money(shown(amount), currency)}`;

/** The end of a sentence: `= 200.00 USD`, or `≈ 316.129032 USD` if it has more decimals than are shown. */
export const equalTo = (amount: Exact, currency: { readonly code: string; readonly exponent: number }): string =>
  isShownWhole(amount) ? `= ${money(shown(amount), currency)}` : exactMoney(amount, currency);
