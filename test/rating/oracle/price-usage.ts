import { yearEnd, yearStart } from './calendar.ts';
import { chargeOf, converted, coveredShare, type Scene } from './charge.ts';
import type { Given, Item, Named, Price, Span, State, Step } from './given.ts';
import type { Together } from './groups.ts';
import { least, most, NOTHING, Rational, total } from './rational.ts';

/** The step of that name, if a price has it. */
export const stepOf = <N extends Step['step']>(steps: readonly Step[], name: N): Named<N> | undefined =>
  steps.find((step): step is Named<N> => step.step === name);

const CHARGES: readonly Step['step'][] = [
  'per-unit',
  'graduated',
  'volume',
  'package',
  'stairstep',
  'percentage',
  'matrix',
  'dynamic',
  'capacity',
  'seats',
];

/** One item of the contract, while its lines are made. */
export type Rating = {
  readonly given: Given;
  readonly item: Item;
  readonly price: Price;
  readonly steps: readonly Step[];
  readonly part: Span;
  /** What is left of allowances that items share. */
  readonly pools: Map<string, Rational>;
};

export type Priced = { readonly amount: Rational; readonly state: State; readonly notes: readonly string[] };

type Left = { readonly quantity: Rational; readonly periods: number };

/** The allowance of the covered part, without what rolled over. */
const ownAllowance = (step: Named<'allowance'>, scene: Pick<Scene, 'given' | 'part'>): Rational => {
  const whole = Rational.of(step.quantity);
  const { part, policy } = scene.given;
  return part !== undefined || policy.partPeriodAllowance === 'by-day' ? whole.times(coveredShare(scene)) : whole;
};

/** Takes an allowance off, the oldest first; says what is left for how long. */
const allow = (
  step: Named<'allowance'>,
  quantity: Rational,
  rating: Rating,
  opening: State,
): { readonly after: Rational; readonly left: readonly Left[] } => {
  const own = ownAllowance(step, rating);
  if (step.pool !== undefined) {
    const available = rating.pools.get(step.pool) ?? own;
    const used = most(least(quantity, available), NOTHING);
    rating.pools.set(step.pool, available.minus(used));
    return { after: quantity.minus(used), left: [] };
  }
  const stock: Left[] = [
    ...(step.rollover === undefined ? [] : (opening.rollover ?? [])).map((each) => ({
      quantity: Rational.of(each.quantity),
      periods: each.periods - 1,
    })),
    { quantity: own, periods: step.rollover?.periods ?? 0 },
  ];
  let [after, room] = [quantity, step.rollover?.upTo === undefined ? undefined : Rational.of(step.rollover.upTo)];
  const left: Left[] = [];
  for (const each of stock) {
    const used = most(least(after, each.quantity), NOTHING);
    after = after.minus(used);
    let rest = each.quantity.minus(used);
    if (each.periods < 1) continue;
    if (room !== undefined) {
      rest = least(rest, room);
      room = room.minus(rest);
    }
    if (rest.sign() > 0) left.push({ quantity: rest, periods: each.periods });
  }
  return { after, left };
};

/** From a measured quantity to what it costs: conversion, allowance, charge. */
const through = (quantity: Rational, rating: Rating, group: Together, opening: State) => {
  const allowance = stepOf(rating.steps, 'allowance');
  const unit = converted(stepOf(rating.steps, 'unit-conversion'), quantity);
  const { after, left } = allowance === undefined ? { after: unit, left: [] } : allow(allowance, unit, rating, opening);
  const charge = rating.steps.find((step) => CHARGES.includes(step.step));
  const amount = chargeOf(charge, after, { given: rating.given, part: rating.part, rows: group.rows });
  return { amount, left, notes: [`${quantity} measured, ${unit} converted, ${after} to charge = ${amount}`] };
};

/** Up to the commitment as priced, above it times the factor; prorated where the policy says so and it is no window's. */
const committed = (amount: Rational, rating: Rating, whole: boolean): Rational => {
  const step = stepOf(rating.steps, 'commitment');
  if (step === undefined || rating.given.interim === true) return amount;
  const share = whole || rating.given.policy.partPeriodMinimum === 'whole' ? undefined : coveredShare(rating);
  const least = share === undefined ? Rational.of(step.amount) : Rational.of(step.amount).times(share);
  if (!amount.isAbove(least)) return step.trueUp ? least : amount;
  return least.plus(amount.minus(least).times(Rational.of(step.overageFactor ?? '1')));
};

const windowsOf = (price: Price, group: Together): [string, Rational][] => {
  const windows = new Map<string, Rational>();
  for (const { start, quantity } of group.rows.flatMap((row) => row.windows ?? [])) {
    const hour = Number(start.slice(11, 13));
    const kept = price.windowed?.hours?.some(({ from, to }) => from <= hour && hour < to) ?? true;
    const key = price.windowed?.every === 'day' ? start.slice(0, 10) : start.slice(0, 13);
    if (kept) windows.set(key, (windows.get(key) ?? NOTHING).plus(Rational.of(quantity)));
  }
  return [...windows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
};

const windowed = (rating: Rating, group: Together): Priced => {
  const parts = windowsOf(rating.price, group).map(([name, quantity]) => {
    const each = through(quantity, rating, group, {});
    const amount = committed(each.amount, rating, true);
    return { amount, notes: [`window ${name}:`, ...each.notes, `with commitment ${amount}`] };
  });
  return { amount: total(parts.map((part) => part.amount)), state: {}, notes: parts.flatMap((part) => part.notes) };
};

/** Whether nothing of this contract year was charged before. */
const beginsYear = ({ given: { contract, period }, part }: Rating): boolean => {
  const begin = yearStart(contract, part.start);
  return begin >= period.start || part.start === begin;
};

const overYear = (rating: Rating, group: Together, opening: State): Priced => {
  const begins = beginsYear(rating);
  const before = begins ? NOTHING : Rational.of(opening.accumulated ?? '0');
  const after = before.plus(group.quantity);
  const [first, last] = [through(before, rating, group, {}), through(after, rating, group, {})];
  const amount = begins ? last.amount : last.amount.minus(first.amount);
  return {
    amount: committed(amount, rating, false),
    state: { accumulated: `${after}` },
    notes: [...(begins ? [] : first.notes), ...last.notes, `difference ${amount}`],
  };
};

/** What the usage of one group costs, up to the commitment, and what it leaves. */
export const priceUsage = (rating: Rating, group: Together, opening: State): Priced => {
  if (rating.price.windowed !== undefined) return windowed(rating, group);
  if (rating.price.accumulate !== undefined) return overYear(rating, group, opening);
  const { amount, left, notes } = through(group.quantity, rating, group, opening);
  return {
    amount: committed(amount, rating, false),
    state:
      left.length === 0
        ? {}
        : { rollover: left.map(({ quantity, periods }) => ({ quantity: `${quantity}`, periods })) },
    notes,
  };
};

/** What all groups cost together, shared out by quantity. */
export const pricePooled = (rating: Rating, groups: readonly Together[], opening: State): Priced[] => {
  const all: Together = {
    dimensions: {},
    rows: groups.flatMap((group) => group.rows),
    quantity: total(groups.map((group) => group.quantity)),
  };
  const { amount, notes } = priceUsage(rating, all, opening);
  return groups.map((group, n) => ({
    amount: all.quantity.isZero() ? (n === 0 ? amount : NOTHING) : amount.times(group.quantity).over(all.quantity),
    state: {},
    notes: [`of all: ${amount}`, ...notes],
  }));
};

/** Whether the contract year ends within the period. */
export const endsYear = ({ contract, period }: Given, part: Span): boolean =>
  yearEnd(contract, part.start) <= period.end || (contract.end !== undefined && contract.end <= period.end);
