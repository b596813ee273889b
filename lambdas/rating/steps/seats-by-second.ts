import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  isNegative,
  isZero,
  subtract,
  ZERO,
} from '../../platform/decimal.ts';
import { type Exact, exact, NOTHING, plus, roundExact, share, times } from '../exact.ts';
import type { ArithmeticNode } from '../types.ts';
import { equalTo, instant, money, number, quantity, shown } from '../wording.ts';
import { type HeldShare, heldShares } from './covered.ts';
import { type Apply, charging, type Shift, type StepContext } from './step.ts';

/** Only what goes above the highest number so far: fewer seats count from the next period on. */
const withoutDecreases = (shifts: readonly Shift[]): readonly Shift[] => {
  let level = ZERO;
  let most = ZERO;
  return shifts.flatMap(({ at, by }) => {
    level = add(level, by);
    if (compare(level, most) <= 0) return [];
    const more = { at, by: subtract(level, most) };
    most = level;
    return [more];
  });
};

type Charged = { readonly shift: Shift; readonly held: HeldShare; readonly cost: Exact };

const charge = (shift: Shift, price: Decimal, held: HeldShare, context: StepContext): Charged => {
  const { currency, policy } = context;
  const full =
    shift.prorated === undefined
      ? share(times(exact(price), shift.by), held.part, held.whole)
      : times(exact(price), shift.prorated);
  // S7: each charge and each credit is rounded, or only the line that they make up.
  const cost =
    policy.prorationRounding === 'each' ? exact(roundExact(full, currency.exponent, policy.lineRounding)) : full;
  return { shift, cost, held };
};

/**
 * Each change of the number of seats for the seconds that it holds. Example in a month of 30 days at 15.00 USD: 10 seats
 * from the beginning and 6 more after 20 days = 150.00 + 6 × 15.00 × 864,000 of 2,592,000 seconds = 180.00 USD.
 */
export const seatsBySecond =
  (price: Decimal, keep: boolean): Apply =>
  (working, context) => {
    const { currency, changes = [] } = context;
    const heldFrom = heldShares(context);
    const charged = (keep ? withoutDecreases(changes) : changes)
      .filter(({ by }) => !isZero(by))
      .map((shift) => charge(shift, price, heldFrom(shift.at), context));
    const amount = charged.map(({ cost }) => cost).reduce(plus, NOTHING);
    return charging(working, amount, () => ({
      step: 'seats',
      text: `${quantity(working.quantity, working.unit)} in the end, by the second at ${money(price, currency)} ${equalTo(amount, currency)}`,
      result: formatDecimal(shown(amount)),
      unit: currency.code,
      children: charged.map(
        ({ shift: { at, by, prorated }, held, cost }): ArithmeticNode => ({
          step: 'change',
          text: `${instant(at)}: ${isNegative(by) ? '' : '+'}${number(by)}${prorated === undefined ? '' : ` charged as ${number(prorated)}`} × ${money(price, currency)}${prorated === undefined ? ` × ${held.words()}` : ''} ${equalTo(cost, currency)}`,
          result: formatDecimal(shown(cost)),
          unit: currency.code,
          children: [],
        }),
      ),
    }));
  };
