import { beforeEach, describe, expect, it } from 'vitest';
import { readBalance } from '../../../lambdas/usage/read/balance.ts';
import { readDailyUsage } from '../../../lambdas/usage/read/daily-usage.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import { api, METERS, usage } from './usage-fixtures.ts';
import { ALWAYS, makeWorld, OCTOBER, quantities, seats } from './usage-world.ts';

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

describe('readPeriodUsage', () => {
  it('takes a period by its zone, not by UTC days', async () => {
    // October begins in Kolkata at 18:30 UTC of 30 September.
    await world.append(
      api('before', '2026-09-30T18:29:59.999Z', 1),
      api('first', '2026-09-30T18:30:00.000Z', 2),
      api('last', '2026-10-31T18:29:59.999Z', 4),
      api('after', '2026-10-31T18:30:00.000Z', 8),
    );
    const { usage: rows, pins } = await world.read(['org-01']);
    expect(quantities(rows)).toEqual({ average: '3', calls: '6', largest: '4', requests: '2', smallest: '2' });
    expect(pins.map(({ start, version }) => [start, version])).toEqual([
      ['2026-09-30T18:30:00.000Z', 1],
      ['2026-10-31T18:15:00.000Z', 1],
    ]);
  });

  it('carries the last value on, and shows it day by day', async () => {
    await world.append(seats('a', '2026-10-10T06:00:00.000Z', 5), seats('b', '2026-10-20T06:00:00.000Z', 9));
    const october = await world.read(['org-01']);
    const [row] = october.usage;
    expect(row).toMatchObject({ meter: 'seats', quantity: '9' });
    expect(row?.daily?.filter(({ day }) => ['2026-10-09', '2026-10-10', '2026-10-20'].includes(day))).toEqual([
      { day: '2026-10-09', value: '0' },
      { day: '2026-10-10', value: '5' },
      { day: '2026-10-20', value: '9' },
    ]);
    const november = { ...OCTOBER, start: '2026-11-01', end: '2026-12-01' };
    expect(quantities((await world.read(['org-01'], november, october.carryOut)).usage)).toEqual({ seats: '9' });
    expect((await world.read(['org-01'], november)).usage).toEqual([]);
  });

  it('adds up the subjects of an account, each only while it belonged to it', async () => {
    const gb = (id: string, time: string, value: string, subject: string) =>
      usage({ id, subject, time, type: 'storage', data: { gb: value } });
    await world.append(
      gb('a', '2026-10-01T00:00:00.000Z', '10', 'org-01'),
      gb('b', '2026-10-01T00:00:00.000Z', '30', 'org-02'),
      gb('c', '2026-10-20T00:00:00.000Z', '500', 'org-02'),
    );
    const { usage: rows, carryOut } = await readPeriodUsage(world.ports, {
      subjects: [
        { subject: 'org-01', ...ALWAYS },
        { subject: 'org-02', from: ALWAYS.from, to: '2026-10-03T00:00:00.000Z' },
      ],
      period: { start: '2026-10-01', end: '2026-10-05', zone: 'UTC' },
      carryIn: {},
      meters: METERS,
    });
    // 10 GB for four days of four, 30 GB for two of four.
    expect(quantities(rows)).toEqual({ storage: '25' });
    expect(Object.keys(carryOut)).toHaveLength(1);
  });

  it('pins what it read: later usage changes the hash', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1));
    const before = await world.read(['org-01']);
    expect((await world.read(['org-01'])).usageHash).toBe(before.usageHash);
    await world.append(api('late', '2026-10-05T00:01:00.000Z', 1));
    const after = await world.read(['org-01']);
    expect(after.usageHash).not.toBe(before.usageHash);
    expect(after.pins[0]?.version).toBe(2);
  });
});

describe('settling', () => {
  const sweep = () => settleSweep(world.ports, METERS);

  it('settles what came late, tells it once, and clears the mark when no writer can rely on it', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('b', '2026-10-06T00:00:00.000Z', 1));
    expect(await sweep()).toMatchObject({ settledDays: 2, clearedMarks: 0 });
    expect(await sweep()).toMatchObject({ settledDays: 0, clearedMarks: 0 });
    world.clock.advance(22 * 60_000);
    expect(await sweep()).toMatchObject({ settledDays: 0, clearedMarks: 2 });
    const events = world.ports.publisher.published('usage.settled');
    expect(events.map(({ subject, days }) => [subject, days])).toEqual([['org-01', ['2026-10-05', '2026-10-06']]]);
  });

  it('leaves a subject to the sweep that is at it, and takes over from one that died before it told', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1));
    let dies: () => void = () => undefined;
    const died = new Promise<void>((resolve) => {
      dies = resolve;
    });
    const publisher = {
      ...world.ports.publisher,
      publish: () => {
        dies();
        return new Promise<void>(() => undefined);
      },
    };
    void settleSweep({ ...world.ports, publisher }, METERS);
    await died;
    // The dead one has settled the day: to another sweep nothing is new.
    expect(await sweep()).toMatchObject({ busy: 1, subjects: 0, settledDays: 0 });
    expect(world.ports.publisher.published('usage.settled')).toEqual([]);
    world.clock.advance(17 * 60_000);
    expect(await sweep()).toMatchObject({ busy: 0, subjects: 1 });
    const [told] = world.ports.publisher.published('usage.settled');
    expect(told?.days).toContain('2026-10-05');
    expect((await world.ports.subjects.get('org-01'))?.announcing).toBeUndefined();
  });

  it('settles and tells the other days when one cannot be settled, and is at it again at once', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('b', '2026-10-06T00:00:00.000Z', 1));
    const { settled } = world.ports;
    const put: typeof settled.put = (day) =>
      day.day === '2026-10-05' ? Promise.reject(new Error('no')) : settled.put(day);
    await expect(settleSweep({ ...world.ports, settled: { ...settled, put } }, METERS)).rejects.toThrow('1 subjects');
    expect(world.ports.publisher.published('usage.settled')).toMatchObject([{ days: ['2026-10-06'] }]);
    expect(await sweep()).toMatchObject({ busy: 0, settledDays: 1 });
  });

  it('gives a balance from settled days with few queries', async () => {
    const days = Array.from({ length: 20 }, (_, n) => `2026-10-${String(n + 3).padStart(2, '0')}`);
    await world.append(...days.map((day) => api(day, `${day}T10:00:00.000Z`, 2)));
    await sweep();
    world.clock.advance(60 * 60_000);
    await sweep();
    const request = { subjects: [{ subject: 'org-01', ...ALWAYS }], period: OCTOBER, carryIn: {}, meters: METERS };
    const balance = await readBalance(world.ports, request);
    expect(balance.usage).toEqual((await world.read(['org-01'])).usage);
    expect(balance).toMatchObject({ upTo: { slots: 20 }, read: { queries: 3 } });
  });

  it('goes on from the last values that a subject had before it came to the account', async () => {
    await world.append(seats('a', '2026-09-20T00:00:00.000Z', 5), seats('b', '2026-10-09T12:00:00.000Z', 7, 'org-02'));
    const request = {
      subjects: [
        { subject: 'org-01', ...ALWAYS },
        { subject: 'org-02', from: '2026-10-10T00:00:00.000Z', to: ALWAYS.to },
      ],
      period: { ...OCTOBER, zone: 'UTC' },
      meters: METERS,
    };
    const { usage: rows } = await readBalance(world.ports, request);
    const daily = rows.find(({ meter }) => meter === 'seats')?.daily ?? [];
    expect(daily.filter(({ day }) => ['2026-10-08', '2026-10-09', '2026-10-10'].includes(day))).toEqual([
      { day: '2026-10-08', value: '5' },
      { day: '2026-10-09', value: '5' },
      { day: '2026-10-10', value: '12' },
    ]);
  });

  it('shows usage by UTC day, with what was in force before', async () => {
    await world.append(
      seats('a', '2026-10-01T00:00:00.000Z', 5),
      usage({ id: 'u1', subject: 'org-01', time: '2026-10-03T01:00:00.000Z', type: 'user', data: { userId: 'ada' } }),
      usage({ id: 'u2', subject: 'org-01', time: '2026-10-03T02:00:00.000Z', type: 'user', data: { userId: 'mary' } }),
    );
    await sweep();
    const { days } = await readDailyUsage(world.ports, {
      subjects: [{ subject: 'org-01', ...ALWAYS }],
      start: '2026-10-02',
      end: '2026-10-04',
      meters: METERS,
    });
    expect(days.map(({ day, usage: rows }) => [day, quantities(rows)])).toEqual([
      ['2026-10-02', { seats: '5' }],
      ['2026-10-03', { seats: '5', users: '2' }],
    ]);
  });
});
