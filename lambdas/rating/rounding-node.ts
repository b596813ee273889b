import { type Decimal, formatDecimal, formatFixed } from '../platform/decimal.ts';
import { type Exact, roundExact } from './exact.ts';
import type { LazyNode } from './steps/step.ts';
import type { RatingPolicy } from './types.ts';
import { exactMoney, money } from './wording.ts';

/** The text of an amount: at least the currency's decimals, `12.50`. */
export const formatAmount = (amount: Decimal, exponent: number): string =>
  amount.scale < exponent ? formatFixed(amount, exponent) : formatDecimal(amount);

type Rounding = {
  readonly currency: { readonly code: string; readonly exponent: number };
  readonly places: number;
  readonly policy: Pick<RatingPolicy, 'lineRounding'>;
};

/** The last node of every line: its one rounding. */
export const roundingNode =
  (amount: Exact, { currency, places, policy }: Rounding): LazyNode =>
  () => {
    const rounded = roundExact(amount, places, policy.lineRounding);
    return {
      step: 'line-rounding',
      text: `${exactMoney(amount, currency)} rounded ${policy.lineRounding} to ${places} decimals = ${money(rounded, currency)}`,
      result: formatAmount(rounded, currency.exponent),
      unit: currency.code,
      children: [],
    };
  };
