import type { Price } from '../catalog/types.ts';
import { add, formatDecimal, isZero, parseDecimal, sum } from '../platform/decimal.ts';
import { doSteps, type Plan } from './apply-steps.ts';
import { minus, NOTHING, plus } from './exact.ts';
import type { UsageGroup, Window } from './group-usage.ts';
import { RatingError } from './rating-error.ts';
import type { Apply, LazyNode, StepContext, Working } from './steps/step.ts';
import { equalTo, exactMoney, number, quantity, shown } from './wording.ts';

type Charge = (start: Working, group: UsageGroup, context: StepContext) => Working;

/**
 * How the steps that make the charge are done: once, in each window alone with its commitment, or over the contract
 * year and then the commitment of the period.
 */
export const chargeBy = (price: Price, { charge, commitment }: Plan): Charge => {
  if (price.windowed !== undefined) return byWindow(price, price.windowed, [...charge, ...commitment]);
  const charged: Charge =
    price.accumulate === 'contract-year'
      ? (start, _, context) => overYear(start, charge, context)
      : (start, _, context) => doSteps(start, charge, context);
  return commitment.length === 0
    ? charged
    : (start, group, context) => doSteps(charged(start, group, context), commitment, context);
};

type Windowed = NonNullable<Price['windowed']>;

const within = (hours: Windowed['hours'], { start }: Window, price: Price): boolean => {
  if (hours === undefined) return true;
  if (start.length < 13) {
    throw new RatingError(
      'usage-incomplete',
      `price "${price.id}" holds for hours of the day, but its usage says only ${start}`,
      { price: price.id, window: start },
    );
  }
  const hour = Number(start.slice(11, 13));
  return hours.some(({ from, to }) => from <= hour && hour < to);
};

/** The windows that a price looks at, by hour or joined to local days, without those of other hours. */
const windowsOf = (windows: readonly Window[], { every, hours }: Windowed, price: Price): Window[] => {
  const joined = new Map<string, Window['quantity']>();
  for (const window of windows) {
    if (!within(hours, window, price)) continue;
    const start = every === 'day' ? window.start.slice(0, 10) : window.start;
    const before = joined.get(start);
    joined.set(start, before === undefined ? window.quantity : add(before, window.quantity));
  }
  return [...joined].map(([start, amount]) => ({ start, quantity: amount }));
};

/**
 * Each hour or local day is priced alone, and what they cost is added up. Example with packages of 10 for 1.00 by day:
 * 9 and 10 units on two days = 1.00 + 1.00, where 19 at once would also be 2.00 and 11 and 10 would be 3.00.
 */
const byWindow =
  (price: Price, windowed: Windowed, steps: readonly Apply[]): Charge =>
  (start, group, context) => {
    if (group.windows === undefined && !isZero(group.quantity)) {
      throw new RatingError(
        'usage-incomplete',
        `price "${price.id}" is charged by ${windowed.every}, but its usage is not given by ${windowed.every}`,
        { price: price.id },
      );
    }
    const windows = windowsOf(group.windows ?? [], windowed, price);
    // A window is covered or not: its allowance and commitment are not those of a period, and not worth less.
    const whole = { ...context, part: context.period };
    const priced = windows.map((window) => ({
      window,
      working: doSteps({ ...start, quantity: window.quantity, amount: NOTHING, nodes: [] }, steps, whole),
    }));
    const amount = priced.map(({ working }) => working.amount).reduce(plus, NOTHING);
    const { currency } = context;
    const node: LazyNode = () => ({
      step: 'windows',
      text: `${quantity(sum(windows.map((window) => window.quantity)), start.unit)} in ${windows.length} ${windowed.every}${windows.length === 1 ? '' : 's'}, each priced alone ${equalTo(amount, currency)}`,
      result: formatDecimal(shown(amount)),
      unit: currency.code,
      children: priced.map(({ window, working }) => ({
        step: 'window',
        text: `${window.start.replace('T', ' ')}: ${quantity(window.quantity, start.unit)} ${equalTo(working.amount, currency)}`,
        result: formatDecimal(shown(working.amount)),
        unit: currency.code,
        children: working.nodes.map((make) => make()),
      })),
    });
    return {
      ...start,
      quantity: sum(priced.map(({ working }) => working.quantity)),
      unit: priced[0]?.working.unit ?? start.unit,
      amount: plus(start.amount, amount),
      nodes: [...start.nodes, node],
    };
  };

/**
 * What the contract year costs so far, less what it cost before this period. Example with 0.01 up to 10,000 and 0.005
 * above: 8,000 calls before and 4,000 now = 110.00 − 80.00 = 30.00. The first period of a year takes nothing off, not
 * even a flat fee.
 */
const overYear = (start: Working, steps: readonly Apply[], context: StepContext): Working => {
  const { accumulated } = context.opening;
  const before = accumulated === undefined ? undefined : parseDecimal(accumulated);
  const soFar = before === undefined ? start.quantity : add(before, start.quantity);
  // A year's allowance and commitment are not worth less because a contract covers part of one of its periods.
  const whole = { ...context, part: context.period };
  const priced = (of: Working['quantity']): Working =>
    doSteps({ ...start, quantity: of, amount: NOTHING, nodes: [] }, steps, whole);
  const now = priced(soFar);
  const closing = { ...start.closing, accumulated: formatDecimal(soFar) };
  if (before === undefined)
    return { ...now, amount: plus(start.amount, now.amount), nodes: [...start.nodes, ...now.nodes], closing };
  const then = priced(before);
  const amount = minus(now.amount, then.amount);
  const { currency } = context;
  const node: LazyNode = () => ({
    step: 'contract-year',
    text: `${quantity(soFar, start.unit)} in the contract year, ${number(before)} of them before: ${exactMoney(now.amount, currency)} − ${exactMoney(then.amount, currency)} ${equalTo(amount, currency)}`,
    result: formatDecimal(shown(amount)),
    unit: currency.code,
    children: [...now.nodes, ...then.nodes].map((make) => make()),
  });
  return { ...now, amount: plus(start.amount, amount), nodes: [...start.nodes, node], closing };
};
