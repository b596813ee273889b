import type { Price } from '../catalog/types.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { add, type Decimal, parseDecimal, sum, ZERO } from '../platform/decimal.ts';
import { daysOf, type Period } from '../platform/period.ts';
import { RatingError } from './rating-error.ts';
import type { Shift, Transactions } from './steps/step.ts';
import type { RatableUsage } from './types.ts';

/** The usage of one line: one group of dimension values of a price, added up. */
export type UsageGroup = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: Decimal;
  readonly unit: string;
  readonly daily: readonly { readonly day: string; readonly value: Decimal }[];
  /** The details that usage of some meters has; absent where a row has none. */
  readonly changes?: readonly Shift[] | undefined;
  readonly windows?: readonly Window[] | undefined;
  readonly transactions?: readonly Transactions[] | undefined;
  readonly fullQuantity?: Decimal | undefined;
  /** The rows it was made from, in canonical order: part of what the line pins. */
  readonly rows: readonly RatableUsage[];
};

/** The quantity of an hour or local day, by its beginning in local time. */
export type Window = { readonly start: string; readonly quantity: Decimal };

const pick = (all: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, all[name] ?? '']));

/** Whatever order rows come in, they are taken in this one. */
const inOrder = (rows: readonly RatableUsage[]): readonly RatableUsage[] =>
  rows.length < 2
    ? rows
    : rows
        .map((row) => ({ row, key: canonicalJson(row) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ row }) => row);

/** No usage at all says of everything that there was nothing. */
const NO_DETAILS = { changes: [], windows: [], transactions: [] } as const;

/**
 * The groups of a metered price, ordered by their dimension values: one per value of `perDimensions`, or one pooled
 * group. Without usage there is one empty group, so that fees and minimums of the price still apply.
 * @throws {RatingError} `usage-units` if rows of one group have different units.
 */
export const groupUsage = (price: Price, usage: readonly RatableUsage[], part: Period): readonly UsageGroup[] => {
  const rows = usage.filter((row) => row.meter === price.meter);
  if (rows.length === 0) {
    const daily = price.steps.some(({ step }) => step === 'seats') ? dailyOf([], price, part) : [];
    return [{ dimensions: {}, quantity: ZERO, unit: 'unit', daily, ...NO_DETAILS, rows: [] }];
  }
  if (price.perDimensions.length === 0) return [groupOf(rows, price, part)];
  const groups = [...Map.groupBy(rows, (row) => valuesKey(row, price.perDimensions)).values()];
  return groups
    .map((members) => groupOf(members, price, part))
    .map((group) => ({ group, key: canonicalJson(group.dimensions) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ group }) => group);
};

/** One text for the values of some dimensions: as short as may be. */
const valuesKey = ({ dimensions }: RatableUsage, names: readonly string[]): string => {
  const [name = ''] = names;
  return names.length === 1 ? (dimensions[name] ?? '') : JSON.stringify(names.map((each) => dimensions[each] ?? ''));
};

const groupOf = (some: readonly RatableUsage[], price: Price, part: Period): UsageGroup => {
  const rows = inOrder(some);
  const [first] = rows;
  return {
    dimensions: price.perDimensions.length === 0 ? {} : pick(first?.dimensions ?? {}, price.perDimensions),
    quantity:
      rows.length === 1 && first !== undefined
        ? parseDecimal(first.quantity)
        : sum(rows.map((row) => parseDecimal(row.quantity))),
    unit: unitOf(rows, price),
    daily: dailyOf(rows, price, part),
    changes: shiftsOf(rows),
    windows: windowsOf(rows),
    transactions: transactionsOf(rows),
    fullQuantity: fullQuantityOf(rows),
    rows,
  };
};

const transactionsOf = (rows: readonly RatableUsage[]): UsageGroup['transactions'] =>
  ofAll(rows, ({ transactions }) => transactions)?.map(({ amount, count = 1 }) => ({
    amount: parseDecimal(amount),
    count,
  }));

const fullQuantityOf = (rows: readonly RatableUsage[]): UsageGroup['fullQuantity'] =>
  rows.some((row) => row.fullQuantity !== undefined)
    ? sum(rows.map((row) => parseDecimal(row.fullQuantity ?? row.quantity)))
    : undefined;

/** The details of all rows, one after another; `undefined` as soon as one row does not have them. */
const ofAll = <T>(
  rows: readonly RatableUsage[],
  of: (row: RatableUsage) => readonly T[] | undefined,
): readonly T[] | undefined => {
  const [first] = rows;
  const firsts = first === undefined ? [] : of(first);
  if (rows.length < 2 || firsts === undefined) return firsts;
  const all: T[] = [];
  for (const row of rows) {
    const some = of(row);
    if (some === undefined) return undefined;
    all.push(...some);
  }
  return all;
};

/** Before another: earlier, or at one instant without a charged share of its own. */
const before = (a: Shift, b: Shift): number => {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return Number(a.prorated !== undefined) - Number(b.prorated !== undefined);
};

/**
 * The changes of the level of all rows together, in the order of time. What changes at one instant is one change, as where
 * the ledger adds up subjects: a seat that goes from one account to another was never one seat more. A change that says
 * what of it is charged stays by itself.
 */
const shiftsOf = (rows: readonly RatableUsage[]): UsageGroup['changes'] =>
  ofAll(rows, ({ changes }) => changes)
    ?.map(({ at, by, prorated }) => ({
      at,
      by: parseDecimal(by),
      ...(prorated === undefined ? {} : { prorated: parseDecimal(prorated) }),
    }))
    .sort(before)
    .reduce<Shift[]>((joined, shift) => {
      const last = joined.at(-1);
      if (last?.at !== shift.at || shift.prorated !== undefined) joined.push(shift);
      else joined[joined.length - 1] = { at: shift.at, by: add(last.by, shift.by) };
      return joined;
    }, []);

const windowsOf = (rows: readonly RatableUsage[]): UsageGroup['windows'] => {
  const windows = ofAll(rows, (row) => row.windows);
  if (windows === undefined) return undefined;
  const quantities = new Map<string, Decimal>();
  for (const { start, quantity } of windows) {
    quantities.set(start, add(quantities.get(start) ?? ZERO, parseDecimal(quantity)));
  }
  return [...quantities].map(([start, quantity]) => ({ start, quantity })).sort((a, b) => (a.start < b.start ? -1 : 1));
};

const unitOf = (rows: readonly RatableUsage[], price: Price): string => {
  const unit = rows[0]?.unit ?? '';
  if (rows.some((row) => row.unit !== unit)) {
    const units = [...new Set(rows.map((row) => row.unit))];
    throw new RatingError(
      'usage-units',
      `the usage of price "${price.id}" is measured in ${units.join(' and ')}: a meter changed its unit in this period`,
      { price: price.id, units: units.join(', ') },
    );
  }
  return unit;
};

/** The value of every day of the part, added up over rows; empty if the price is not charged by day. */
const dailyOf = (rows: readonly RatableUsage[], price: Price, part: Period): UsageGroup['daily'] => {
  const byDay = rows.some((row) => row.daily !== undefined);
  if (!byDay && rows.length > 0) return NO_DAYS;
  const days = daysOfPart(part);
  const readers = rows.map((row) => valuesOf(row.daily ?? [], days));
  return days.map((day, n) => {
    let value = ZERO;
    for (const read of readers) {
      const more = read(day, n);
      if (more === undefined) {
        throw new RatingError('usage-incomplete', `the usage of price "${price.id}" says nothing about ${day}`, {
          price: price.id,
          day,
        });
      }
      value = value === ZERO ? parseDecimal(more) : add(value, parseDecimal(more));
    }
    return { day, value };
  });
};

const NO_DAYS = [] as const;

/** The value of a day, which is the n-th of `days`: most usage has exactly these days in their order. */
const valuesOf = (
  daily: NonNullable<RatableUsage['daily']>,
  days: readonly string[],
): ((day: string, n: number) => string | undefined) => {
  if (daily.length === days.length && daily.every(({ day }, n) => day === days[n])) return (_, n) => daily[n]?.value;
  const values = new Map(daily.map(({ day, value }) => [day, value]));
  return (day) => values.get(day);
};

/** The days of the period that was asked for last: most accounts of a run have the same. */
let lastDays: { readonly start: string; readonly end: string; readonly days: readonly string[] } | undefined;

const daysOfPart = (part: Period): readonly string[] => {
  const { start, end } = part;
  if (lastDays?.start !== start || lastDays.end !== end) lastDays = { start, end, days: daysOf(part) };
  return lastDays.days;
};

/** All groups together, for tiers, allowance and packages that groups share. */
export const pooledGroup = (groups: readonly UsageGroup[], price: Price, part: Period): UsageGroup =>
  groups.length === 1 && groups[0] !== undefined
    ? { ...groups[0], dimensions: {} }
    : groupOf(
        groups.flatMap((group) => group.rows),
        { ...price, perDimensions: [] },
        part,
      );
