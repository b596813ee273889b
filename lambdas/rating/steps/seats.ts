import type { PriceStep } from '../../catalog/types.ts';
import {
  type Decimal,
  equals,
  formatDecimal,
  fromInteger,
  multiply,
  parseDecimal,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import { type Exact, exact, plus, share, times } from '../exact.ts';
import type { ArithmeticNode } from '../types.ts';
import { equalTo, money, quantity, shown } from '../wording.ts';
import { done, type Step } from './step.ts';

type Params = Extract<PriceStep, { step: 'seats' }>;
type Run = { readonly first: string; readonly last: string; readonly days: number; readonly seats: Decimal };

/** Neighbouring days with the same number of seats, so that the arithmetic reads as the changes of the month. */
const runsOf = (daily: readonly { readonly day: string; readonly value: Decimal }[]): Run[] => {
  const runs: Run[] = [];
  for (const { day, value } of daily) {
    const run = runs.at(-1);
    if (run !== undefined && equals(run.seats, value))
      runs[runs.length - 1] = { ...run, last: day, days: run.days + 1 };
    else runs.push({ first: day, last: day, days: 1, seats: value });
  }
  return runs;
};

/**
 * Each day's seats at the day's share of the monthly price; a day has the seats in force when it ends. Example in a
 * month of 30 days at 15.00 USD: 10 seats for 20 days and 16 for 10 days = 100.00 + 80.00 = 180.00 USD.
 */
export const seats: Step<Params> = (working, step, { currency, daily, periodDays }) => {
  const price = parseDecimal(step.unitPrice);
  const costOf = (run: Run): Exact => share(times(exact(price), run.seats), run.days, periodDays);
  const runs = runsOf(daily);
  const amount = runs.map(costOf).reduce(plus, exact(ZERO));
  const children = runs.map((run): ArithmeticNode => {
    const charged = `${quantity(run.seats, working.unit)} × ${money(price, currency)} × ${run.days}/${periodDays} days`;
    const when = run.days === 1 ? run.first : `${run.first} to ${run.last}`;
    return {
      step: 'days',
      text: `${when}: ${charged} ${equalTo(costOf(run), currency)}`,
      result: formatDecimal(shown(costOf(run))),
      unit: currency.code,
      children: [],
    };
  });
  const seatDays = sum(runs.map((run) => multiply(run.seats, fromInteger(run.days))));
  return done(
    working,
    { amount: plus(working.amount, amount) },
    {
      step: step.step,
      text: `${quantity(seatDays, `${working.unit} day`)} at ${money(price, currency)} for ${periodDays} days ${equalTo(amount, currency)}`,
      result: formatDecimal(shown(amount)),
      unit: currency.code,
      children,
    },
  );
};
