import { covered, firstDay, nextPeriod, servicePeriod, shareOf } from './calendar.ts';
import { maximumOf, minimumOf, type Scene } from './charge.ts';
import type { Given, Item, Named, Policy, Price, Span, State, Step } from './given.ts';
import { groupsOf, keyOf, type Together } from './groups.ts';
import { committed, kept, type Priced, pricePooled, priceUsage, type Rating, stepOf } from './price-usage.ts';
import { HUNDRED, least, most, NOTHING, ONE, Rational } from './rational.ts';
import { roundAmount, roundEach } from './rounding.ts';
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
  const price = seats.times(Rational.of(step.unitPrice));
  if (step.proration === 'month') return price;
  // As they will be charged: a day is one of the days of its period, whatever the policy measures parts by.
  if (step.proration === 'day') return price.times(shareOf(held, next, 'day', given.contract.anchorDay));
  const amount = price.times(share('second'));
  return given.policy.prorationRounding === 'each' ? roundEach(amount, given) : amount;
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
    if (ahead === undefined) return actual.minus(known);
    this.charged = { start: period.end, amount: kept(ahead) };
    return actual.minus(known).plus(Rational.of(this.charged.amount));
  }
}

const discounted = (amount: Rational, rating: Pick<Rating, 'steps'>): Rational => {
  const percent = stepOf(rating.steps, 'percentage-discount');
  const off = stepOf(rating.steps, 'amount-discount');
  const after = percent === undefined ? amount : amount.minus(amount.times(Rational.of(percent.percent)).over(HUNDRED));
  return off === undefined ? after : after.minus(least(Rational.of(off.amount), most(after, NOTHING)));
};

const isOnceDue = ({ given: { contract }, steps, part }: Rating): boolean => {
  const step = stepOf(steps, 'one-time-fee');
  const on = step?.on ?? firstDay(contract);
  return step !== undefined && on >= part.start && on < part.end;
};

const oneTimeFee = (rating: Rating): Rational => {
  const { steps, item } = rating;
  const step = stepOf(steps, 'one-time-fee');
  if (step === undefined || !isOnceDue(rating)) return NOTHING;
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
  const settled = ahead.settle(seats, priced.amount, expect(seats));
  const usage = priced.committed === true ? settled : committed(settled, rating, false);
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
      const worth = minimumOf(minimum.amount, rating);
      after = ahead.settle(minimum, most(after, worth), expect(minimum));
    }
    return maximum === undefined ? after : least(after, maximumOf(maximum.amount, rating));
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

type Priceds = readonly (Pick<Priced, 'amount' | 'notes' | 'state'> & { readonly group: Together })[];

/** What each group of usage costs, and what all together leave when tiers are pooled. */
const pricedGroups = (
  rating: Rating,
  groups: readonly Together[],
): { readonly priced: Priceds; readonly pooled: State } => {
  const { given, item, price } = rating;
  const openingOf = (dimensions: Together['dimensions']): State =>
    given.opening.prices?.[keyOf(item.id, dimensions)] ?? {};
  if (given.policy.groupedTiers === 'pooled' && price.perDimensions.length > 0) {
    const { shares, state } = pricePooled(rating, groups, openingOf({}));
    return { priced: shares.map((share, n) => ({ ...share, group: groups[n] as Together })), pooled: state };
  }
  return {
    priced: groups.map((group) => ({ ...priceUsage(rating, group, openingOf(group.dimensions)), group })),
    pooled: {},
  };
};

/** Without usage of its own a group only keeps what it had, and is charged or settled what is charged ahead. */
const whileIdle = (steps: readonly Step[]): Step[] =>
  steps.filter(
    (step) => ['unit-conversion', 'allowance'].includes(step.step) || ('billing' in step && step.billing === 'advance'),
  );

/** The lines of an item, and what it leaves to the next period by line key. */
export const linesOf = (item: Item, run: Run): { readonly lines: Line[]; readonly states: Record<string, State> } => {
  const { given, part } = run;
  const price = given.priceBook.prices.find(({ id }) => id === item.price);
  if (price === undefined) throw new Error(`no price ${item.price}`);
  const steps = stepsOf(item, price, given.period);
  const states: Record<string, State> = {};
  const lines: Line[] = [];
  const span = servicePeriod(given.contract, given.period, given.part);
  const rating: Rating = { given, item, price, steps, part: span, pools: run.pools };
  const keep = (dimensions: Together['dimensions'], state: State): void => {
    const key = keyOf(item.id, dimensions);
    if (Object.keys(state).length > 0) states[key] = { ...states[key], ...state };
  };
  const write = (
    group: Together,
    of: Rating,
    priced: Omit<Priced, 'state'> & { readonly state: State },
    always: boolean,
  ) => {
    const ahead = new Ahead(given, given.opening.prices?.[keyOf(item.id, group.dimensions)] ?? {});
    const { amount, notes } = part === undefined ? onlyAhead(of, group, ahead) : finished(of, group, priced, ahead);
    keep(group.dimensions, { ...priced.state, ...(ahead.charged === undefined ? {} : { ahead: ahead.charged }) });
    if (group.quantity.isZero() && amount.isZero() && !always) return;
    const rounded = roundAmount(amount, given);
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
  };
  const { used, idle } = groupsOf(item.id, price, price.meter === undefined ? [] : given.usage, given.opening);
  if (part === undefined) {
    // What other periods left passes on as it is.
    for (const group of [...used, ...idle]) {
      const { ahead: _ahead, ...state } = given.opening.prices?.[keyOf(item.id, group.dimensions)] ?? {};
      write(group, rating, { amount: NOTHING, state, notes: [] }, false);
    }
    return { lines, states };
  }
  const due = price.meter !== undefined || stepOf(steps, 'recurring-fee') !== undefined || isOnceDue(rating);
  const { priced, pooled } = pricedGroups(rating, used);
  keep({}, pooled);
  for (const each of priced) write(each.group, rating, each, due && given.policy.zeroUsageLine === 'show');
  const resting = { ...rating, steps: whileIdle(steps) };
  for (const each of pricedGroups(resting, idle).priced) write(each.group, resting, each, false);
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
