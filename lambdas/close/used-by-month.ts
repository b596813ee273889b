import { add, formatDecimal, parseDecimal, ZERO } from '../platform/decimal.ts';
import { addDays, type Period } from '../platform/period.ts';
import { recognitionOf } from '../rating/finish-charge.ts';
import { priceOf } from '../rating/prices-of.ts';
import type { UsedOn } from '../rating/recognition.ts';
import type { RatedLine, RateInput } from '../rating/types.ts';
import type { DetailedUsage, DetailsWanted } from '../usage/read/usage-details.ts';

/** What was used in each calendar month, by the id of a line that is recognized as used. */
export type UsedByLine = Readonly<Record<string, readonly UsedOn[]>>;

const monthOf = (day: string): string => day.slice(0, 7);

const isWithinMonth = ({ start, end }: Period): boolean => monthOf(start) === monthOf(addDays(end, -1));

/**
 * The meters whose usage must be known day by day for the revenue of their lines: of prices that are recognized as used,
 * where the part of the period reaches over more than one calendar month. Elsewhere one month has it all, and nothing
 * more is read.
 */
export const metersByMonth = (
  { contract, priceBook, period }: Pick<RateInput, 'contract' | 'priceBook' | 'period'>,
  covered: Period,
): string[] => {
  if (covered.start >= covered.end || isWithinMonth(covered)) return [];
  const prices = contract.items.map((item) => priceOf(item, contract, priceBook, period.start));
  return [
    ...new Set(
      prices.flatMap((price) => (price.meter !== undefined && recognitionOf(price) === 'as-used' ? [price.meter] : [])),
    ),
  ];
};

/** What prices need of usage, and the days of some meters: hours that a price looks at add up to days as well. */
export const withDays = (details: DetailsWanted, meters: readonly string[]): DetailsWanted =>
  meters.length === 0
    ? details
    : { ...details, windows: { ...Object.fromEntries(meters.map((meter) => [meter, 'day'])), ...details.windows } };

/** Usage as rating takes it, without what was read only for revenue: a line is made from what its price looks at. */
export const asPriced = (usage: readonly DetailedUsage[], { windows = {} }: DetailsWanted): readonly DetailedUsage[] =>
  usage.map((row) => {
    if (row.windows === undefined || windows[row.meter] !== undefined) return row;
    const { windows: _, ...own } = row;
    return own;
  });

/** What lines used in each calendar month, of rows of usage that say their days. */
export const usedByMonth = (
  lines: readonly RatedLine[],
  usage: readonly DetailedUsage[],
  meters: readonly string[],
): UsedByLine => {
  const found: Record<string, UsedOn[]> = {};
  for (const { id, meter, dimensions, recognition, period } of lines) {
    if (recognition !== 'as-used' || meter === undefined || !meters.includes(meter)) continue;
    const values = new Map<string, { day: string; value: typeof ZERO }>();
    const own = usage.filter((row) => row.meter === meter && isOf(dimensions, row.dimensions));
    for (const { start, quantity } of own.flatMap(({ windows = [] }) => windows)) {
      const day = start.slice(0, 10);
      if (day < period.start || day >= period.end) continue;
      const known = values.get(monthOf(day)) ?? { day, value: ZERO };
      values.set(monthOf(day), { ...known, value: add(known.value, parseDecimal(quantity)) });
    }
    found[id] = [...values.values()].map(({ day, value }) => ({ day, value: formatDecimal(value) }));
  }
  return found;
};

/** Whether a row of usage belongs to a line with these dimension values: the row may tell more apart. */
const isOf = (line: RatedLine['dimensions'], row: RatedLine['dimensions']): boolean =>
  Object.entries(line).every(([name, value]) => row[name] === value);
