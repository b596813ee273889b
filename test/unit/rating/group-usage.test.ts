import { describe, expect, it } from 'vitest';
import type { Price } from '../../../lambdas/catalog/types.ts';
import { formatDecimal, parseDecimal, ZERO } from '../../../lambdas/platform/decimal.ts';
import { daysOf, type Period } from '../../../lambdas/platform/period.ts';
import { groupUsage, pooledGroup } from '../../../lambdas/rating/group-usage.ts';
import type { RatableUsage } from '../../../lambdas/rating/types.ts';

const price: Price = {
  id: 'calls',
  product: 'calls',
  description: 'Calls',
  meter: 'calls',
  perDimensions: [],
  steps: [{ step: 'per-unit', unitPrice: '1' }],
};
const seats: Price = { ...price, steps: [{ step: 'seats', unitPrice: '1', proration: 'day' }] };
const per = (...perDimensions: readonly string[]): Price => ({ ...price, perDimensions });
const days = (start: string, end: string): Period => ({ start, end, zone: 'UTC' });
const TWO_DAYS = days('2026-10-01', '2026-10-03');

const row = (quantity: string, more: Partial<RatableUsage> = {}): RatableUsage => ({
  meter: 'calls',
  meterVersion: 1,
  unit: 'call',
  dimensions: {},
  quantity,
  ...more,
});
const only = (usage: readonly RatableUsage[], of: Price = price, part = TWO_DAYS) => {
  const [group, ...others] = groupUsage(of, usage, part);
  if (group === undefined || others.length > 0) throw new Error('there is not one group');
  return group;
};
const daily = (...values: readonly (readonly [day: string, value: string])[]) => ({
  daily: values.map(([day, value]) => ({ day, value })),
});

describe('usage of a price', () => {
  it('is that of its meter, added up', () => {
    const group = only([row('2'), row('40', { meter: 'other' }), row('0.5')]);
    expect(group).toMatchObject({ dimensions: {}, quantity: parseDecimal('2.5'), unit: 'call', daily: [] });
    expect(group.rows).toHaveLength(2);
  });

  it('without any is one group of nothing, with the days that seats need', () => {
    const nothing = {
      dimensions: {},
      quantity: ZERO,
      unit: 'unit',
      rows: [],
      changes: [],
      windows: [],
      transactions: [],
    };
    expect(only([])).toEqual({ ...nothing, daily: [] });
    const two = ['2026-10-01', '2026-10-02'].map((day) => ({ day, value: ZERO }));
    expect(only([], seats)).toEqual({ ...nothing, daily: two });
  });

  it('is the same in whatever order its rows come', () => {
    const rows = [row('3', { dimensions: { a: 'x' } }), row('1', { dimensions: { a: 'y' } }), row('2')];
    expect(only(rows)).toEqual(only([...rows].reverse()));
    expect(groupUsage(per('a'), rows, TWO_DAYS)).toEqual(groupUsage(per('a'), [...rows].reverse(), TWO_DAYS));
  });

  it('cannot be of two units', () => {
    expect(() => only([row('1'), row('1', { unit: 'kilocall' })])).toThrow(
      expect.objectContaining({
        code: 'usage-units',
        message: 'the usage of price "calls" is measured in call and kilocall: a meter changed its unit in this period',
        evidence: { price: 'calls', units: 'call, kilocall' },
      }),
    );
  });
});

describe('usage by dimension values', () => {
  const rows = [
    row('1', { dimensions: { region: 'eu', size: 's' } }),
    row('2', { dimensions: { region: 'eu', size: 'l' } }),
    row('4', { dimensions: { region: 'ap', size: 's' } }),
    row('8', { dimensions: { size: 's' } }),
  ];
  const said = (of: Price, usage = rows) =>
    groupUsage(of, usage, TWO_DAYS).map(
      ({ dimensions, quantity }) => `${Object.values(dimensions).join('/')} ${formatDecimal(quantity)}`,
    );

  it('is a group of each, in the order of the values; no value is one, too', () => {
    expect(said(per('region'))).toEqual([' 8', 'ap 4', 'eu 3']);
    expect(said(per('region', 'size'))).toEqual(['/s 8', 'ap/s 4', 'eu/l 2', 'eu/s 1']);
    expect(groupUsage(per('region'), rows, TWO_DAYS)[0]?.dimensions).toEqual({ region: '' });
  });

  it('takes values apart that would read the same together', () => {
    const alike = [row('1', { dimensions: { a: 'x,y', b: 'z' } }), row('2', { dimensions: { a: 'x', b: 'y,z' } })];
    expect(said(per('a', 'b'), alike)).toHaveLength(2);
  });

  it('together is one group without dimension values', () => {
    const [first, ...others] = groupUsage(per('region'), rows, TWO_DAYS);
    if (first === undefined) throw new Error('there are groups');
    const pool = pooledGroup([first, ...others], per('region'), TWO_DAYS);
    expect(pool).toMatchObject({ dimensions: {}, quantity: parseDecimal('15') });
    expect(pool.rows).toHaveLength(4);
    expect(pooledGroup([first], per('region'), TWO_DAYS)).toEqual({ ...first, dimensions: {} });
  });
});

describe('the details of usage', () => {
  it('are those of all rows, or of none where one has none', () => {
    const change = (at: string, by: string) => ({ changes: [{ at: `2026-10-01T0${at}:00:00.000Z`, by }] });
    const both = only([row('1', change('9', '1')), row('2', change('8', '2'))]);
    expect(both.changes?.map(({ at, by }) => `${at.slice(11, 13)} ${formatDecimal(by)}`)).toEqual(['08 2', '09 1']);
    expect(only([row('1', change('9', '1')), row('2')]).changes).toBeUndefined();
    expect(only([row('1'), row('2', change('8', '2'))]).changes).toBeUndefined();
    expect(only([row('1')]).changes).toBeUndefined();
  });

  it('say what is charged of a change where the usage does', () => {
    const changes = [{ at: '2026-10-01T09:00:00.000Z', by: '4', prorated: '1.5' }];
    expect(only([row('4', { changes })]).changes).toEqual([
      { at: '2026-10-01T09:00:00.000Z', by: parseDecimal('4'), prorated: parseDecimal('1.5') },
    ]);
  });

  it('join what changes at one instant, but for changes that say what is charged of them', () => {
    const at = '2026-10-01T09:00:00.000Z';
    const change = (by: string, prorated?: string) =>
      row(by, { changes: [{ at, by, ...(prorated === undefined ? {} : { prorated }) }] });
    const group = only([change('1', '0.5'), change('2'), change('3', '1.5'), change('4')]);
    expect(group.changes).toEqual([
      { at, by: parseDecimal('6') },
      { at, by: parseDecimal('1'), prorated: parseDecimal('0.5') },
      { at, by: parseDecimal('3'), prorated: parseDecimal('1.5') },
    ]);
  });

  it('add up windows that begin together, in the order of time', () => {
    const windows = (...all: readonly (readonly [start: string, quantity: string])[]) => ({
      windows: all.map(([start, quantity]) => ({ start, quantity })),
    });
    const usage = [
      row('5', windows(['2026-10-02', '2'], ['2026-10-01', '3'])),
      row('7', windows(['2026-10-03', '1'], ['2026-10-01', '6'])),
    ];
    expect(only(usage).windows?.map(({ start, quantity }) => `${start} ${formatDecimal(quantity)}`)).toEqual([
      '2026-10-01 9',
      '2026-10-02 2',
      '2026-10-03 1',
    ]);
  });

  it('count a transaction once where the usage does not say how often', () => {
    const transactions = [{ amount: '5' }, { amount: '2', count: 3 }];
    expect(only([row('11', { transactions })]).transactions).toEqual([
      { amount: parseDecimal('5'), count: 1 },
      { amount: parseDecimal('2'), count: 3 },
    ]);
  });

  it('take the quantity for the full one of rows that name none', () => {
    expect(only([row('2', { fullQuantity: '30' }), row('1')]).fullQuantity).toEqual(parseDecimal('31'));
    expect(only([row('2'), row('1')]).fullQuantity).toBeUndefined();
  });
});

describe('usage by day', () => {
  const of = (...usage: readonly RatableUsage[]) =>
    only(usage, seats).daily.map(({ day, value }) => `${day} ${formatDecimal(value)}`);

  it('is added up day by day, whatever the order of the days', () => {
    const inOrder = row('3', daily(['2026-10-01', '1'], ['2026-10-02', '3']));
    const turned = row('30', daily(['2026-10-02', '30'], ['2026-10-01', '10']));
    expect(of(inOrder)).toEqual(['2026-10-01 1', '2026-10-02 3']);
    expect(of(turned)).toEqual(['2026-10-01 10', '2026-10-02 30']);
    expect(of(inOrder, turned)).toEqual(['2026-10-01 11', '2026-10-02 33']);
  });

  it('has the days of the part, of more that are known', () => {
    const more = row('3', daily(['2026-09-30', '9'], ['2026-10-01', '1'], ['2026-10-02', '3']));
    expect(of(more)).toEqual(['2026-10-01 1', '2026-10-02 3']);
  });

  it('has the days of each period that is asked for', () => {
    const read = (start: string, end: string) => {
      const part = days(start, end);
      const known = daysOf(part).map((day): [string, string] => [day, '1']);
      return only([row('1', daily(...known))], seats, part).daily.map(({ day }) => day);
    };
    expect(read('2026-10-01', '2026-10-03')).toEqual(['2026-10-01', '2026-10-02']);
    expect(read('2026-10-01', '2026-10-04')).toEqual(['2026-10-01', '2026-10-02', '2026-10-03']);
    expect(read('2026-10-02', '2026-10-04')).toEqual(['2026-10-02', '2026-10-03']);
  });

  it('says of which day it knows nothing, of any row', () => {
    const gap = row('1', daily(['2026-10-01', '1']));
    const missing = expect.objectContaining({
      code: 'usage-incomplete',
      message: 'the usage of price "calls" says nothing about 2026-10-02',
      evidence: { price: 'calls', day: '2026-10-02' },
    });
    expect(() => of(gap)).toThrow(missing);
    expect(() => of(row('9', daily(['2026-10-01', '1'], ['2026-10-05', '9'])))).toThrow(missing);
    expect(() => of(row('3', daily(['2026-10-01', '1'], ['2026-10-02', '3'])), gap)).toThrow(missing);
    expect(() => of(row('3', daily(['2026-10-01', '1'], ['2026-10-02', '3'])), row('1'))).toThrow(
      'says nothing about 2026-10-01',
    );
  });
});
