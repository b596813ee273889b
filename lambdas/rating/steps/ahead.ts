import type { PriceStep } from '../../catalog/types.ts';
import { add, type Decimal, formatDecimal, parseDecimal, sum, ZERO } from '../../platform/decimal.ts';
import { daysBetween, daysOf, startOfDay } from '../../platform/period.ts';
import { exact, minus, NOTHING, plus, roundExact } from '../exact.ts';
import { equalTo, exactMoney, money, shown } from '../wording.ts';
import { type Apply, done, type StepContext, type Working } from './step.ts';

/** What is charged ahead need not be a finite decimal: it is charged, and later settled, with this many. */
const DECIMALS = 12;

/** The number of seats in force when the line ends. */
const lastLevel = ({ daily, changes }: StepContext, measured: Decimal): Decimal =>
  daily.at(-1)?.value ?? (changes === undefined ? measured : sum(changes.map(({ by }) => by)));

/** The next period as it is to be expected: nothing changes but what a ramp says. */
const expectedContext = (context: StepContext, level: Decimal): StepContext | undefined => {
  const { next, next: _, ...rest } = context;
  if (next === undefined) return undefined;
  const { period, part } = next;
  return {
    ...rest,
    period,
    part,
    coveredDays: daysBetween(part.start, part.end),
    periodDays: daysBetween(period.start, period.end),
    opening: {},
    daily: daysOf(part).map((day) => ({ day, value: level })),
    changes: [{ at: startOfDay(part.start, part.zone), by: level }],
  };
};

/**
 * What the step is expected to cost in the next period; `undefined` where the contract covers none of it, or where a ramp
 * does not bill it in advance any more.
 */
const expectedOf = (
  name: PriceStep['step'],
  apply: Apply,
  working: Working,
  context: StepContext,
): Decimal | undefined => {
  if (context.interim) return undefined;
  const level = lastLevel(context, working.quantity);
  const expected = expectedContext(context, level);
  const later = context.next?.step === undefined ? apply : context.next.step(name);
  if (expected === undefined || later === undefined) return undefined;
  return roundExact(later({ ...working, quantity: level, amount: NOTHING }, expected).amount, DECIMALS, 'half-even');
};

/**
 * A step that is billed in advance: what it costs in this period, less what was charged ahead for it, and what it is
 * expected to cost in the next. Example: 10 seats at 15.00 USD were charged ahead and 12 were used: 180.00 − 150.00 +
 * 180.00 for the next period = 210.00 USD. A part without days (before the contract begins, after it has ended) costs
 * nothing, so that only what is charged ahead, or given back of it, is left.
 * A bill within the period has nothing ahead, and no minimum to settle yet.
 * @param settles whether this step takes off what was charged ahead; the first of a price does, for all of them.
 */
export const inAdvance =
  (name: PriceStep['step'], apply: Apply, settles: boolean): Apply =>
  (working, context) => {
    if (context.interim && name === 'minimum') return working;
    const { opening, period, part, currency, next } = context;
    const now = part.start < part.end ? apply(working, context) : working;
    const charged = settles && opening.ahead?.start === period.start ? parseDecimal(opening.ahead.amount) : undefined;
    const expected = expectedOf(name, apply, working, context);
    if (charged === undefined && expected === undefined) return now;
    const amount = plus(minus(now.amount, exact(charged ?? ZERO)), exact(expected ?? ZERO));
    const known = working.closing?.ahead;
    const ahead =
      expected === undefined
        ? undefined
        : { start: period.end, amount: formatDecimal(add(expected, parseDecimal(known?.amount ?? '0'))) };
    const closing = ahead === undefined ? now.closing : { ...now.closing, ahead };
    return done({ ...now, ...(closing === undefined ? {} : { closing }) }, { amount }, () => {
      const before = charged === undefined ? '' : ` − ${money(charged, currency)} charged ahead for this period`;
      const after =
        expected === undefined
          ? ''
          : ` + ${money(expected, currency)} ahead for ${next?.part.start} to ${next?.part.end}`;
      return {
        step: 'in-advance',
        text: `${exactMoney(now.amount, currency)}${before}${after} ${equalTo(amount, currency)}`,
        result: formatDecimal(shown(amount)),
        unit: currency.code,
        children: [],
      };
    });
  };
