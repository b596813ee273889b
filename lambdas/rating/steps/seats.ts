import type { PriceStep } from '../../catalog/types.ts';
import {
  compare,
  type Decimal,
  equals,
  formatDecimal,
  fromInteger,
  maximum,
  multiply,
  parseDecimal,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import { daysBetween } from '../../platform/period.ts';
import { type Exact, exact, NOTHING, plus, share, times } from '../exact.ts';
import { RatingError } from '../rating-error.ts';
import type { ArithmeticNode } from '../types.ts';
import { equalTo, money, quantity, shown } from '../wording.ts';
import { worthOf } from './covered.ts';
import { seatsBySecond } from './seats-by-second.ts';
import { type Apply, charging, type Step, type StepContext, type Working } from './step.ts';

type Params = Extract<PriceStep, { step: 'seats' }>;
type Daily = StepContext['daily'];
type Run = { readonly first: string; readonly last: string; readonly days: number; readonly seats: Decimal };

/** Neighbouring days with the same number of seats, so that the arithmetic reads as the changes of the month. */
const runsOf = (daily: Daily): Run[] => {
  const runs: Run[] = [];
  for (const { day, value } of daily) {
    const run = runs.at(-1);
    if (run !== undefined && equals(run.seats, value))
      runs[runs.length - 1] = { ...run, last: day, days: run.days + 1 };
    else runs.push({ first: day, last: day, days: 1, seats: value });
  }
  return runs;
};

/** Days on which there are fewer seats keep the number of the day before: fewer count from the next period on. */
const withoutDecreases = (daily: Daily): Daily => {
  let most = ZERO;
  return daily.map(({ day, value }) => {
    most = maximum(most, value);
    return { day, value: most };
  });
};

const byDay =
  (price: Decimal, keep: boolean): Apply =>
  (working, context) => {
    const periodDays = daysOfPeriod(context);
    const runs = runsOf(keep ? withoutDecreases(context.daily) : context.daily);
    const costOf = (run: Run): Exact => share(times(exact(price), run.seats), run.days, periodDays);
    const amount = runs.map(costOf).reduce(plus, NOTHING);
    return charging(working, amount, () => dayNode(runs, costOf, amount, price, working, context));
  };

const daysOfPeriod = ({ period }: StepContext): number => daysBetween(period.start, period.end);

const dayNode = (
  runs: readonly Run[],
  costOf: (run: Run) => Exact,
  amount: Exact,
  price: Decimal,
  working: Working,
  context: StepContext,
): ArithmeticNode => {
  const { currency } = context;
  const periodDays = daysOfPeriod(context);
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
  return {
    step: 'seats',
    text: `${quantity(seatDays, `${working.unit} day`)} at ${money(price, currency)} for ${periodDays} days ${equalTo(amount, currency)}`,
    result: formatDecimal(shown(amount)),
    unit: currency.code,
    children,
  };
};

/** The highest number of seats at any time of the covered part. */
const highest = ({ daily, changes = [] }: StepContext): Decimal => {
  let level = ZERO;
  let most = daily.reduce((a, { value }) => maximum(a, value), ZERO);
  for (const { by } of changes) {
    level = sum([level, by]);
    if (compare(level, most) > 0) most = level;
  }
  return most;
};

const byMonth =
  (price: Decimal): Apply =>
  (working, context) => {
    const { currency, amended } = context;
    const most = highest(context);
    const { worth: amount, words } = worthOf(multiply(most, price), amended, context);
    const share = words === '' ? '' : ` × ${words}`;
    return charging(working, amount, () => ({
      step: 'seats',
      text: `at most ${quantity(most, working.unit)} × ${money(price, currency)}${share} ${equalTo(amount, currency)}`,
      result: formatDecimal(shown(amount)),
      unit: currency.code,
      children: [],
    }));
  };

const needed =
  (apply: Apply, known: (context: StepContext) => boolean, what: string): Apply =>
  (working, context) => {
    if (known(context)) return apply(working, context);
    throw new RatingError('usage-incomplete', `seats need ${what}: the usage has none`, { unit: working.unit });
  };

/**
 * Seats at a price per period. By day each day's seats cost the day's share of it; a day has the seats in force when it
 * ends. Example in a month of 30 days at 15.00 USD: 10 seats for 20 days and 16 for 10 days = 100.00 + 80.00 = 180.00
 * USD. By second each change costs for the time it holds; by month the highest number counts in full (16 = 240.00 USD),
 * of versions of a contract that was amended within the period by its days.
 * @throws {RatingError} `usage-incomplete` if the usage does not say when there were how many.
 */
export const seats: Step<Params> = (step) => {
  const price = parseDecimal(step.unitPrice);
  const keep = step.decreases === 'keep';
  switch (step.proration) {
    case 'day':
      return needed(byDay(price, keep), ({ daily }) => daily.length > 0, 'a value for every day');
    case 'second':
      return needed(seatsBySecond(price, keep), ({ changes }) => changes !== undefined, 'the changes of their number');
    case 'month':
      return needed(
        byMonth(price),
        ({ daily, changes }) => daily.length > 0 || changes !== undefined,
        'a value for every day or the changes of their number',
      );
  }
};
