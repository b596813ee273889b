import type { Period } from '../../../lambdas/platform/period.ts';
import type { RatableUsage } from '../../../lambdas/rating/types.ts';
import { dateAfter, daysFrom, midnight } from '../oracle/calendar.ts';
import { Rational, total } from '../oracle/rational.ts';
import type { Draw } from './draw.ts';
import { type GeneratedPrice, REGIONS, SIZES } from './price.ts';

type Row = Omit<RatableUsage, 'meter' | 'meterVersion' | 'unit' | 'dimensions'>;

const sumOf = (amounts: readonly string[]): string => total(amounts.map((each) => Rational.of(each))).toString();

/** At times more was cancelled than there was. */
const quantity = (draw: Draw): string => {
  const size = draw.decimal(40);
  return size !== '0' && draw.onceIn(8) ? `-${size}` : size;
};

const changes = (draw: Draw, part: Period, prorated: boolean): Row => {
  const [start, end] = [midnight(part.start, part.zone), midnight(part.end, part.zone)];
  const hours = (end - start) / 3_600_000;
  let level = 0;
  const all = draw
    .list(0, 4, () => draw.int(1, hours - 1))
    .toSorted((a, b) => a - b)
    .map((hour, n) => {
      const by = draw.int(n === 0 ? 0 : -level, 12);
      level += by;
      return {
        at: new Date(n === 0 ? start : start + hour * 3_600_000).toISOString(),
        by: `${by}`,
        ...(prorated ? { prorated: (by / 2).toFixed(1).replace('-0.0', '0.0') } : {}),
      };
    });
  return { quantity: `${level}`, changes: all };
};

const windows = (draw: Draw, part: Period): Row => {
  const days = daysFrom(part.start, part.end);
  const all = new Map<string, string>();
  for (const [day, hour] of draw.list(0, 5, () => [draw.int(0, Math.min(days - 1, 3)), draw.int(0, 23)] as const)) {
    all.set(`${dateAfter(part.start, day)}T${`${hour}`.padStart(2, '0')}:00`, draw.decimal(20));
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
    amount: draw.decimal(60),
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

const rowOf = (draw: Draw, { kind }: GeneratedPrice, part: Period): Row => {
  switch (kind) {
    case 'changes':
      return changes(draw, part, draw.onceIn(2));
    case 'seats-changes':
      return changes(draw, part, false);
    case 'seats-daily':
      return daily(draw, part);
    case 'windows':
      return windows(draw, part);
    case 'transactions':
      return transactions(draw);
    case 'full-quantity':
      return { quantity: draw.price(20), fullQuantity: draw.price(40) };
    default: {
      return { quantity: quantity(draw) };
    }
  }
};

/** The usage of a price in the covered part of a period. */
export const usageOf = (draw: Draw, generated: GeneratedPrice, part: Period): RatableUsage[] => {
  const { kind, price } = generated;
  if (kind === 'none') return [];
  const row = (meter: string, dimensions: Record<string, string>): RatableUsage => ({
    meter,
    meterVersion: 1,
    unit: 'unit',
    dimensions,
    ...rowOf(draw, generated, part),
  });
  if (kind === 'capacity') return ['peak-0', 'peak-1', price.meter ?? ''].map((meter) => row(meter, {}));
  const meter = price.meter ?? '';
  if (kind !== 'plain') {
    const regions =
      price.perDimensions.length === 0 ? [{}] : REGIONS.slice(0, draw.int(1, 2)).map((region) => ({ region }));
    return regions.map((dimensions) => row(meter, dimensions));
  }
  const places = REGIONS.flatMap((region) => SIZES.map((size) => ({ region, size })));
  // What each bill added is only known of a group as a whole.
  const sliced = price.perDimensions.length === 0 && price.accumulate === undefined && draw.onceIn(4);
  if (sliced) return [{ ...row(meter, { region: 'eu', size: 'l' }), ...slices(draw) }];
  const used = new Set(draw.list(0, 3, () => draw.int(0, places.length - 1)));
  return [...used].map((n) => row(meter, places[n] as { region: string; size: string }));
};
