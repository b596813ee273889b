import type { PriceStep } from '../../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  isNegative,
  isZero,
  minimum,
  parseDecimal,
  subtract,
  sum,
  ZERO,
} from '../../platform/decimal.ts';
import { roundExact } from '../exact.ts';
import type { PriceState } from '../types.ts';
import { number, quantity } from '../wording.ts';
import { worthOf } from './covered.ts';
import { done, type Step, type StepContext, type Working } from './step.ts';

type Params = Extract<PriceStep, { step: 'allowance' }>;
type Rollover = NonNullable<PriceState['rollover']>;

/** An allowance by day need not be a finite decimal; as a quantity it is cut to this many, in the customer's favour. */
const DECIMALS = 12;

/** What is included in the covered part: by day if the policy says so, and always if the contract was amended within the period. */
const includedIn = (whole: Decimal, context: StepContext): { readonly included: Decimal; readonly words: string } => {
  const byDay = context.amended || context.policy.partPeriodAllowance === 'by-day';
  const { worth, words } = worthOf(whole, byDay, context);
  return { included: words === '' ? whole : roundExact(worth, DECIMALS, 'up'), words };
};

/** The most that an allowance of `included` covers of a quantity: nothing of less than nothing. */
const usedOf = (amount: Decimal, included: Decimal): Decimal => (isNegative(amount) ? ZERO : minimum(amount, included));

type Use = {
  /** What comes off the quantity beside the period's own allowance: of earlier periods. */
  readonly earlier: Decimal;
  /** What is left and still holds in the next period. */
  readonly left: Rollover;
};

/** Whether the period goes on after this part: another version of the contract holds then. */
const goesOn = ({ amended, part, period }: StepContext): boolean => amended && part.end < period.end;

/**
 * Uses up the oldest first; what is left holds for one period less, and all of it together is at most `upTo`. Where the
 * period goes on nothing has lost a period yet, and nothing has rolled over that could be too much.
 */
const spendRollover = (
  amount: Decimal,
  own: Decimal,
  { periods, upTo }: NonNullable<Params['rollover']>,
  context: StepContext,
): Use => {
  const over = goesOn(context) ? 0 : 1;
  let open = amount;
  let room = upTo === undefined || over === 0 ? undefined : parseDecimal(upTo);
  let earlier = ZERO;
  const left: { readonly quantity: string; readonly periods: number }[] = [];
  const take = (stock: Decimal, holds: number): Decimal => {
    const used = usedOf(open, stock);
    open = subtract(open, used);
    const rest = subtract(stock, used);
    const kept = room === undefined ? rest : minimum(rest, room);
    if (room !== undefined && holds > 0) room = subtract(room, kept);
    if (holds > 0 && !isZero(kept)) left.push({ quantity: formatDecimal(kept), periods: holds });
    return used;
  };
  for (const entry of context.opening.rollover ?? []) {
    earlier = add(earlier, take(parseDecimal(entry.quantity), entry.periods - over));
  }
  take(own, periods + 1 - over);
  return { earlier, left };
};

/** What changes beside the quantity: what is left for the next period, or what was taken of a pool. */
const kept = (step: Params, working: Working, used: Decimal, left: Rollover): Partial<Working> => {
  if (step.pool !== undefined) return { poolTaken: { pool: step.pool, quantity: used } };
  return left.length === 0 ? {} : { closing: { ...working.closing, rollover: left } };
};

/**
 * Takes off what is included; never below 0. Example: 120,000 calls − 100,000 included = 20,000 calls. For part of a
 * period the allowance is whole or by day, as the policy says. Of a pool only what earlier lines left is included; what
 * rolled over from earlier periods is used before the period's own.
 */
export const allowance: Step<Params> = (step) => {
  const whole = parseDecimal(step.quantity);
  return (working, context) => {
    const { included: own, words } = includedIn(whole, context);
    const taken = step.pool === undefined ? ZERO : (context.poolTaken[step.pool] ?? ZERO);
    const included = isZero(taken) ? own : subtract(own, minimum(own, taken));
    const { earlier, left } =
      step.rollover === undefined
        ? { earlier: ZERO, left: [] }
        : spendRollover(working.quantity, included, step.rollover, context);
    const all = sum([included, earlier]);
    const used = usedOf(working.quantity, all);
    const rest = isNegative(working.quantity) ? ZERO : subtract(working.quantity, used);
    return done(working, { ...kept(step, working, used, left), quantity: rest }, () => {
      const measured = quantity(working.quantity, working.unit);
      const ofDays = words === '' ? '' : ` (${number(whole)} × ${words})`;
      const ofPool = isZero(taken) ? '' : ` (${number(own)} of "${step.pool}" less ${number(taken)} that others used)`;
      const old = isZero(earlier) ? '' : `${number(earlier)} left from before`;
      const over = compare(working.quantity, all) > 0;
      return {
        step: step.step,
        text: over
          ? `${measured} − ${old === '' ? '' : `${old} − `}${number(included)} included${ofDays}${ofPool} = ${quantity(rest, working.unit)}`
          : `${measured} of ${old === '' ? '' : `${old} and `}${number(included)} included${ofDays}${ofPool}: nothing above the allowance`,
        result: formatDecimal(rest),
        unit: working.unit,
        children: [],
      };
    });
  };
};
