import type { PriceStep } from '../../catalog/types.ts';
import {
  type Decimal,
  divide,
  equals,
  formatDecimal,
  multiply,
  parseDecimal,
  type Rounding,
  round,
  sum,
} from '../../platform/decimal.ts';
import { number, quantity } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'unit-conversion' }>;

/** A quotient need not be a finite decimal; as a quantity it has at most this many, rounded half up. */
const DECIMALS = 12;

const ROUNDINGS = { up: 'ceiling', down: 'floor', 'half-up': 'half-up' } as const satisfies Record<string, Rounding>;

/**
 * Turns the measured unit into the priced one. Without `rounding` it is exact, so converting the total is the same as
 * converting its parts; with it, to whole units of the total, once. Examples: 2,500 calls × 0.001 = 2.5 thousand calls;
 * 1,400 calls ÷ 1,000, rounded up, = 2 thousand calls. Where each bill of the period converts its own slice (S10), 1,400
 * calls billed before and 1,300 now are 2 + 2 thousand calls, not 3.
 */
export const unitConversion: Step<Params> = (step) => {
  const by = parseDecimal(step.divideBy ?? step.multiplyBy ?? '1');
  const scaled = (value: Decimal): Decimal =>
    step.divideBy === undefined ? multiply(value, by) : divide(value, by, DECIMALS, 'half-up');
  const rounding = step.rounding === undefined ? undefined : ROUNDINGS[step.rounding];
  // Rounded from the quotient itself: 12 decimals first would round twice.
  const convert = (value: Decimal): Decimal => {
    if (rounding === undefined) return scaled(value);
    return step.divideBy === undefined ? round(multiply(value, by), 0, rounding) : divide(value, by, 0, rounding);
  };
  return (working, { slices }) => {
    // Of a window or a contract year the slices are no parts: it is converted as a whole.
    const parts = slices !== undefined && equals(sum(slices), working.quantity) ? slices : [working.quantity];
    const converted = sum(parts.map(convert));
    const { fullQuantity, transactions } = working;
    return done(
      working,
      {
        quantity: converted,
        unit: step.unit,
        ...(fullQuantity === undefined ? {} : { fullQuantity: convert(fullQuantity) }),
        ...(transactions === undefined
          ? {}
          : { transactions: transactions.map(({ amount, count }) => ({ amount: scaled(amount), count })) }),
      },
      () => ({
        step: step.step,
        text: `${quantity(working.quantity, working.unit)} ${step.divideBy === undefined ? '×' : '÷'} ${number(by)}${
          step.rounding === undefined ? '' : `, rounded ${step.rounding},`
        }${parts.length > 1 ? ` in ${parts.length} bills` : ''} = ${quantity(converted, step.unit)}`,
        result: formatDecimal(converted),
        unit: step.unit,
        children: [],
      }),
    );
  };
};
