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
  readonly changes?: readonly Shift[];
  readonly windows?: readonly Window[];
  readonly transactions?: readonly Transactions[];
  readonly fullQuantity?: Decimal;
  /** The rows it was made from, in canonical order: part of what the line pins. */
  readonly rows: readonly RatableUsage[];
};

/** The quantity of an hour or local day, by its beginning in local time. */
export type Window = { readonly start: string; readonly quantity: Decimal };

const pick = (all: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, all[name] ?? '']));

const inOrder = (rows: readonly RatableUsage[]): readonly RatableUsage[] =>
  rows.length < 2
    ? rows
    : rows
        .map((row) => ({ row, key: canonicalJson(row) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ row }) => row);

/**
 * The groups of a metered price, ordered by their dimension values: one per value of `perDimensions`, or one pooled
 * group. Without usage there is one empty group, so that fees and minimums of the price still apply.
 * @throws {RatingError} `usage-units` if rows of one group have different units.
 */
export const groupUsage = (price: Price, usage: readonly RatableUsage[], part: Period): readonly UsageGroup[] => {
  const rows = inOrder(usage.filter((row) => row.meter === price.meter));
  const needsDays = price.steps.some(({ step }) => step === 'seats');
  if (rows.length === 0) {
    const daily = needsDays ? dailyOf([], price, part) : [];
    return [{ dimensions: {}, quantity: ZERO, unit: 'unit', daily, rows: [] }];
  }
  if (price.perDimensions.length === 0) return [groupOf(rows, price, part)];
  const groups = Map.groupBy(rows, (row) => canonicalJson(pick(row.dimensions, price.perDimensions)));
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, members]) => groupOf(members, price, part));
};

const groupOf = (rows: readonly RatableUsage[], price: Price, part: Period): UsageGroup => ({
  dimensions: pick(rows[0]?.dimensions ?? {}, price.perDimensions),
  quantity: sum(rows.map((row) => parseDecimal(row.quantity))),
  unit: unitOf(rows, price),
  daily: dailyOf(rows, price, part),
  ...detailsOf(rows),
  rows,
});

type Details = Pick<UsageGroup, 'changes' | 'windows' | 'transactions' | 'fullQuantity'>;

const detailsOf = (rows: readonly RatableUsage[]): Details => {
  const changes = ofAll(rows, ({ changes: list }) => list);
  const windows = ofAll(rows, ({ windows: list }) => list);
  const transactions = ofAll(rows, ({ transactions: list }) => list);
  return {
    ...(changes === undefined ? {} : { changes: shiftsOf(changes) }),
    ...(windows === undefined ? {} : { windows: windowsOf(windows) }),
    ...(transactions === undefined
      ? {}
      : { transactions: transactions.map(({ amount, count = 1 }) => ({ amount: parseDecimal(amount), count })) }),
    ...(rows.some((row) => row.fullQuantity !== undefined)
      ? { fullQuantity: sum(rows.map((row) => parseDecimal(row.fullQuantity ?? row.quantity))) }
      : {}),
  };
};

/** The details of all rows, one after another; `undefined` as soon as one row does not have them. */
const ofAll = <T>(
  rows: readonly RatableUsage[],
  of: (row: RatableUsage) => readonly T[] | undefined,
): readonly T[] | undefined => {
  const all: T[] = [];
  for (const row of rows) {
    const some = of(row);
    if (some === undefined) return undefined;
    all.push(...some);
  }
  return all;
};

const shiftsOf = (changes: NonNullable<RatableUsage['changes']>): Shift[] =>
  changes
    .map(({ at, by, prorated }) => ({
      at,
      by: parseDecimal(by),
      ...(prorated === undefined ? {} : { prorated: parseDecimal(prorated) }),
    }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

const windowsOf = (windows: NonNullable<RatableUsage['windows']>): Window[] => {
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
  if (!byDay && rows.length > 0) return [];
  const values = new Map<string, Decimal>(daysOf(part).map((day) => [day, ZERO]));
  for (const row of rows) {
    const seen = new Map((row.daily ?? []).map(({ day, value }) => [day, value]));
    for (const [day, before] of values) {
      const value = seen.get(day);
      if (value === undefined) {
        throw new RatingError('usage-incomplete', `the usage of price "${price.id}" says nothing about ${day}`, {
          price: price.id,
          day,
        });
      }
      values.set(day, add(before, parseDecimal(value)));
    }
  }
  return [...values].map(([day, value]) => ({ day, value }));
};

/** All groups together, for tiers, allowance and packages that groups share. */
export const pooledGroup = (groups: readonly UsageGroup[], price: Price, part: Period): UsageGroup =>
  groups.length === 1 && groups[0] !== undefined
    ? { ...groups[0], dimensions: {} }
    : groupOf(inOrder(groups.flatMap((group) => group.rows)), { ...price, perDimensions: [] }, part);
