import { allocated } from './allocated.ts';
import { endsPeriod, firstDay, periodBefore, yearStart } from './calendar.ts';
import { chargeOf, converted, minimumOf } from './charge.ts';
import type { Given, Item, Named, Price, Span, State, Step, Usage } from './given.ts';
import type { Together } from './groups.ts';
import { least, most, NOTHING, ONE, Rational, total } from './rational.ts';
import { roundPooled } from './rounding.ts';
import { Unratable } from './unratable.ts';
import { coveredShare } from './versions.ts';

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

export type Priced = {
  readonly amount: Rational;
  readonly state: State;
  readonly notes: readonly string[];
  /** The commitment is reckoned with already: in each window, or for all groups together. */
  readonly committed?: true;
};

type Left = { readonly quantity: Rational; readonly periods: number };

/** The allowance of the covered part, without what rolled over. That of a window, or of the year, is what it is. */
const ownAllowance = (step: Named<'allowance'>, rating: Rating): Rational => {
  const whole = Rational.of(step.quantity);
  const { part, policy } = rating.given;
  const byDay = part !== undefined || policy.partPeriodAllowance === 'by-day';
  const ofPeriod = rating.price.windowed === undefined && rating.price.accumulate === undefined;
  // A share of an allowance is a quantity, so it has at most 12 decimals; what is cut is given to the customer.
  return byDay && ofPeriod ? whole.times(coveredShare(rating)).rounded(12, 'up') : whole;
};

type Used = { readonly after: Rational; readonly left: readonly Left[] };

/** What a shared allowance still has is taken by whoever comes first. */
const allowOfPool = (pool: string, own: Rational, quantity: Rational, { pools }: Rating): Used => {
  const available = pools.get(pool) ?? own;
  const used = most(least(quantity, available), NOTHING);
  pools.set(pool, available.minus(used));
  return { after: most(quantity.minus(used), NOTHING), left: [] };
};

/** What of a stock is still there once so much of all of it is used, the first of it first: what lies beyond the use. */
const beyond = (stock: readonly Left[], used: Rational): Left[] => {
  let end = NOTHING;
  return stock.map((each) => {
    end = end.plus(each.quantity);
    return { ...each, quantity: most(NOTHING, least(each.quantity, end.minus(used))) };
  });
};

/** At most so much in all, the first of it first. */
const upTo = (stock: readonly Left[], room: Rational | undefined): Left[] => {
  if (room === undefined) return [...stock];
  const all = total(stock.map(({ quantity }) => quantity));
  const rest = beyond(stock, least(room, all));
  return stock.map((each, n) => ({ ...each, quantity: each.quantity.minus(rest[n]?.quantity ?? NOTHING) }));
};

/**
 * Takes an allowance off, the oldest first; says what is left for how long. Only where the period ends does what is left
 * lose a period and come to at most so much: a later part of the same period has all of it.
 */
const allow = (step: Named<'allowance'>, quantity: Rational, rating: Rating, opening: State): Used => {
  const own = ownAllowance(step, rating);
  if (step.pool !== undefined) return allowOfPool(step.pool, own, quantity, rating);
  const ends = endsPeriod(rating.given);
  const stock: Left[] = [
    ...(step.rollover === undefined ? [] : (opening.rollover ?? [])).map((each) => ({
      quantity: Rational.of(each.quantity),
      periods: each.periods,
    })),
    { quantity: own, periods: (step.rollover?.periods ?? -1) + 1 },
  ];
  const used = most(NOTHING, least(quantity, total(stock.map((each) => each.quantity))));
  const lasting = beyond(stock, used)
    .map((each) => ({ ...each, periods: each.periods - (ends ? 1 : 0) }))
    .filter(({ periods }) => periods > 0);
  const room = step.rollover?.upTo === undefined || !ends ? undefined : Rational.of(step.rollover.upTo);
  // Less than nothing was included too.
  return {
    after: most(quantity.minus(used), NOTHING),
    left: upTo(lasting, room).filter((each) => each.quantity.sign() > 0),
  };
};

/** What passes on is a decimal: a share by day has none that ends, so it has 12 places. */
export const kept = (value: Rational): string => value.rounded(12, 'half-even').toString();

/** The quantity in the priced unit: of the whole, or of what each bill of the period added, converted alone. */
const inUnits = (quantity: Rational, rating: Rating, group: Together): Rational => {
  const step = stepOf(rating.steps, 'unit-conversion');
  const slices = group.rows.flatMap((row) => row.slices ?? []);
  const alone = rating.given.policy.interimConversion === 'slice' && slices.length > 0;
  return alone ? total(slices.map((slice) => converted(step, Rational.of(slice)))) : converted(step, quantity);
};

/** Transactions of which the first so much is included; one that is included whole costs nothing at all. */
const withoutFirst = (rows: readonly Usage[], included: Rational): Usage[] => {
  let left = included;
  return rows.map((row) => {
    if (row.transactions === undefined || left.isZero()) return row;
    const single = row.transactions.flatMap(({ amount, count = 1 }) => Array.from({ length: count }, () => amount));
    const transactions = single.flatMap((amount) => {
      const used = least(left, Rational.of(amount));
      left = left.minus(used);
      const rest = Rational.of(amount).minus(used);
      return rest.isZero() ? [] : [{ amount: rest.toString() }];
    });
    return { ...row, transactions };
  });
};

/** From a measured quantity to what it costs: conversion, allowance, charge. */
const through = (quantity: Rational, rating: Rating, group: Together, opening: State) => {
  const allowance = stepOf(rating.steps, 'allowance');
  const unit = inUnits(quantity, rating, group);
  const { after, left } = allowance === undefined ? { after: unit, left: [] } : allow(allowance, unit, rating, opening);
  const charge = rating.steps.find((step) => CHARGES.includes(step.step));
  const rows = withoutFirst(group.rows, unit.minus(after));
  const amount = chargeOf(charge, after, {
    given: rating.given,
    part: rating.part,
    rows,
    conversion: stepOf(rating.steps, 'unit-conversion'),
  });
  return { amount, left, notes: [`${quantity} measured, ${unit} converted, ${after} to charge = ${amount}`] };
};

/** Up to the commitment as priced, above it times the factor; prorated where the policy says so and it is no window's. */
export const committed = (amount: Rational, rating: Rating, whole: boolean): Rational => {
  const step = stepOf(rating.steps, 'commitment');
  if (step === undefined || rating.given.interim === true) return amount;
  const least = whole ? Rational.of(step.amount) : minimumOf(step.amount, rating);
  if (!amount.isAbove(least)) return step.trueUp ? least : amount;
  return least.plus(amount.minus(least).times(Rational.of(step.overageFactor ?? '1')));
};

const windowsOf = (price: Price, group: Together): [string, Rational][] => {
  if (group.rows.some((row) => row.windows === undefined && !Rational.of(row.quantity).isZero()))
    throw new Unratable('no windows');
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
  return {
    amount: total(parts.map((part) => part.amount)),
    state: {},
    notes: parts.flatMap((part) => part.notes),
    committed: true,
  };
};

/**
 * Whether nothing of this contract year came before: a period is of the year that its first day is of, and a later part of
 * it goes on with what an earlier one began.
 */
const beginsYear = ({ given: { contract, period, part } }: Rating): boolean => {
  if (part !== undefined && part.start > period.start && part.start > firstDay(contract)) return false;
  const before = periodBefore(contract, period);
  return contract.start >= period.start || yearStart(contract, period.start) !== yearStart(contract, before);
};

const overYear = (rating: Rating, group: Together, opening: State): Priced => {
  // A group that was never rated has nothing charged for it before, not even a fee for no usage.
  const begins = opening.accumulated === undefined || beginsYear(rating);
  const before = begins ? NOTHING : Rational.of(opening.accumulated ?? '0');
  const after = before.plus(group.quantity);
  const [first, last] = [through(before, rating, group, {}), through(after, rating, group, {})];
  const amount = begins ? last.amount : last.amount.minus(first.amount);
  return {
    amount,
    state: { accumulated: kept(after) },
    notes: [...(begins ? [] : first.notes), ...last.notes, `difference ${amount}`],
  };
};

/** What the usage of one group costs, up to the commitment, and what it leaves. */
export const priceUsage = (rating: Rating, group: Together, opening: State): Priced => {
  if (rating.price.windowed !== undefined) return windowed(rating, group);
  if (rating.price.accumulate !== undefined) return overYear(rating, group, opening);
  const { amount, left, notes } = through(group.quantity, rating, group, opening);
  return {
    amount,
    state:
      left.length === 0
        ? {}
        : {
            rollover: left.map(({ quantity, periods }) => ({
              quantity: quantity.rounded(40, 'half-up').toString(),
              periods,
            })),
          },
    notes,
  };
};

/** Groups weigh what they used, or what they took back where all together did; if nobody did, the first has it all. */
const weightsOf = (groups: readonly Together[], all: Rational): Rational[] => {
  const weights = groups.map(({ quantity }) => most(all.sign() < 0 ? quantity.negated() : quantity, NOTHING));
  return weights.every((weight) => weight.isZero()) ? weights.map((_, n) => (n === 0 ? ONE : NOTHING)) : weights;
};

/** What shares its tiers cannot be priced cell by cell once something changed what was measured: nobody knows of which value. */
const refuseChanged = ({ price, steps }: Rating): void => {
  const changes = stepOf(steps, 'unit-conversion') ?? stepOf(steps, 'allowance') ?? price.windowed ?? price.accumulate;
  if (stepOf(steps, 'matrix') !== undefined && changes !== undefined) throw new Unratable('of which cell?');
};

/** What all groups cost together, shared out by quantity. */
export const pricePooled = (
  rating: Rating,
  groups: readonly Together[],
  opening: State,
): { readonly shares: Priced[]; readonly state: State } => {
  refuseChanged(rating);
  const all: Together = {
    dimensions: {},
    rows: groups.flatMap((group) => group.rows),
    quantity: total(groups.map((group) => group.quantity)),
  };
  const { notes, state, ...priced } = priceUsage(rating, all, opening);
  const amount = priced.committed === true ? priced.amount : committed(priced.amount, rating, false);
  const whole = roundPooled(amount, rating.given);
  const parts = allocated(whole.amount, weightsOf(groups, all.quantity), whole.unit);
  const shares = parts.map((part) => ({
    amount: part,
    state: {},
    committed: true as const,
    notes: [...notes, `of ${whole.amount} in all: ${part}`],
  }));
  return { shares, state };
};
