import { type Decimal, equals, formatDecimal, isNegative, isZero, ONE } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { formatAmount, roundingNode } from '../rounding-node.ts';
import type { ArithmeticNode } from '../types.ts';
import { money } from '../wording.ts';
import { type Bill, type BillContext, type Charge, leftOf } from './bill.ts';

/** What a charge of the contract itself says of itself. */
type Words = {
  readonly item: string;
  readonly product: string;
  readonly description: string;
  readonly amount: Decimal;
  /** How the amount came about, as a sentence. */
  readonly text: () => string;
  /** The charges that it is over. */
  readonly over: readonly Charge[];
};

/** A covered line, and what earlier rules of the contract left of it, if they took something off. */
const coveredLine = (bill: Bill, { currency }: BillContext, charge: Charge): ArithmeticNode => {
  const { description, amount } = charge;
  const left = leftOf(bill, [charge]);
  const less = equals(left, amount) ? '' : `, ${money(left, currency)} left of it`;
  return {
    step: 'covered-line',
    text: `${description}: ${money(amount, currency)}${less}`,
    result: formatAmount(left, currency.exponent),
    unit: currency.code,
    children: [],
  };
};

/** Whether a charge is still there: what lowers others is in what is left of them. */
const isLeft = (bill: Bill, charge: Charge): boolean => !isNegative(charge.amount) || !isZero(leftOf(bill, [charge]));

/**
 * A charge of the contract itself. It is recognized as the charges that it is over, where these are recognized alike;
 * else over its service period by day.
 * @param bill what there is before the charge.
 */
export const contractCharge = (bill: Bill, context: BillContext, { text, over, ...words }: Words): Charge => {
  const [recognition = 'straight-line-day', ...others] = new Set(over.map((charge) => charge.recognition));
  const { currency, part } = context;
  return {
    ...words,
    meter: undefined,
    dimensions: {},
    period: part,
    ahead: undefined,
    quantity: ONE,
    unit: 'period',
    recognition: others.length === 0 ? recognition : 'straight-line-day',
    nodes: () => [
      () => ({
        step: words.product,
        text: text(),
        result: formatDecimal(words.amount),
        unit: currency.code,
        children: over.filter((charge) => isLeft(bill, charge)).map((charge) => coveredLine(bill, context, charge)),
      }),
      roundingNode(exact(words.amount), context),
    ],
    madeFrom: (lineOf) => over.map(lineOf).map(({ id, amount, inputsHash }) => ({ id, amount, inputsHash })),
  };
};
