import { Ahead, expected, feeShare, stepsOf } from './ahead.ts';
import { firstDay, servicePeriod } from './calendar.ts';
import { minimumOf } from './charge.ts';
import type { Given, Item, Span, State, Step } from './given.ts';
import { groupsOf, isMetered, keyOf, type Together } from './groups.ts';
import { committed, type Priced, pricePooled, priceUsage, type Rating, stepOf } from './price-usage.ts';
import { HUNDRED, least, most, NOTHING, ONE, Rational } from './rational.ts';
import { roundAmount } from './rounding.ts';
import { sharedByVersions } from './versions.ts';

/** A line as the oracle makes it. `amount` is rounded. */
export type Line = {
  readonly item: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly start: string;
  readonly end: string;
  readonly metered: boolean;
  readonly quantity: Rational;
  readonly amount: Rational;
  /** What of the amount is charged ahead for the next period; the rest is for this one. */
  readonly ahead?: Rational | undefined;
  readonly notes: readonly string[];
};

const discounted = (amount: Rational, rating: Pick<Rating, 'steps' | 'given' | 'part'>): Rational => {
  const percent = stepOf(rating.steps, 'percentage-discount');
  const off = stepOf(rating.steps, 'amount-discount');
  const after = percent === undefined ? amount : amount.minus(amount.times(Rational.of(percent.percent)).over(HUNDRED));
  return off === undefined
    ? after
    : after.minus(least(sharedByVersions(Rational.of(off.amount), rating), most(after, NOTHING)));
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

const recurringFee = ({ given, steps, item, part }: Rating): Rational => {
  const fee = stepOf(steps, 'recurring-fee');
  if (fee === undefined) return NOTHING;
  const whole = Rational.of(fee.amount).times(Rational.of(item.quantity ?? '1'));
  return fee.proration === 'none'
    ? sharedByVersions(whole, { given, part })
    : whole.times(feeShare(fee.proration, part, given.period, given));
};

/** What a group costs after its usage is priced: fees, discounts and bounds, in the contract's currency, not rounded. */
const finished = (rating: Rating, group: Together, priced: Priced, ahead: Ahead) => {
  const { given, steps, part } = rating;
  const [minimum, maximum] = [stepOf(steps, 'minimum'), stepOf(steps, 'maximum')];
  const usage = priced.committed === true ? priced.amount : committed(priced.amount, rating, false);
  const charged = usage.plus(recurringFee(rating)).plus(oneTimeFee(rating));
  const bounded = (amount: Rational): Rational => {
    const atLeast =
      minimum === undefined || given.interim === true ? amount : most(amount, minimumOf(minimum.amount, rating));
    return maximum === undefined ? atLeast : least(atLeast, sharedByVersions(Rational.of(maximum.amount), rating));
  };
  const actual =
    given.policy.discountOrder === 'before-bounds'
      ? bounded(discounted(charged, rating))
      : discounted(bounded(charged), rating);
  const amount = ahead.settle(steps, actual, () => expected(rating, group.rows, part));
  const converted = given.fx === undefined ? amount : amount.times(Rational.of(given.fx.rate));
  return {
    amount: converted,
    notes: [...priced.notes, `with fees ${charged}`, `discounted and bounded ${amount}`, `in currency ${converted}`],
  };
};

/** What the items of a contract share while they are rated. */
export type Run = { readonly given: Given; readonly part: Span | undefined; readonly pools: Map<string, Rational> };

type Priceds = readonly (Pick<Priced, 'amount' | 'notes' | 'state'> & { readonly group: Together })[];

/** Whether the groups of a price share its tiers. */
const isPooled = ({ given, price }: Rating): boolean =>
  given.policy.groupedTiers === 'pooled' && price.perDimensions.length > 0;

/** What each group of usage costs, and what all together leave when tiers are pooled. */
const pricedGroups = (
  rating: Rating,
  groups: readonly Together[],
): { readonly priced: Priceds; readonly pooled: State } => {
  if (isPooled(rating)) {
    const { shares, state } = pricePooled(rating, groups, openingOf(rating, { dimensions: {} }));
    return { priced: shares.map((share, n) => ({ ...share, group: groups[n] as Together })), pooled: state };
  }
  return {
    priced: groups.map((group) => ({ ...priceUsage(rating, group, openingOf(rating, group)), group })),
    pooled: {},
  };
};

/** Without usage of its own a group only keeps what it had. */
const whileIdle = (steps: readonly Step[]): Step[] =>
  steps.filter((step) => ['unit-conversion', 'allowance'].includes(step.step));

/** What an item comes to; `settled`: the keys under which something charged ahead was taken off. */
type Written = { readonly lines: Line[]; readonly states: Record<string, State>; readonly settled: Set<string> };

/** The lines of an item, and what it leaves to the next period by line key. */
export const linesOf = (item: Item, run: Run): Written => {
  const { given, part } = run;
  const price = given.priceBook.prices.find(({ id }) => id === item.price);
  if (price === undefined) throw new Error(`no price ${item.price}`);
  const steps = stepsOf(item, price, given.period);
  const written: Written = { lines: [], states: {}, settled: new Set() };
  const span = servicePeriod(given.contract, given);
  const rating: Rating = { given, item, price, steps, part: span, pools: run.pools };
  const { used, idle } = groupsOf(item.id, price, price.meter === undefined ? [] : given.usage, given.opening);
  if (part === undefined) {
    writeUncovered(rating, used, written);
    return written;
  }
  const due = price.meter !== undefined || stepOf(steps, 'recurring-fee') !== undefined || isOnceDue(rating);
  const { priced, pooled } = pricedGroups(rating, used);
  keep(written, item, {}, pooled);
  for (const each of priced) {
    const of = (expects: boolean) => {
      const ahead = new Ahead(given, openingOf(rating, each.group), expects);
      return { ...finished(rating, each.group, each, ahead), ahead: ahead.charged };
    };
    write(rating, each, of, due && given.policy.zeroUsageLine === 'show', written);
  }
  // What groups share goes on without any of them.
  if (isPooled(rating)) return written;
  const resting = { ...rating, steps: whileIdle(steps) };
  for (const { group, state } of pricedGroups(resting, idle).priced) keep(written, item, group.dimensions, state);
  return written;
};

const openingOf = ({ given, item }: Rating, group: Pick<Together, 'dimensions'>): State =>
  given.opening.prices?.[keyOf(item.id, group.dimensions)] ?? {};

const keep = ({ states }: Written, item: Item, dimensions: Together['dimensions'], state: State): void => {
  const key = keyOf(item.id, dimensions);
  if (Object.keys(state).length > 0) states[key] = { ...states[key], ...state };
};

type Left = NonNullable<State['ahead']>;
type Finished = Pick<Priced, 'amount' | 'notes'> & { readonly ahead: State['ahead'] };

/** Writes the line of a group, if it says something, and what it leaves. */
const write = (
  { given, item, price, part, steps }: Rating,
  { group, state }: { readonly group: Together; readonly state: State },
  of: (expects: boolean) => Finished,
  always: boolean,
  written: Written,
): void => {
  const { amount, notes, ahead } = of(true);
  if (steps.some((step) => 'billing' in step && step.billing === 'advance'))
    written.settled.add(keyOf(item.id, group.dimensions));
  const rounded = roundAmount(amount, given);
  keep(written, item, group.dimensions, state);
  const charged = ahead === undefined ? undefined : rounded.minus(roundAmount(of(false).amount, given));
  if (charged !== undefined) {
    keep(written, item, group.dimensions, { ahead: { ...(ahead as Left), charged: charged.toString() } });
  }
  if (group.quantity.isZero() && amount.isZero() && !always) return;
  written.lines.push({
    item: item.id,
    dimensions: group.dimensions,
    start: part.start,
    end: part.end,
    metered: price.meter !== undefined,
    quantity: price.meter === undefined ? Rational.of(item.quantity ?? '1') : group.quantity,
    amount: rounded,
    // A line that is for the next period itself has nothing beside that.
    ahead: part.start < given.period.end ? charged : NOTHING,
    notes: [...notes, `rounded ${rounded}`],
  });
};

/** Where nothing is covered, only the next period may be charged ahead. */
const writeUncovered = (rating: Rating, groups: readonly Together[], written: Written): void => {
  for (const group of groups) {
    const of = (expects: boolean): Finished => {
      const ahead = new Ahead(rating.given, openingOf(rating, group), expects);
      return { ...onlyAhead(rating, group, ahead), ahead: ahead.charged };
    };
    write(rating, { group, state: {} }, of, false, written);
  }
};

/** What was charged ahead for this period and is not settled by any line goes back as it was charged. */
export const givenBack = (run: Run, lines: readonly Line[], settled: ReadonlySet<string>): Line[] => {
  const { given } = run;
  const span = servicePeriod(given.contract, given);
  return Object.entries(given.opening.prices ?? {}).flatMap(([key, { ahead }]): Line[] => {
    if (ahead?.start !== given.period.start || settled.has(key)) return [];
    const [item, dimensions]: [string, Record<string, string>] = JSON.parse(key);
    const rate = ahead.charged === undefined && given.fx !== undefined ? Rational.of(given.fx.rate) : ONE;
    const amount = roundAmount(Rational.of(ahead.charged ?? ahead.amount).times(rate), given).negated();
    const named = lines.some((line) => keyOf(line.item, line.dimensions) === key);
    return [
      {
        item,
        dimensions: named ? { ...dimensions, 'charged-ahead': ahead.start } : dimensions,
        start: span.start,
        end: span.end,
        metered: isMetered(given, item),
        quantity: ONE,
        amount,
        notes: [`given back ${amount}`],
      },
    ];
  });
};

/** Before the contract begins, only what is charged ahead is due. */
const onlyAhead = (rating: Rating, group: Together, ahead: Ahead): Pick<Priced, 'amount' | 'notes'> => {
  const amount = ahead.settle(rating.steps, NOTHING, () => expected(rating, group.rows));
  const converted = rating.given.fx === undefined ? amount : amount.times(Rational.of(rating.given.fx.rate));
  return { amount: converted, notes: [`ahead ${amount}`] };
};
