import { type Decimal, formatDecimal, ONE } from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { formatAmount, roundingNode } from '../rounding-node.ts';
import type { ArithmeticNode } from '../types.ts';
import { money } from '../wording.ts';
import type { BillContext, Charge } from './bill.ts';

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

const coveredLine = ({ currency }: BillContext, { description, amount }: Charge): ArithmeticNode => ({
  step: 'covered-line',
  text: `${description}: ${money(amount, currency)}`,
  result: formatAmount(amount, currency.exponent),
  unit: currency.code,
  children: [],
});

/**
 * A charge of the contract itself. It is recognized as the charges that it is over, where these are recognized alike;
 * else over its service period by day.
 */
export const contractCharge = (context: BillContext, { text, over, ...words }: Words): Charge => {
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
        children: over.map((charge) => coveredLine(context, charge)),
      }),
      roundingNode(exact(words.amount), context),
    ],
    madeFrom: (lineOf) => over.map(lineOf).map(({ id, amount, inputsHash }) => ({ id, amount, inputsHash })),
  };
};
