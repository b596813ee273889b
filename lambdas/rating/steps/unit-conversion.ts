import type { PriceStep } from '../../catalog/types.ts';
import {
  type Decimal,
  divide,
  equals,
  formatDecimal,
  fromInteger,
  multiply,
  ONE,
  parseDecimal,
  type Rounding,
  round,
  sum,
} from '../../platform/decimal.ts';
import { number, quantity } from '../wording.ts';
import { type Apply, done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'unit-conversion' }>;

/** A quotient need not be a finite decimal: then it has so many, and the charge is brought back to fewer. */
const QUOTIENT_DECIMALS = 40;
const CHARGE_DECIMALS = 25;

/** `1 ÷ by` if that is a finite decimal: if `by` has no prime factor but 2 and 5. */
const reciprocal = (by: Decimal): Decimal | undefined => {
  let rest = by.units;
  let places = by.scale;
  for (const prime of [2n, 5n]) {
    for (; rest % prime === 0n; rest /= prime) places += 1;
  }
  return rest === 1n ? divide(ONE, by, places, 'down') : undefined;
};

/** Whether the quotients of a conversion may have decimals without end. */
export const isEndless = ({ divideBy, rounding }: Params): boolean =>
  divideBy !== undefined && rounding === undefined && reciprocal(parseDecimal(divideBy)) === undefined;

/**
 * What a quotient without end was charged at, as the fraction that it is: a third at 0.015 is 0.005 again and not 0.00499…,
 * and 22 thirds at 2 are 44 thirds, so that the line is rounded from the exact amount whatever follows.
 */
export const settleQuotient = ({ divideBy }: Params): Apply => {
  const parts = parseDecimal(divideBy ?? '1').units;
  return (working) => {
    const { value, parts: shared } = working.amount;
    // So many times the charge is a decimal with an end again; what the quotient had cut off is rounded away.
    const whole = round(multiply(value, fromInteger(parts)), CHARGE_DECIMALS, 'half-even');
    const ended = round(value, CHARGE_DECIMALS, 'half-even');
    const ends = equals(multiply(ended, fromInteger(parts)), whole);
    return { ...working, amount: ends ? { value: ended, parts: shared } : { value: whole, parts: shared * parts } };
  };
};

const ROUNDINGS = { up: 'ceiling', down: 'floor', 'half-up': 'half-up' } as const satisfies Record<string, Rounding>;

/**
 * Turns the measured unit into the priced one. Without `rounding` it is exact, so converting the total is the same as
 * converting its parts; with it, to whole units of the total, once. Examples: 2,500 calls × 0.001 = 2.5 thousand calls;
 * 1,400 calls ÷ 1,000, rounded up, = 2 thousand calls. Where each bill of the period converts its own slice (S10), 1,400
 * calls billed before and 1,300 now are 2 + 2 thousand calls, not 3.
 */
export const unitConversion: Step<Params> = (step) => {
  const by = parseDecimal(step.divideBy ?? step.multiplyBy ?? '1');
  const factor = step.divideBy === undefined ? by : reciprocal(by);
  const scaled = (value: Decimal): Decimal =>
    factor === undefined ? divide(value, by, QUOTIENT_DECIMALS, 'half-even') : multiply(value, factor);
  const rounding = step.rounding === undefined ? undefined : ROUNDINGS[step.rounding];
  // Rounded from the quotient itself: so many decimals first would round twice.
  const convert = (value: Decimal): Decimal => {
    if (rounding === undefined) return scaled(value);
    return step.divideBy === undefined ? round(multiply(value, by), 0, rounding) : divide(value, by, 0, rounding);
  };
  return (working, { slices }) => {
    // Of a window or a contract year the slices are no parts: it is converted as a whole.
    const parts = slices !== undefined && equals(sum(slices), working.quantity) ? slices : [working.quantity];
    // What is not rounded is converted whole: quotients without end, cut off one by one, would not add up to it.
    const converted = rounding === undefined ? convert(working.quantity) : sum(parts.map(convert));
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
      () => {
        const how = step.rounding === undefined ? '' : `, rounded ${step.rounding},`;
        const bills = parts.length > 1 ? ` in ${parts.length} bills` : '';
        const said = quantity(converted, step.unit);
        return {
          step: step.step,
          text: `${quantity(working.quantity, working.unit)} ${step.divideBy === undefined ? '×' : '÷'} ${number(by)}${how}${bills} ${said.startsWith('≈') ? said : `= ${said}`}`,
          result: formatDecimal(converted),
          unit: step.unit,
          children: [],
        };
      },
    );
  };
};
