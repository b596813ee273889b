import type { PriceStep } from '../../catalog/types.ts';
import { type Decimal, formatDecimal, parseDecimal, sum, ZERO } from '../../platform/decimal.ts';
import { daysOf, startOfDay } from '../../platform/period.ts';
import { exact, minus, NOTHING, plus, roundExact } from '../exact.ts';
import { equalTo, exactMoney, money, shown } from '../wording.ts';
import { type Apply, done, type StepContext, type Working } from './step.ts';

/** What is charged ahead need not be a finite decimal: it is charged, and later settled, with this many. */
const DECIMALS = 12;

/** The number of seats in force when the line ends. */
const lastLevel = ({ daily, changes }: StepContext, measured: Decimal): Decimal =>
  daily.at(-1)?.value ?? (changes === undefined ? measured : sum(changes.map(({ by }) => by)));

/** The next period as it is to be expected: nothing changes. */
const expectedContext = (context: StepContext, level: Decimal): StepContext | undefined => {
  const { next, next: _, ...rest } = context;
  if (next === undefined) return undefined;
  const { period, part } = next;
  return {
    ...rest,
    period,
    part,
    amended: false,
    opening: {},
    daily: daysOf(part).map((day) => ({ day, value: level })),
    changes: [{ at: startOfDay(part.start, part.zone), by: level }],
  };
};

/** What a price in advance needs: the steps that make up what is expected of a period. */
export type Advance = {
  /** Whether nothing but a minimum is billed in advance: a bill within the period has none, and settles none. */
  readonly onlyMinimum: boolean;
  /** The steps to expect by, of this period or of the next one's own; `undefined` if nothing of it is in advance. */
  readonly expecting: (steps?: readonly PriceStep[]) => readonly Apply[] | undefined;
};

const expectedOf = ({ expecting }: Advance, working: Working, context: StepContext): Decimal | undefined => {
  if (context.interim) return undefined;
  const level = lastLevel(context, working.quantity);
  const expected = expectedContext(context, level);
  const steps = expecting(context.next?.steps);
  if (expected === undefined || steps === undefined) return undefined;
  const start: Working = { quantity: level, unit: working.unit, amount: NOTHING, nodes: [] };
  const { amount } = steps.reduce((before, apply) => apply(before, expected), start);
  return roundExact(amount, DECIMALS, 'half-even');
};

/**
 * The last step of a price of which something is billed in advance: what it costs in this period with all its steps, less
 * what was charged ahead for it, and what the steps in advance are expected to cost in the next, discounted and bounded.
 * Example: 10 seats at 15.00 USD were charged ahead and 12 were used: 180.00 − 150.00 + 180.00 for the next period =
 * 210.00 USD. A bill within the period has nothing ahead.
 */
export const inAdvance =
  (advance: Advance): Apply =>
  (working, context) => {
    const { opening, period, currency, next, interim } = context;
    if (interim && advance.onlyMinimum) return working;
    const charged = opening.ahead?.start === period.start ? parseDecimal(opening.ahead.amount) : undefined;
    const expected = expectedOf(advance, working, context);
    if (charged === undefined && expected === undefined) return working;
    const amount = plus(minus(working.amount, exact(charged ?? ZERO)), exact(expected ?? ZERO));
    const ahead = expected === undefined ? {} : { ahead: { start: period.end, amount: formatDecimal(expected) } };
    const closing = expected === undefined ? working.closing : { ...working.closing, ...ahead };
    return done({ ...working, closing }, { amount }, () => {
      const before = charged === undefined ? '' : ` − ${money(charged, currency)} charged ahead for this period`;
      const after =
        expected === undefined
          ? ''
          : ` + ${money(expected, currency)} ahead for ${next?.part.start} to ${next?.part.end}`;
      return {
        step: 'in-advance',
        text: `${exactMoney(working.amount, currency)}${before}${after} ${equalTo(amount, currency)}`,
        result: formatDecimal(shown(amount)),
        unit: currency.code,
        children: [],
      };
    });
  };

/** A step of a price in advance: a part without days, before the contract begins or after it has ended, costs nothing. */
export const whileCovered =
  (apply: Apply): Apply =>
  (working, context) =>
    context.part.start < context.part.end ? apply(working, context) : working;
