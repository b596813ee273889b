import type { Given, Opening, Price, Usage } from './given.ts';
import { NOTHING, Rational, total } from './rational.ts';

/** Usage that is priced together: the rows of one value of the price's dimensions. */
export type Together = {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly rows: readonly Usage[];
  readonly quantity: Rational;
};

/** How opening and closing name what an item keeps for a group: canonical JSON. */
export const keyOf = (item: string, dimensions: Readonly<Record<string, string>>): string =>
  JSON.stringify([item, Object.fromEntries(Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1)))]);

/** The dimension values of an item that the period before left something for. */
const remembered = (item: string, opening: Opening): Readonly<Record<string, string>>[] =>
  Object.keys(opening.prices ?? {}).flatMap((key) => {
    const [of, dimensions]: [string, Record<string, string>] = JSON.parse(key);
    return of === item ? [dimensions] : [];
  });

/**
 * The groups of a price, in the order of their dimension values, the dimensions by name. A price without usage has one group of nothing. `idle`
 * are those that were not used but that the period before left something for.
 */
export const groupsOf = (item: string, price: Price, usage: readonly Usage[], opening: Opening) => {
  const groups = new Map<string, Usage[]>();
  const names = price.perDimensions.toSorted();
  const keyIn = (dimensions: Readonly<Record<string, string>>): string =>
    JSON.stringify(names.map((name) => dimensions[name] ?? ''));
  for (const row of usage.filter(({ meter }) => meter === price.meter)) {
    const key = keyIn(row.dimensions);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const together = (key: string, rows: readonly Usage[]): Together => {
    const values: string[] = JSON.parse(key);
    return {
      dimensions: Object.fromEntries(names.map((name, n) => [name, values[n] ?? ''])),
      rows,
      quantity: total(rows.map((row) => Rational.of(row.quantity))),
    };
  };
  const used = [...groups.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, rows]) => together(key, rows));
  const idle = remembered(item, opening)
    .filter(
      (dimensions) => price.perDimensions.length > 0 && Object.keys(dimensions).length === price.perDimensions.length,
    )
    .map(keyIn)
    .filter((key) => !groups.has(key));
  const nothing: Together = { dimensions: {}, rows: [], quantity: NOTHING };
  return { used: used.length === 0 ? [nothing] : used, idle: idle.map((key) => together(key, [])) };
};

/** Whether an item prices usage. */
export const isMetered = ({ contract, priceBook }: Given, id: string): boolean => {
  const price = contract.items.find((item) => item.id === id)?.price;
  return priceBook.prices.find((each) => each.id === price)?.meter !== undefined;
};
