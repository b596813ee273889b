import {
  add,
  type Decimal,
  formatFixed,
  multiply,
  parseDecimal,
  round,
  subtract,
  sum,
  ZERO,
} from '../platform/decimal.ts';
import type { RatingPolicy } from './types.ts';

/** A line of a document: its amount without tax, exact or rounded. `credit`: a promotional credit, below 0. */
export type DocumentLine = { readonly amount: string; readonly credit?: true };

/** What a document is to be estimated from. The tax that counts is the ERP's: this is what to expect of it. */
export type DocumentInput = {
  readonly kind: 'invoice' | 'credit-note';
  readonly lines: readonly DocumentLine[];
  /** Percent of the taxable amount, or the amount of tax itself; neither: no tax. */
  readonly tax?: { readonly percent: string } | { readonly amount: string };
  /** Totals of credit notes that this document is lowered by, above 0. */
  readonly creditNotes?: readonly string[];
  /** Decimals of the currency. */
  readonly exponent: number;
  readonly policy: Pick<RatingPolicy, 'taxBase' | 'creditTax' | 'lineRounding'>;
};

/** Amounts with the currency's decimals. `net` is without tax and before credit notes, `taxable` what tax is taken of. */
export type DocumentTotal = {
  readonly net: string;
  readonly taxable: string;
  readonly tax: string;
  readonly total: string;
};

const PERCENT = parseDecimal('0.01');

const taxOf = (tax: DocumentInput['tax'], taxable: Decimal): Decimal => {
  if (tax === undefined) return ZERO;
  return 'amount' in tax ? parseDecimal(tax.amount) : multiply(taxable, multiply(parseDecimal(tax.percent), PERCENT));
};

/**
 * What a document comes to with tax, by the policy (metering options S5 and S11):
 * - tax is taken of what is left after promotional credits, or (`before-credits`) of what was there before them;
 * - an invoice keeps all decimals to its end: 200 × 29/30 and 25 % of it are 241.67, not 193.33 + 48.33;
 * - of a credit note net and tax are rounded `apart` (193.33 + 48.33 = 241.66), or `together` as an invoice.
 * Pure. @throws {DecimalFormatError} for an amount that is not a plain decimal.
 */
export const documentTotal = (input: DocumentInput): DocumentTotal => {
  const { kind, lines, exponent, policy } = input;
  const rounded = (amount: Decimal): Decimal => round(amount, exponent, policy.lineRounding);
  const net = sum(lines.map(({ amount }) => parseDecimal(amount)));
  const credits = sum(lines.flatMap(({ amount, credit }) => (credit === true ? [parseDecimal(amount)] : [])));
  const taxable = policy.taxBase === 'before-credits' ? subtract(net, credits) : net;
  const tax = taxOf(input.tax, taxable);
  const apart = kind === 'credit-note' && policy.creditTax === 'apart';
  const gross = apart ? add(rounded(net), rounded(tax)) : rounded(add(net, tax));
  const total = subtract(gross, rounded(sum((input.creditNotes ?? []).map(parseDecimal))));
  const text = (amount: Decimal): string => formatFixed(rounded(amount), exponent);
  return { net: text(net), taxable: text(taxable), tax: text(tax), total: text(total) };
};
