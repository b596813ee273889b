import type { Price } from '../../../lambdas/catalog/types.ts';
import type { Period } from '../../../lambdas/platform/period.ts';
import type { RatableUsage } from '../../../lambdas/rating/types.ts';
import { dateAfter, daysFrom, midnight } from '../oracle/calendar.ts';
import { Rational, total } from '../oracle/rational.ts';
import type { Draw } from './draw.ts';
import type { GeneratedPrice, Kind } from './price.ts';
import { VALUES } from './steps.ts';

type Row = Omit<RatableUsage, 'meter' | 'meterVersion' | 'unit' | 'dimensions'>;

/** Usage is of a part of a period; of a contract that covers others it says whose it is; at times it is `flawed`. */
export type UsageScene = { readonly part: Period; readonly covers: boolean; readonly flawed: boolean };

const sumOf = (amounts: readonly string[]): string => total(amounts.map((each) => Rational.of(each))).toString();

/** At times less than nothing: more was cancelled than there was. */
const signed = (draw: Draw, most: number, times: number): string => {
  const size = draw.decimal(most);
  return size !== '0' && draw.onceIn(times) ? `-${size}` : size;
};

/** Of several rows some change at one instant. Only a row by itself says what is charged of each change. */
const changes = (draw: Draw, part: Period, alone: boolean): Row => {
  const [start, end] = [midnight(part.start, part.zone), midnight(part.end, part.zone)];
  const hours = (end - start) / 3_600_000;
  const prorated = alone && draw.onceIn(3);
  let level = 0;
  const instants = new Set([0, ...draw.list(0, 3, () => (draw.onceIn(3) ? 7 : draw.int(1, hours - 1)))]);
  const all = [...instants]
    .toSorted((a, b) => a - b)
    .map((hour, n) => {
      const by = draw.int(n === 0 ? 0 : -level, 12);
      level += by;
      return {
        at: new Date(start + hour * 3_600_000).toISOString(),
        by: `${by}`,
        ...(prorated ? { prorated: (by / 2).toFixed(1).replace('-0.0', '0.0') } : {}),
      };
    });
  return { quantity: `${level}`, changes: all };
};

const windows = (draw: Draw, part: Period, { windowed }: Price): Row => {
  const days = daysFrom(part.start, part.end);
  const byDay = windowed?.every === 'day' && windowed.hours === undefined && draw.onceIn(2);
  const all = new Map<string, string>();
  for (const [day, hour] of draw.list(0, 5, () => [draw.int(0, Math.min(days - 1, 3)), draw.int(0, 23)] as const)) {
    const date = dateAfter(part.start, day);
    all.set(byDay ? date : `${date}T${`${hour}`.padStart(2, '0')}:00`, signed(draw, 20, 12));
  }
  const each = [...all]
    .map(([start, value]) => ({ start, quantity: value }))
    .toSorted((a, b) => (a.start < b.start ? -1 : 1));
  return { quantity: sumOf(each.map((window) => window.quantity)), windows: each };
};

const daily = (draw: Draw, part: Period): Row => {
  const days = daysFrom(part.start, part.end);
  let value = draw.int(0, 9);
  const turns = new Map(draw.list(0, 3, () => [draw.int(0, days - 1), draw.int(0, 12)] as const));
  const all = Array.from({ length: days }, (_, n) => {
    value = turns.get(n) ?? value;
    return { day: dateAfter(part.start, n), value: `${value}` };
  });
  return { quantity: `${value}`, daily: all };
};

const transactions = (draw: Draw): Row => {
  const all = draw.list(0, 5, () => ({
    amount: signed(draw, 60, 12),
    ...draw.maybe(3, () => ({ count: draw.int(1, 4) })),
  }));
  return {
    quantity: sumOf(all.flatMap((each) => Array.from({ length: 'count' in each ? each.count : 1 }, () => each.amount))),
    transactions: all,
  };
};

const slices = (draw: Draw): Row => {
  const all = draw.list(1, 3, () => draw.decimal(12));
  return { quantity: sumOf(all), slices: all };
};

const rowOf = (draw: Draw, { kind, price }: GeneratedPrice, part: Period, alone: boolean): Row => {
  switch (kind) {
    case 'changes':
    case 'seats-changes':
      return changes(draw, part, alone);
    case 'seats-daily':
      return daily(draw, part);
    case 'windows':
      return windows(draw, part, price);
    case 'transactions':
      return transactions(draw);
    case 'full-quantity':
      return { quantity: draw.price(20), ...(draw.onceIn(8) ? {} : { fullQuantity: draw.price(40) }) };
    default:
      return { quantity: signed(draw, 40, 8) };
  }
};

type Place = Readonly<Record<string, string>>;

/** Different places that usage was measured in, at times one without a value of a dimension. */
const placesOf = (draw: Draw, kind: Kind, covers: boolean): Place[] => {
  const most = kind === 'plain' ? 4 : draw.pick([1, 2, 3]);
  const places = new Map<string, Place>();
  for (let n = draw.onceIn(12) ? 0 : draw.int(1, most); n > 0; n -= 1) {
    const place: Place = {
      region: draw.pick(VALUES.region),
      ...(draw.onceIn(40) ? {} : { size: draw.pick(VALUES.size) }),
      ...(covers ? { account: draw.pick(VALUES.account) } : {}),
    };
    places.set(JSON.stringify(place), place);
  }
  return [...places.values()];
};

/** A row that lacks what its price needs: it cannot be rated. Where there was nothing, nothing is lacking. */
const incomplete = (row: Row): Row => (row.quantity === '0' ? row : { quantity: row.quantity });

/** The usage of a price in the covered part of a period. */
export const usageOf = (
  draw: Draw,
  generated: GeneratedPrice,
  { part, covers, flawed }: UsageScene,
): RatableUsage[] => {
  const { kind, price } = generated;
  if (kind === 'none') return [];
  const places = placesOf(draw, kind, covers);
  const row = (meter: string, dimensions: Place): RatableUsage => {
    const whole = rowOf(draw, generated, part, places.length === 1);
    return {
      meter,
      meterVersion: 1,
      unit: 'unit',
      dimensions,
      ...(flawed && places.length === 1 && draw.onceIn(40) ? incomplete(whole) : whole),
    };
  };
  const meter = price.meter ?? '';
  if (kind === 'capacity')
    return ['peak-0', 'peak-1', meter].flatMap((each) => places.map((place) => row(each, place)));
  // What each bill added is known of a group as a whole, so of one row.
  const [only] = places;
  const sliced = kind === 'plain' && places.length === 1 && price.accumulate === undefined && draw.onceIn(2);
  if (sliced && only !== undefined) return [{ ...row(meter, only), ...slices(draw) }];
  return places.map((place) => row(meter, place));
};
