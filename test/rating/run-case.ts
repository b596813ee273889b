import { exponentOf } from '../../lambdas/platform/currency.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  negate,
  parseDecimal,
  round,
  sum,
  ZERO,
} from '../../lambdas/platform/decimal.ts';
import { changeNet } from '../../lambdas/rating/change-net.ts';
import { type DocumentLine, documentTotal } from '../../lambdas/rating/document-total.ts';
import type { ArithmeticNode } from '../../lambdas/rating/types.ts';
import { type Bills, billsOf } from './rate-bills.ts';
import type { CaseDocument, Figure, FigureSource, Part, WorkedCase } from './worked-case.ts';

/** A figure with what came out. */
export type FigureResult = { readonly figure: Figure; readonly actual: string; readonly holds: boolean };

/** What became of a case: its figures, and the arithmetic of every bill that they were computed from. */
export type CaseResult =
  | {
      readonly figures: readonly FigureResult[];
      readonly holds: boolean;
      readonly arithmetic: readonly ArithmeticNode[];
    }
  | { readonly error: Error };

const amountOf = (part: Part, bills: Bills): Decimal => {
  if ('amount' in part) return parseDecimal(part.amount);
  const { lines, payments } = bills.result(part.bill);
  const chosen = lines.filter(({ item }) => part.item === undefined || item === part.item);
  if (part.of === 'payments') return sum(payments.map(({ amount }) => parseDecimal(amount)));
  return sum(chosen.map((line) => parseDecimal(part.of === 'quantity' ? line.quantity : line.amount)));
};

const sumOf = (parts: readonly Part[], bills: Bills): Decimal =>
  sum(parts.map((part) => (part.sign === '-' ? negate(amountOf(part, bills)) : amountOf(part, bills))));

/** Items of promotional credits, as the rating library names their lines. */
const isCredit = (item: string): boolean => item.startsWith('credit-');

const documentLines = (entry: CaseDocument['lines'][number], bills: Bills): DocumentLine[] =>
  'bill' in entry
    ? bills
        .result(entry.bill)
        .lines.map(({ amount, item }) => ({ amount, ...(isCredit(item) ? { credit: true } : {}) }))
    : [{ amount: formatDecimal(sumOf(entry, bills)) }];

const documentPart = (
  { document, part }: Extract<FigureSource, { document: CaseDocument }>,
  bills: Bills,
  exponent: number,
): Decimal => {
  const named = document.lines.find((entry) => 'bill' in entry);
  const input = {
    ...document,
    exponent,
    policy: bills.policy(named !== undefined && 'bill' in named ? named.bill : undefined),
  };
  const lines = document.lines.flatMap((entry) => documentLines(entry, bills));
  const totals =
    document.apart === true
      ? lines.map((line) => documentTotal({ ...input, lines: [line] }))
      : [documentTotal({ ...input, lines })];
  return sum(totals.map((total) => parseDecimal(total[part])));
};

const figureValue = (figure: FigureSource, bills: Bills, exponent: number): Decimal => {
  if ('sum' in figure) return sumOf(figure.sum, bills);
  if ('document' in figure) return documentPart(figure, bills, exponent);
  const texts = (parts: readonly Part[]) => parts.map((part) => formatDecimal(amountOf(part, bills)));
  const { charges, credits } = figure.change;
  return parseDecimal(changeNet({ charges: texts(charges), credits: texts(credits) }, exponent, bills.policy()));
};

/** The most decimals that the rating library leaves an amount that is not rounded. */
const PLACES = 12;

const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;

/** An amount has the decimals of its currency, or more where it was published unrounded; a quantity those published. */
const check = (figure: Figure, bills: Bills, exponent: number): FigureResult => {
  const published = decimalsOf(figure.expected);
  const places = Math.min(PLACES, figure.quantity === true ? published : Math.max(exponent, published));
  const actual = round(figureValue(figure, bills, exponent), places, 'half-up');
  const expected = round(parseDecimal(figure.expected), places, 'half-up');
  return { figure, actual: formatDecimal(actual), holds: compare(actual, expected) === 0 };
};

/** The arithmetic of all lines of the bills that were rated. */
const arithmeticOf = (bills: Bills): ArithmeticNode[] =>
  bills.rated().map(([name, { lines, payments }]) => ({
    step: 'bill',
    text: `bill "${name}"${payments.length === 0 ? '' : `, payments ${payments.map(({ amount }) => amount).join(', ')}`}`,
    result: formatDecimal(lines.map(({ amount }) => parseDecimal(amount)).reduce(add, ZERO)),
    unit: '',
    children: lines.map(({ arithmetic }) => arithmetic),
  }));

/** Rates a case under the profile of its system and compares every figure. An error of the library is its result. */
export const runCase = (worked: WorkedCase): CaseResult => {
  try {
    const bills = billsOf(worked);
    const exponent = exponentOf(worked.currency);
    const figures = worked.figures.map((figure) => check(figure, bills, exponent));
    return { figures, holds: figures.every(({ holds }) => holds), arithmetic: arithmeticOf(bills) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error };
  }
};
