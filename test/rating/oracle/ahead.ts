import { covered, nextPeriod, shareOf } from './calendar.ts';
import type { Scene } from './charge.ts';
import type { Given, Item, Named, Policy, Price, Span, State, Step } from './given.ts';
import { kept, type Rating, stepOf } from './price-usage.ts';
import { NOTHING, ONE, Rational } from './rational.ts';
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

export type AheadStep = Named<'seats'> | Named<'recurring-fee'> | Named<'minimum'>;

/** The steps of an item in a period. */
export const stepsOf = (item: Item, price: Price, period: Span): readonly Step[] =>
  item.ramp?.findLast(({ from }) => from <= period.start)?.steps ?? item.steps ?? price.steps;

/** What a step of the next period is expected to cost, as it is then; `undefined` where nothing is charged ahead for it. */
export const expected = (
  now: AheadStep,
  rating: Rating | Omit<Rating, 'part'>,
  rows: Scene['rows'],
  part?: Span,
): Rational | undefined => {
  const { given, item } = rating;
  const next = nextPeriod(given.contract, given.period);
  const held = covered(given.contract, next);
  const step = stepOf(stepsOf(item, rating.price, next), now.step);
  if (held === undefined || step?.billing !== 'advance') return undefined;
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
    this.expects = expects && given.interim !== true;
  }

  settle(step: AheadStep | undefined, actual: Rational, next: () => Rational | undefined): Rational {
    if (step?.billing !== 'advance') return actual;
    const { period } = this.given;
    const known = this.opening.ahead?.start === period.start ? Rational.of(this.opening.ahead.amount) : NOTHING;
    const ahead = this.expects ? next() : undefined;
    if (ahead === undefined) return actual.minus(known);
    this.charged = { start: period.end, amount: kept(ahead) };
    return actual.minus(known).plus(Rational.of(this.charged.amount));
  }
}
