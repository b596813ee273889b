import type { Price, Usage } from './given.ts';
import { Rational, total } from './rational.ts';

/** Usage that is priced together: the rows of one value of the price's dimensions. */
export type Together = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly rows: readonly Usage[];
  readonly quantity: Rational;
};

/** The groups of a price, in the order of their dimension values; a price without usage has one group of nothing. */
export const groupsOf = (price: Price, usage: readonly Usage[]): Together[] => {
  const groups = new Map<string, Usage[]>();
  for (const row of usage) {
    if (row.meter !== price.meter) continue;
    const key = JSON.stringify(price.perDimensions.map((name) => row.dimensions[name] ?? ''));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  if (groups.size === 0) return [{ dimensions: {}, rows: [], quantity: total([]) }];
  return [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, rows]) => {
      const values: string[] = JSON.parse(key);
      return {
        dimensions: Object.fromEntries(price.perDimensions.map((name, n) => [name, values[n] ?? ''])),
        rows,
        quantity: total(rows.map((row) => Rational.of(row.quantity))),
      };
    });
};

/** How opening and closing name what an item keeps for a group: canonical JSON. */
export const keyOf = (item: string, dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify([item, Object.fromEntries(Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)))]);
