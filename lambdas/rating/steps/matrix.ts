import type { PriceStep } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import {
  type Decimal,
  equals,
  formatDecimal,
  isNegative,
  multiply,
  parseDecimal,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import { exact } from '../exact.ts';
import { RatingError } from '../rating-error.ts';
import type { ArithmeticNode } from '../types.ts';
import { comesTo, money, quantity } from '../wording.ts';
import { charging, type Step, type StepContext } from './step.ts';

type Params = Extract<PriceStep, { step: 'matrix' }>;
type Dimensions = StepContext['dimensions'];

/** A quantity with the price of its cell. */
type Priced = { readonly where: string; readonly quantity: Decimal; readonly price: Decimal };

const nodeOf = (
  { where, quantity: charged, price }: Priced,
  unit: string,
  { currency }: StepContext,
): ArithmeticNode => ({
  step: 'cell',
  text: `${where}: ${quantity(charged, unit)} × ${money(price, currency)} ${comesTo(multiply(charged, price), currency)}`,
  result: formatDecimal(multiply(charged, price)),
  unit: currency.code,
  children: [],
});

/**
 * The unit price depends on up to three dimensions. Example with 0.10 USD in (eu, small) and 0.20 USD otherwise: 50
 * hours in (us, large) × 0.20 USD = 10.00 USD. Where a line pools several values that differ in price, each measured
 * quantity has the price of its own cell.
 * @throws {RatingError} `no-matrix-cell` for values that no cell names when there is no price otherwise.
 */
export const matrix: Step<Params> = (step) => {
  const cells = new Map(step.cells.map(({ values, unitPrice }) => [canonicalJson(values), parseDecimal(unitPrice)]));
  const otherwise = step.otherwise === undefined ? undefined : parseDecimal(step.otherwise);
  const priceOf = (dimensions: Dimensions): { readonly where: string; readonly price: Decimal } => {
    const values = step.dimensions.map((name) => dimensions[name] ?? '');
    const named = cells.get(canonicalJson(values));
    const price = named ?? otherwise;
    if (price === undefined) {
      const place = step.dimensions.map((name, n) => `${name} "${values[n]}"`).join(', ');
      const message = `no cell of the price names ${place}: add the cell or a price for all others`;
      throw new RatingError('no-matrix-cell', message, { place });
    }
    return { where: `${values.join(', ')}${named === undefined ? ' (no price of its own)' : ''}`, price };
  };
  return (working, context) => {
    const { currency, rows } = context;
    const charged = isNegative(working.quantity) ? ZERO : working.quantity;
    const found = rows.map((row) => ({ ...priceOf(row.dimensions), quantity: row.quantity }));
    const [first] = found;
    // One cell: what conversion and allowance left. Several: they are measured quantities, each by itself.
    const one = first !== undefined && found.every(({ price }) => equals(price, first.price));
    const priced: readonly Priced[] = one ? [{ ...first, quantity: charged }] : found;
    const amount = sum(priced.map(({ quantity: part, price }) => multiply(part, price)));
    return charging(working, exact(amount), () => {
      const measured = quantity(working.quantity, working.unit);
      return {
        step: step.step,
        text:
          priced.length === 0
            ? `${measured}: nothing to charge`
            : `${measured} by ${step.dimensions.join(', ')} ${comesTo(amount, currency)}`,
        result: formatDecimal(amount),
        unit: currency.code,
        children: priced.map((part) => nodeOf(part, working.unit, context)),
      };
    });
  };
};
