import type { Price } from '../catalog/types.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { add, type Decimal, parseDecimal, sum, ZERO } from '../platform/decimal.ts';
import { daysOf, type Period } from '../platform/period.ts';
import { RatingError } from './rating-error.ts';
import type { RatableUsage } from './types.ts';

/** The usage of one line: one group of dimension values of a price, added up. */
export type UsageGroup = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly quantity: Decimal;
  readonly unit: string;
  readonly daily: readonly { readonly day: string; readonly value: Decimal }[];
  /** The rows it was made from, in canonical order: part of what the line pins. */
  readonly rows: readonly RatableUsage[];
};

const pick = (all: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, all[name] ?? '']));

/**
 * The groups of a metered price, ordered by their dimension values: one per value of `perDimensions`, or one pooled
 * group. Without usage there is one empty group, so that fees and minimums of the price still apply.
 * @throws {RatingError} `usage-units` if rows of one group have different units.
 */
export const groupUsage = (price: Price, usage: readonly RatableUsage[], part: Period): readonly UsageGroup[] => {
  const rows = usage
    .filter((row) => row.meter === price.meter)
    .map((row) => ({ row, key: canonicalJson(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
  if (rows.length === 0) {
    return [{ dimensions: {}, quantity: ZERO, unit: 'unit', daily: dailyOf([], price, part), rows: [] }];
  }
  const groups = Map.groupBy(rows, (row) => canonicalJson(pick(row.dimensions, price.perDimensions)));
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) => ({
      dimensions: pick(members[0]?.dimensions ?? {}, price.perDimensions),
      quantity: sum(members.map((row) => parseDecimal(row.quantity))),
      unit: unitOf(members, price),
      daily: dailyOf(members, price, part),
      rows: members,
    }));
};

const unitOf = (rows: readonly RatableUsage[], price: Price): string => {
  const units = [...new Set(rows.map((row) => row.unit))];
  if (units.length > 1) {
    throw new RatingError(
      'usage-units',
      `the usage of price "${price.id}" is measured in ${units.join(' and ')}: a meter changed its unit in this period`,
      { price: price.id, units: units.join(', ') },
    );
  }
  return units[0] ?? '';
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
