import type { Aggregation, CatalogEntry, Meter } from '../../catalog/types.ts';
import { add, formatDecimal, parseDecimal, ZERO } from '../../platform/decimal.ts';
import { addDays, type Period } from '../../platform/period.ts';
import type { Archive } from '../archive/archive.ts';
import { readBalance } from '../read/balance.ts';
import type { SubjectInterval } from '../read/series.ts';
import { readUsageWindows } from '../read/usage-windows.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import type { MeteredUsage } from '../types.ts';

/** What explaining a number needs. */
export type ExplainNumberPorts = BalancePorts & { readonly archive: Pick<Archive, 'line'> };

/** Which number is asked for: the usage of an account in a period by one meter. */
export type NumberQuestion = {
  readonly subjects: readonly SubjectInterval[];
  readonly period: Period;
  /** Every version of the one meter. */
  readonly meter: readonly CatalogEntry<Meter>[];
  /** Only these values; names that are left out may have any. */
  readonly dimensions: Readonly<Record<string, string>>;
};

/** A part of a number: what it is, what it amounts to, and where to ask for what it is made of. */
export type NumberPart = {
  readonly name: string;
  /** What the part amounts to by itself. */
  readonly quantity?: string;
  /** What it adds to the number above; only where parts add up. */
  readonly adds?: string;
  /** `at` of the question for what it is made of. */
  readonly at?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** What else there is to say, by name. */
  readonly about?: Readonly<Record<string, string | number | boolean>>;
};

/** A number and what it is made of. */
export type NumberExplained = {
  readonly level: 'dimensions' | 'days' | 'slots' | 'appends' | 'lines';
  readonly aggregation: Aggregation;
  readonly unit: string;
  /** How the parts make the number, one sentence. */
  readonly how: string;
  readonly quantity?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly parts: readonly NumberPart[];
  /** Where the next page goes on. */
  readonly next?: string;
};

/** Aggregations whose parts add up to the whole. */
export const addsUp = (aggregation: Aggregation): boolean => aggregation === 'COUNT' || aggregation === 'SUM';

/** The sum of decimal texts. */
export const sumOf = (values: readonly string[]): string =>
  formatDecimal(values.reduce((sum, value) => add(sum, parseDecimal(value)), ZERO));

const HOW: Readonly<Record<Aggregation, string>> = {
  COUNT: 'The events are counted: parts add up.',
  SUM: 'The values are added up: parts add up.',
  MIN: 'The smallest value: the smallest of the parts.',
  MAX: 'The largest value: the largest of the parts.',
  AVG: 'The average over all events: not the average of the parts.',
  LATEST: 'The value at the end: that of the last part.',
  UNIQUE_COUNT: 'Distinct values: one that is in several parts counts once.',
  TIME_WEIGHTED: 'The average over time: each part weighs as long as it lasts.',
};

/** The meter's version that holds last: its aggregation and unit are the number's. */
export const newestOf = (meter: readonly CatalogEntry<Meter>[]): Meter | undefined =>
  [...meter].sort((a, b) => b.version - a.version)[0]?.body;

/** Whether dimensions have the values that are asked for. */
export const hasDimensions = (
  has: Readonly<Record<string, string>>,
  asked: Readonly<Record<string, string>>,
): boolean => Object.entries(asked).every(([name, value]) => has[name] === value);

const dimensionsText = (dimensions: Readonly<Record<string, string>>): string =>
  Object.entries(dimensions)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** What is the same at every level. */
export const aboutMeter = (
  meter: readonly CatalogEntry<Meter>[],
): Pick<NumberExplained, 'aggregation' | 'unit' | 'how'> => {
  const { aggregation, unit } = newestOf(meter) ?? { aggregation: 'COUNT', unit: '' };
  return { aggregation, unit, how: HOW[aggregation] };
};

type Row = Pick<MeteredUsage, 'dimensions' | 'quantity'>;

const rowsOf = (usage: readonly MeteredUsage[], asked: NumberQuestion['dimensions']): Row[] =>
  usage.filter(({ dimensions }) => hasDimensions(dimensions, asked));

const byDimensions = (question: NumberQuestion, rows: readonly Row[]): NumberExplained => {
  const about = aboutMeter(question.meter);
  return {
    level: 'dimensions',
    ...about,
    how: addsUp(about.aggregation) ? about.how : 'Each is a number by itself.',
    ...(addsUp(about.aggregation) ? { quantity: sumOf(rows.map(({ quantity }) => quantity)) } : {}),
    dimensions: question.dimensions,
    parts: rows.map(({ dimensions, quantity }) => ({
      name: dimensionsText(dimensions),
      dimensions,
      quantity,
      ...(addsUp(about.aggregation) ? { adds: quantity } : {}),
    })),
  };
};

const windowsOf = async (
  ports: ExplainNumberPorts,
  { subjects, meter, dimensions }: NumberQuestion,
  period: Period,
  size: 'day' | 'slot',
  first: string,
): Promise<{ readonly parts: NumberPart[]; readonly next?: string }> => {
  const { windows, next } = await readUsageWindows(ports, { subjects, period, size, meters: meter }, first);
  const { aggregation } = aboutMeter(meter);
  const parts = windows.flatMap(({ from, usage }, n): NumberPart[] => {
    const [row] = rowsOf(usage, dimensions);
    if (row === undefined) return [];
    const at = size === 'day' ? addDays(first, n) : from;
    return [{ name: at, at, quantity: row.quantity, ...(addsUp(aggregation) ? { adds: row.quantity } : {}) }];
  });
  return { parts, ...(next === undefined ? {} : { next }) };
};

/**
 * The number of a period: its dimensions, if it has several, else its local days, a page at a time.
 * @param after `next` of the page before
 */
export const explainPeriod = async (
  ports: ExplainNumberPorts,
  question: NumberQuestion,
  after: string | undefined,
): Promise<NumberExplained> => {
  const { subjects, period, meter, dimensions } = question;
  const { usage } = await readBalance(ports, { subjects, period, meters: meter });
  const rows = rowsOf(usage, dimensions);
  if (rows.length > 1) return byDimensions(question, rows);
  const [row] = rows;
  const page =
    row === undefined
      ? { parts: [] }
      : await windowsOf(ports, { ...question, dimensions: row.dimensions }, period, 'day', after ?? period.start);
  return {
    level: 'days',
    ...aboutMeter(meter),
    quantity: row?.quantity ?? '0',
    dimensions: row?.dimensions ?? dimensions,
    ...page,
  };
};

/** The number of a local day: its dimensions, if it has several, else its slots with usage. */
export const explainDay = async (
  ports: ExplainNumberPorts,
  question: NumberQuestion,
  day: string,
): Promise<NumberExplained> => {
  const period = { ...question.period, start: day, end: addDays(day, 1) };
  const { subjects, meter: meters } = question;
  const { windows } = await readUsageWindows(ports, { subjects, period, size: 'day', meters }, day);
  const rows = rowsOf(windows[0]?.usage ?? [], question.dimensions);
  if (rows.length > 1) return byDimensions(question, rows);
  const dimensions = rows[0]?.dimensions ?? question.dimensions;
  const { parts } = await windowsOf(ports, { ...question, dimensions }, period, 'slot', day);
  return { level: 'slots', ...aboutMeter(meters), quantity: rows[0]?.quantity ?? '0', dimensions, parts };
};
