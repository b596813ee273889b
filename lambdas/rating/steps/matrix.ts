import type { PriceStep } from '../../catalog/types.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { compare, formatDecimal, multiply, parseDecimal, ZERO } from '../../platform/decimal.ts';
import { exact, plus } from '../exact.ts';
import { RatingError } from '../rating-error.ts';
import { money, quantity } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'matrix' }>;

/**
 * The unit price depends on up to three dimensions of the line. Example with 0.10 USD in (eu, small) and 0.20 USD
 * otherwise: 50 hours in (us, large) × 0.20 USD = 10.00 USD.
 * @throws {RatingError} `no-matrix-cell` for values that no cell names when there is no price otherwise.
 */
export const matrix: Step<Params> = (step) => {
  const cells = new Map(step.cells.map(({ values, unitPrice }) => [canonicalJson(values), parseDecimal(unitPrice)]));
  const otherwise = step.otherwise === undefined ? undefined : parseDecimal(step.otherwise);
  return (working, { currency, dimensions }) => {
    const values = step.dimensions.map((name) => dimensions[name] ?? '');
    const named = cells.get(canonicalJson(values));
    const price = named ?? otherwise;
    const charged = compare(working.quantity, ZERO) > 0 ? working.quantity : ZERO;
    if (price === undefined && charged !== ZERO) {
      const place = step.dimensions.map((name, n) => `${name} "${values[n]}"`).join(', ');
      throw new RatingError(
        'no-matrix-cell',
        `no cell of the price names ${place}: add the cell or a price for all others`,
        { place },
      );
    }
    const amount = price === undefined ? ZERO : multiply(charged, price);
    return done(working, { amount: plus(working.amount, exact(amount)) }, () => {
      const measured = quantity(working.quantity, working.unit);
      const where = `${values.join(', ')}${named === undefined ? ' (no price of its own)' : ''}`;
      return {
        step: step.step,
        text:
          price === undefined || charged === ZERO
            ? `${measured}: nothing to charge`
            : `${where}: ${measured} × ${money(price, currency)} = ${money(amount, currency)}`,
        result: formatDecimal(amount),
        unit: currency.code,
        children: [],
      };
    });
  };
};
