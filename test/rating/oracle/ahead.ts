import { covered, endsPeriod, nextPeriod, shareOf } from './calendar.ts';
import type { Scene } from './charge.ts';
import type { Given, Item, Named, Policy, Price, Span, State, Step } from './given.ts';
import { kept, type Rating, stepOf } from './price-usage.ts';
import { HUNDRED, least, most, NOTHING, ONE, Rational } from './rational.ts';
import { roundEach } from './rounding.ts';
import { lastSeats } from './seats.ts';

/** How a fee's own proration and the policy's unit go together: the fee says whether by day or second, the policy how they count. */
const unitOf = (proration: 'day' | 'second', policy: Policy): Policy['prorationUnit'] => {
  if (proration === 'day') return policy.prorationUnit;
  return policy.prorationUnit === 'second-inclusive' ? 'second-inclusive' : 'second';
};

export const feeShare = (
  proration: 'day' | 'second' | 'none',
  part: Span,
  period: Span,
  { policy, contract }: Given,
): Rational =>
  proration === 'none' || (part.start === period.start && part.end === period.end)
    ? ONE
    : shareOf(part, period, unitOf(proration, policy), contract.anchorDay);

type AheadStep = Named<'seats'> | Named<'recurring-fee'> | Named<'minimum'>;

/** The steps of an item in a period. */
export const stepsOf = (item: Item, price: Price, period: Span): readonly Step[] =>
  item.ramp?.findLast(({ from }) => from <= period.start)?.steps ?? item.steps ?? price.steps;

/** What a step of the next period is expected to cost in the part of it that is covered. */
const expectedStep = (
  step: AheadStep,
  rating: Rating,
  rows: Scene['rows'],
  [next, held]: readonly [Span, Span],
  part?: Span,
): Rational => {
  const { given, item } = rating;
  const share = (proration: 'day' | 'second' | 'none'): Rational => feeShare(proration, held, next, given);
  if (step.step === 'recurring-fee') {
    return Rational.of(step.amount)
      .times(Rational.of(item.quantity ?? '1'))
      .times(share(step.proration));
  }
  if (step.step === 'minimum') {
    return Rational.of(step.amount).times(given.policy.partPeriodMinimum === 'by-day' ? share('day') : ONE);
  }
  const seats = lastSeats({ given, part: part ?? given.period, rows });
  const price = seats.times(Rational.of(step.unitPrice));
  if (step.proration === 'month') return price;
  // As they will be charged: a day is one of the days of its period, whatever the policy measures parts by.
  if (step.proration === 'day') return price.times(shareOf(held, next, 'day', given.contract.anchorDay));
  const amount = price.times(share('second'));
  return given.policy.prorationRounding === 'each' ? roundEach(amount, given) : amount;
};

const advanced = (steps: readonly Step[], name: AheadStep['step']): AheadStep | undefined => {
  const step: AheadStep | undefined = stepOf(steps, name);
  return step?.billing === 'advance' ? step : undefined;
};

/**
 * What a line is expected to come to for the next period: its steps in advance, discounted and bounded as they are then;
 * `undefined` where nothing is charged ahead.
 */
export const expected = (rating: Rating, rows: Scene['rows'], part?: Span): Rational | undefined => {
  const { given, item, price } = rating;
  const next = nextPeriod(given.contract, given.period);
  const held = covered(given.contract, next);
  const steps = stepsOf(item, price, next);
  const [seats, fee, minimum] = [
    advanced(steps, 'seats'),
    advanced(steps, 'recurring-fee'),
    advanced(steps, 'minimum'),
  ];
  if (held === undefined || (seats ?? fee ?? minimum) === undefined) return undefined;
  const worth = (step: AheadStep | undefined): Rational =>
    step === undefined ? NOTHING : expectedStep(step, rating, rows, [next, held], part);
  const maximum = stepOf(steps, 'maximum');
  const bounded = (amount: Rational): Rational => {
    const atLeast = minimum === undefined ? amount : most(amount, worth(minimum));
    return maximum === undefined ? atLeast : least(atLeast, Rational.of(maximum.amount));
  };
  const discounted = (amount: Rational): Rational => {
    const percent = Rational.of(stepOf(steps, 'percentage-discount')?.percent ?? '0');
    const after = amount.minus(amount.times(percent).over(HUNDRED));
    return after.minus(least(Rational.of(stepOf(steps, 'amount-discount')?.amount ?? '0'), most(after, NOTHING)));
  };
  const charged = worth(seats).plus(worth(fee));
  return given.policy.discountOrder === 'before-bounds' ? bounded(discounted(charged)) : discounted(bounded(charged));
};

/** Takes off what was charged for this period before, adds what is charged for the next one. */
export class Ahead {
  readonly given: Given;
  readonly opening: State;
  /** Whether the next period is charged too. */
  readonly expects: boolean;
  charged: State['ahead'];

  constructor(given: Given, opening: State, expects: boolean) {
    this.given = given;
    this.opening = opening;
    // What is charged ahead is a matter of the last part, and of no bill within the period.
    this.expects = expects && given.interim !== true && endsPeriod(given);
  }

  settle(steps: readonly Step[], actual: Rational, next: () => Rational | undefined): Rational {
    const names = steps.flatMap((step) => ('billing' in step && step.billing === 'advance' ? [step.step] : []));
    const { period, interim } = this.given;
    // A bill within the period has no minimum to settle.
    if (names.length === 0 || (interim === true && names.every((name) => name === 'minimum'))) return actual;
    const known = this.opening.ahead?.start === period.start ? Rational.of(this.opening.ahead.amount) : NOTHING;
    const ahead = this.expects ? next() : undefined;
    if (ahead === undefined) return actual.minus(known);
    this.charged = { start: period.end, amount: kept(ahead) };
    return actual.minus(known).plus(Rational.of(this.charged.amount));
  }
}
