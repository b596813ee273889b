import { exponentOf } from '../platform/currency.ts';
import { grouped } from '../platform/decimal.ts';

/** A price or amount with at least the currency's decimals: `1,234.50 USD`, `0.0025 USD`, `1,300 JPY`. */
export const money = (amount: string, currency: string): string => {
  const [whole = '', fraction = ''] = amount.split('.');
  const decimals = fraction.replace(/0+$/, '').padEnd(exponentOf(currency), '0');
  return `${grouped(whole)}${decimals === '' ? '' : `.${decimals}`} ${currency}`;
};

/** The unit of more than one: `seats`, `summaries`, but `GB`. */
export const many = (unit: string): string =>
  /[A-Zs]$/.test(unit) ? unit : /[^aeiou]y$/.test(unit) ? `${unit.slice(0, -1)}ies` : `${unit}s`;
