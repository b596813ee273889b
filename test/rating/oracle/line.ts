import { covered, nextPeriod, shareOf } from './calendar.ts';
import { coveredShare, type Scene } from './charge.ts';
import type { Given, Item, Named, Policy, Price, Span, State } from './given.ts';
import { groupsOf, keyOf, type Together } from './groups.ts';
import { type Priced, pricePooled, priceUsage, type Rating, stepOf } from './price-usage.ts';
import { HUNDRED, least, most, NOTHING, ONE, Rational } from './rational.ts';
import { lastSeats } from './seats.ts';

/** A line as the oracle makes it. `amount` is rounded. */
export type Line = {
  readonly item: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly start: string;
  readonly end: string;
  readonly metered: boolean;
  readonly quantity: Rational;
  readonly amount: Rational;
  readonly notes: readonly string[];
};

const EXPONENTS: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, CLP: 0, BHD: 3, KWD: 3, TND: 3 };

/** The last rounding: the currency's decimals, or 12 places where amounts stay exact. */
export const roundAmount = (amount: Rational, given: Given): Rational =>
  given.policy.roundingStage === 'none'
    ? amount.rounded(12, given.policy.lineRounding)
    : amount.rounded(EXPONENTS[given.contract.currency] ?? 2, given.policy.lineRounding);

/** How a fee's own proration and the policy's unit go together: the fee says whether by day or second, the policy how they count. */
const unitOf = (proration: 'day' | 'second', policy: Policy): Policy['prorationUnit'] => {
  if (proration === 'day') return policy.prorationUnit;
  return policy.prorationUnit === 'second-inclusive' ? 'second-inclusive' : 'second';
};

const feeShare = (
  proration: 'day' | 'second' | 'none',
  part: Span,
  period: Span,
  { policy, contract }: Given,
): Rational =>
  proration === 'none' || (part.start === period.start && part.end === period.end)
    ? ONE
    : shareOf(part, period, unitOf(proration, policy), contract.anchorDay);

type AheadStep = Named<'seats'> | Named<'recurring-fee'> | Named<'minimum'>;

/** What a step of the next period is expected to cost; `undefined` where the contract does not cover it. */
const expected = (
  step: AheadStep,
  rating: Rating | Omit<Rating, 'part'>,
  rows: Scene['rows'],
  part?: Span,
): Rational | undefined => {
  const { given, item } = rating;
  const next = nextPeriod(given.contract, given.period);
  const held = covered(given.contract, next);
  if (held === undefined) return undefined;
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
  return seats.times(Rational.of(step.unitPrice)).times(step.proration === 'month' ? ONE : share(step.proration));
};

/** Takes off what was charged for this period before, adds what is charged for the next one. */
class Ahead {
  readonly given: Given;
  readonly opening: State;
  charged: State['ahead'];

  constructor(given: Given, opening: State) {
    this.given = given;
    this.opening = opening;
  }

  settle(step: AheadStep | undefined, actual: Rational, next: () => Rational | undefined): Rational {
    if (step?.billing !== 'advance') return actual;
    const { period, interim } = this.given;
    const known = this.opening.ahead?.start === period.start ? Rational.of(this.opening.ahead.amount) : NOTHING;
    const ahead = interim === true ? undefined : next();
    if (ahead !== undefined) this.charged = { start: period.end, amount: `${ahead}` };
    return actual.minus(known).plus(ahead ?? NOTHING);
  }
}

const discounted = (amount: Rational, rating: Pick<Rating, 'steps'>): Rational => {
  const percent = stepOf(rating.steps, 'percentage-discount');
  const off = stepOf(rating.steps, 'amount-discount');
  const after = percent === undefined ? amount : amount.minus(amount.times(Rational.of(percent.percent)).over(HUNDRED));
  return off === undefined ? after : after.minus(least(Rational.of(off.amount), most(after, NOTHING)));
};

const oneTimeFee = ({ given: { contract }, steps, item, part }: Rating): Rational => {
  const step = stepOf(steps, 'one-time-fee');
  const on = step?.on ?? contract.start;
  if (step === undefined || on < part.start || on >= part.end) return NOTHING;
  return Rational.of(step.amount).times(Rational.of(item.quantity ?? '1'));
};

/** What a group costs after its usage is priced: fees, discounts and bounds, in the contract's currency, not rounded. */
const finished = (rating: Rating, group: Together, priced: Priced, ahead: Ahead) => {
  const { given, steps, item, part } = rating;
  const [seats, fee, minimum, maximum] = [
    stepOf(steps, 'seats'),
    stepOf(steps, 'recurring-fee'),
    stepOf(steps, 'minimum'),
    stepOf(steps, 'maximum'),
  ];
  const expect = (step: AheadStep | undefined) => () => step && expected(step, rating, group.rows, part);
  const usage = ahead.settle(seats, priced.amount, expect(seats));
  const recurring =
    fee === undefined
      ? NOTHING
      : ahead.settle(
          fee,
          Rational.of(fee.amount)
            .times(Rational.of(item.quantity ?? '1'))
            .times(feeShare(fee.proration, part, given.period, given)),
          expect(fee),
        );
  const charged = usage.plus(recurring).plus(oneTimeFee(rating));
  const bounded = (amount: Rational): Rational => {
    let after = amount;
    if (minimum !== undefined && given.interim !== true) {
      const whole = Rational.of(minimum.amount);
      const worth = given.policy.partPeriodMinimum === 'by-day' ? whole.times(coveredShare(rating)) : whole;
      after = ahead.settle(minimum, most(after, worth), expect(minimum));
    }
    return maximum === undefined ? after : least(after, Rational.of(maximum.amount));
  };
  const amount =
    given.policy.discountOrder === 'before-bounds'
      ? bounded(discounted(charged, rating))
      : discounted(bounded(charged), rating);
  const converted = given.fx === undefined ? amount : amount.times(Rational.of(given.fx.rate));
  return {
    amount: converted,
    notes: [...priced.notes, `with fees ${charged}`, `discounted and bounded ${amount}`, `in currency ${converted}`],
  };
};

/** What the items of a contract share while they are rated. */
export type Run = { readonly given: Given; readonly part: Span | undefined; readonly pools: Map<string, Rational> };

const stepsOf = (item: Item, price: Price, period: Span) =>
  item.ramp?.findLast(({ from }) => from <= period.start)?.steps ?? item.steps ?? price.steps;

/** The lines of an item, and what it leaves to the next period by line key. */
export const linesOf = (item: Item, run: Run): { readonly lines: Line[]; readonly states: Record<string, State> } => {
  const { given, part } = run;
  const price = given.priceBook.prices.find(({ id }) => id === item.price);
  if (price === undefined) throw new Error(`no price ${item.price}`);
  const steps = stepsOf(item, price, given.period);
  const states: Record<string, State> = {};
  const lines: Line[] = [];
  const groups = groupsOf(price, price.meter === undefined ? [] : given.usage);
  const span = part ?? nextPeriod(given.contract, given.period);
  const rating: Rating = { given, item, price, steps, part: span, pools: run.pools };
  const openingOf = (group: Together): State => given.opening.prices?.[keyOf(item.id, group.dimensions)] ?? {};
  const pooled =
    part !== undefined && given.policy.groupedTiers === 'pooled' && price.perDimensions.length > 0
      ? pricePooled(rating, groups, given.opening.prices?.[keyOf(item.id, {})] ?? {})
      : undefined;
  groups.forEach((group, n) => {
    const ahead = new Ahead(given, openingOf(group));
    const finish = (): Pick<Priced, 'amount' | 'notes'> & { readonly state: State } => {
      if (part === undefined) return { ...onlyAhead(rating, group, ahead), state: {} };
      const priced = pooled?.[n] ?? priceUsage(rating, group, openingOf(group));
      return { ...finished(rating, group, priced, ahead), state: priced.state };
    };
    const { amount, notes, state } = finish();
    const kept: State = { ...state, ...(ahead.charged === undefined ? {} : { ahead: ahead.charged }) };
    if (Object.keys(kept).length > 0) states[keyOf(item.id, group.dimensions)] = kept;
    const rounded = roundAmount(amount, given);
    const silent = group.quantity.isZero() && rounded.isZero();
    if (silent && (part === undefined || given.policy.zeroUsageLine === 'omit')) return;
    lines.push({
      item: item.id,
      dimensions: group.dimensions,
      start: span.start,
      end: span.end,
      metered: price.meter !== undefined,
      quantity: group.quantity,
      amount: rounded,
      notes: [...notes, `rounded ${rounded}`],
    });
  });
  return { lines, states };
};

/** Before the contract begins, only what is charged ahead is due. */
const onlyAhead = (rating: Rating, group: Together, ahead: Ahead): Pick<Priced, 'amount' | 'notes'> => {
  const step = (['seats', 'recurring-fee', 'minimum'] as const)
    .map((name) => stepOf(rating.steps, name))
    .find((each) => each?.billing === 'advance');
  const amount = ahead.settle(step, NOTHING, () => step && expected(step, rating, group.rows));
  const converted = rating.given.fx === undefined ? amount : amount.times(Rational.of(rating.given.fx.rate));
  return { amount: converted, notes: [`ahead ${amount}`] };
};
