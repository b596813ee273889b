import {
  add,
  compare,
  type Decimal,
  equals,
  formatDecimal,
  isNegative,
  isZero,
  subtract,
  ZERO,
} from '../../platform/decimal.ts';
import { type Exact, exact, NOTHING, plus, ratio, roundExact, share, times } from '../exact.ts';
import type { ArithmeticNode } from '../types.ts';
import { equalTo, instant, money, number, quantity, shown } from '../wording.ts';
import { type HeldShare, heldShares } from './covered.ts';
import { type Apply, charging, type Shift, type StepContext } from './step.ts';

/** A change of which perhaps only a part of the seats counts: `by`, of `whole`. */
type Counted = Shift & { readonly whole: Decimal };

/** Only what goes above the highest number so far: fewer seats count from the next period on. */
const withoutDecreases = (shifts: readonly Shift[]): readonly Counted[] => {
  let level = ZERO;
  let most = ZERO;
  return shifts.flatMap((shift) => {
    level = add(level, shift.by);
    if (compare(level, most) <= 0) return [];
    const more = { ...shift, by: subtract(level, most), whole: shift.by };
    most = level;
    return [more];
  });
};

type Charged = { readonly shift: Counted; readonly held: HeldShare; readonly cost: Exact };

/** Of what somebody said is charged of a change as much counts as of its seats. */
const costOf = ({ by, whole, prorated }: Counted, price: Decimal, held: HeldShare): Exact => {
  if (prorated === undefined) return share(times(exact(price), by), held.part, held.whole);
  const all = times(exact(price), prorated);
  return equals(by, whole) ? all : ratio(all, by, whole);
};

const charge = (shift: Counted, price: Decimal, held: HeldShare, context: StepContext): Charged => {
  const { currency, policy } = context;
  const full = costOf(shift, price, held);
  // S7: each charge and each credit is rounded, or only the line that they make up.
  const cost =
    policy.prorationRounding === 'each' ? exact(roundExact(full, currency.exponent, policy.lineRounding)) : full;
  return { shift, cost, held };
};

/** `+2 × 15.00 USD × 1,000 of 2,000 seconds`, `+2 of 5 charged as 2.5 × 15.00 USD`: what `costOf` computed. */
const costWords = ({ shift: { by, whole, prorated }, held }: Charged, price: string): string => {
  const counted = `${isNegative(by) ? '' : '+'}${number(by)}`;
  if (prorated === undefined) return `${counted} × ${price} × ${held.words()}`;
  return `${counted}${equals(by, whole) ? '' : ` of ${number(whole)}`} charged as ${number(prorated)} × ${price}`;
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
    const all = changes.map((shift) => ({ ...shift, whole: shift.by }));
    const charged = (keep ? withoutDecreases(changes) : all)
      .filter(({ by }) => !isZero(by))
      .map((shift) => charge(shift, price, heldFrom(shift.at), context));
    const amount = charged.map(({ cost }) => cost).reduce(plus, NOTHING);
    return charging(working, amount, () => ({
      step: 'seats',
      text: `${quantity(working.quantity, working.unit)} in the end, by the second at ${money(price, currency)} ${equalTo(amount, currency)}`,
      result: formatDecimal(shown(amount)),
      unit: currency.code,
      children: charged.map(
        (each): ArithmeticNode => ({
          step: 'change',
          text: `${instant(each.shift.at)}: ${costWords(each, money(price, currency))} ${equalTo(each.cost, currency)}`,
          result: formatDecimal(shown(each.cost)),
          unit: currency.code,
          children: [],
        }),
      ),
    }));
  };
