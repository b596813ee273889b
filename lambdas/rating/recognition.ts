import type { Recognition } from '../catalog/types.ts';
import {
  add,
  type Decimal,
  fromMinorUnits,
  maximum,
  parseDecimal,
  subtract,
  toMinorUnits,
  ZERO,
} from '../platform/decimal.ts';
import { addDays, anchoredDay, daysBetween, type Period } from '../platform/period.ts';
import { allocateUnits } from './allocate.ts';
import { monthsOf } from './period-share.ts';
import { formatAmount } from './rounding-node.ts';
import type { RatedLine, Schedule, ScheduleEntry } from './types.ts';

/** How much was used on a local day, for what is recognized as used. */
export type UsedOn = { readonly day: string; readonly value: string };

type Range = { readonly from: string; readonly to: string };
type Weighed = Range & { readonly weight: bigint };

/** The calendar months that a period touches, as far as it does. */
const calendarMonths = ({ start, end }: Period): Range[] => {
  const ranges: Range[] = [];
  for (let from = start; from < end; ) {
    const next = anchoredDay(from, 1, 1);
    const to = next < end ? next : end;
    ranges.push({ from, to });
    from = to;
  }
  return ranges;
};

const byDay = (period: Period): Weighed[] =>
  calendarMonths(period).map((range) => ({ ...range, weight: BigInt(daysBetween(range.from, range.to)) }));

/** Months from the first day of service on, each worth the same; of the last one, days of its length. */
const byMonth = (period: Period): Weighed[] => {
  const months = monthsOf(period, Number(period.start.slice(8)));
  const last = months.at(-1);
  const length = last === undefined ? 1 : daysBetween(last.start, last.end);
  return months.map(({ start, end }) => {
    const to = end === last?.end ? period.end : end;
    return { from: start, to, weight: BigInt(to === end ? length : daysBetween(start, to)) };
  });
};

/** Calendar months by what was used in them; without a word on that, the period is one. */
const asUsed = (period: Period, used: readonly UsedOn[]): Weighed[] => {
  const months = calendarMonths(period).map((range) => {
    const within = used.filter(({ day }) => range.from <= day && day < range.to);
    return { ...range, value: within.map(({ value }) => maximum(parseDecimal(value), ZERO)).reduce(add, ZERO) };
  });
  const scale = Math.max(0, ...months.map(({ value }) => value.scale));
  const weighed = months.map(({ value, ...range }) => ({ ...range, weight: toMinorUnits(value, scale) }));
  return weighed.some(({ weight }) => weight > 0n) ? weighed : [{ from: period.start, to: period.end, weight: 1n }];
};

const weigh = (recognition: Recognition, period: Period, used: readonly UsedOn[]): Weighed[] => {
  switch (recognition) {
    case 'point-in-time':
      return [{ from: period.start, to: addDays(period.start, 1), weight: 1n }];
    case 'straight-line-day':
      return byDay(period);
    case 'straight-line-month':
      return byMonth(period);
    case 'as-used':
      return asUsed(period, used);
  }
};

/** The first format does not say how a line is recognized: seats and what has no meter by day, other usage as used. */
const recognitionOf = ({ recognition, meter, arithmetic }: RatedLine): Recognition => {
  if (recognition !== undefined) return recognition;
  const seats = arithmetic.children.some(({ step }) => step === 'seats');
  return meter === undefined || seats ? 'straight-line-day' : 'as-used';
};

const entriesOf = (weighed: readonly Weighed[], amount: Decimal, places: number): ScheduleEntry[] =>
  allocateUnits(
    toMinorUnits(amount, places),
    weighed.map(({ weight }) => weight),
  ).map((units, n) => ({
    from: weighed[n]?.from ?? '',
    to: weighed[n]?.to ?? '',
    amount: formatAmount(fromMinorUnits(units, places), places),
  }));

/**
 * The schedule of a line. What is charged ahead is recognized over the period that it is for. Example: 100.00 from 12
 * October to 12 December by day: 32.79 until November, 49.18 in November, 18.03 in December.
 * @param used what was used by local day, for lines recognized as used over more than one calendar month.
 */
export const scheduleOf = (line: RatedLine, used: readonly UsedOn[] = []): Schedule => {
  const recognition = recognitionOf(line);
  const amount = parseDecimal(line.amount);
  const places = line.amount.split('.')[1]?.length ?? 0;
  const ahead = parseDecimal(line.ahead?.amount ?? '0');
  const now = entriesOf(weigh(recognition, line.period, used), subtract(amount, ahead), places);
  const later = line.ahead === undefined ? [] : entriesOf(weigh(recognition, line.ahead.period, used), ahead, places);
  return { line: line.id, currency: line.currency, recognition, entries: [...now, ...later] };
};
