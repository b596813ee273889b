import { absolute, add, isNegative, shorten } from './decimal.ts';

/** How numbers are written: the viewer's separators, put into the decimal string itself. */

type Separators = { readonly decimal: string; readonly group: (whole: string) => string };

const separatorsOf = (locale: string): Separators => {
  const decimal = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value;
  // A bigint is formatted exactly, with the locale's own grouping (also where it is not by thousands).
  const whole = new Intl.NumberFormat(locale, { useGrouping: true, numberingSystem: 'latn' });
  return { decimal: decimal ?? '.', group: (text) => whole.format(BigInt(text)) };
};

const known = new Map<string, Separators>();

const separators = (locale: string): Separators => {
  const found = known.get(locale) ?? separatorsOf(locale);
  known.set(locale, found);
  return found;
};

const grouped = (unsigned: string, locale: string): string => {
  const [whole = '0', fraction] = unsigned.split('.');
  const { decimal, group } = separators(locale);
  return fraction === undefined ? group(whole) : `${group(whole)}${decimal}${fraction}`;
};

/** The currency's own number of decimals, as ISO 4217 (through the browser) knows it. */
export const decimalsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** The amount with at least the currency's decimals; more are shown as they are, never rounded away. */
export const withDecimals = (amount: string, currency: string): string => {
  const wanted = decimalsOf(currency);
  return wanted === 0 ? amount : add(amount, `0.${'0'.repeat(wanted)}`);
};

/** An amount of money: `1,234.50`, negative `(1,234.50)`, in JPY `123,456`. The unit stands in the header. */
export const formatAmount = (amount: string, currency: string, locale: string): string => {
  const text = grouped(absolute(withDecimals(amount, currency)), locale);
  return isNegative(amount) ? `(${text})` : text;
};

/** An amount with its currency for running text: `USD 1,234.50`, `USD (12.00)`. */
export const formatMoney = (amount: string, currency: string, locale: string): string =>
  `${currency}\u00a0${formatAmount(amount, currency, locale)}`;

/** A quantity with at most `decimals` decimals; the exact one belongs on hover when it differs. */
export const formatQuantity = (quantity: string, locale: string, decimals = 4): string => {
  const short = shorten(quantity, decimals);
  return `${isNegative(short) ? '\u2212' : ''}${grouped(absolute(short), locale)}`;
};

/** A count of things. */
export const formatCount = (count: number, locale: string): string => new Intl.NumberFormat(locale).format(count);

/** `1 document`, `3 documents`. */
export const plural = (count: number, one: string, locale: string, many = `${one}s`): string =>
  `${formatCount(count, locale)} ${count === 1 ? one : many}`;

/** Totals by currency of a list of amounts, currencies in order. */
export const totalsOf = (
  amounts: readonly { readonly currency: string; readonly amount: string }[],
): Record<string, string> => {
  const sums: Record<string, string> = {};
  for (const { currency, amount } of amounts) sums[currency] = add(sums[currency] ?? '0', amount);
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => a.localeCompare(b)));
};
