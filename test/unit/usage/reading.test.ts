import { beforeEach, describe, expect, it } from 'vitest';
import type { CatalogEntry, Limit } from '../../../lambdas/catalog/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { appendBatch } from '../../../lambdas/usage/append-batch.ts';
import { readBalance } from '../../../lambdas/usage/balance.ts';
import { readDailyUsage } from '../../../lambdas/usage/daily-usage.ts';
import { explain } from '../../../lambdas/usage/explain.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger-store.ts';
import { limitPeriod } from '../../../lambdas/usage/limit-period.ts';
import { meterIndex } from '../../../lambdas/usage/meter-states.ts';
import { readPeriodUsage } from '../../../lambdas/usage/period-usage.ts';
import { findSameIdAtTwoTimes } from '../../../lambdas/usage/same-id-sweep.ts';
import { settleSweep } from '../../../lambdas/usage/settle-sweep.ts';
import { makeThresholds } from '../../../lambdas/usage/thresholds.ts';
import { readTotals } from '../../../lambdas/usage/totals.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { verifyLedger } from '../../../lambdas/usage/verify.ts';
import { writerMemory } from '../../../lambdas/usage/writer-memory.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import {
  memoryCrossings,
  memoryDirtyMarks,
  memoryPublisher,
  memorySettled,
  memorySubjects,
} from '../../twins/memory-projection.ts';
import { api, METERS, usage } from './usage-fixtures.ts';

const OCTOBER = { start: '2026-10-01', end: '2026-11-01', zone: 'Asia/Kolkata' };
const ALWAYS = { from: '2024-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' };

const makeWorld = () => {
  const clock = manualClock('2026-11-10T00:00:00.000Z');
  const ports = {
    ledger: memoryLedger(),
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    settled: memorySettled(),
    publisher: memoryPublisher(),
    ids: countingIds(),
    clock,
  };
  const memory = writerMemory();
  const append = (...events: CanonicalUsage[]) => appendBatch({ ...ports, memory }, events, meterIndex(METERS));
  const read = (subjects: readonly string[], period = OCTOBER, carryIn = {}) =>
    readPeriodUsage(ports, {
      subjects: subjects.map((subject) => ({ subject, ...ALWAYS })),
      period,
      carryIn,
      meters: METERS,
    });
  return { clock, ports, append, read };
};

let world: ReturnType<typeof makeWorld>;
beforeEach(() => {
  world = makeWorld();
});

const seats = (id: string, time: string, count: number, subject = 'org-01') =>
  usage({ id, subject, time, type: 'seats', data: { seats: count } });
const quantities = (rows: readonly { meter: string; quantity: string }[]) =>
  Object.fromEntries(rows.map(({ meter, quantity }) => [meter, quantity]));

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

describe('looking after the ledger', () => {
  it('counts what is accepted, late and nobody’s', async () => {
    const late = usage({ ...api('l', '2026-10-05T00:00:00.000Z', 1).event, id: 'l' }, 0, true);
    await world.append(
      api('a', '2026-10-05T00:00:00.000Z', 1),
      late,
      api('z', '2026-10-06T00:00:00.000Z', 1, 'read', 'org-99'),
    );
    const totals = await readTotals(
      world.ports,
      async (subjects, interval) =>
        subjects.filter((subject) => subject === 'org-99').map((subject) => ({ subject, ...interval })),
      '2026-10-01',
      '2026-11-01',
    );
    expect(totals).toMatchObject({ accepted: 3, late: 1 });
    expect(totals.unattributed).toMatchObject([{ subject: 'org-99', events: 1 }]);
  });

  it('finds an id at two times and under two subjects, also across the edge of the interval', async () => {
    await world.append(
      api('twice', '2026-10-31T23:50:00.000Z', 1),
      api('twice', '2026-11-01T00:10:00.000Z', 1),
      api('shared', '2026-10-05T00:00:00.000Z', 1),
      api('shared', '2026-10-05T00:00:00.000Z', 1, 'read', 'org-02'),
      api('once', '2026-10-05T00:00:00.000Z', 1),
    );
    const interval = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' };
    const found = await findSameIdAtTwoTimes(world.ports.ledger, ['org-01', 'org-02'], interval);
    expect(
      found.map(({ occurrences }) => occurrences.map(({ slot }) => `${slot.subject} ${slot.start}`)).sort(),
    ).toEqual([
      ['org-01 2026-10-05T00:00:00.000Z', 'org-02 2026-10-05T00:00:00.000Z'],
      ['org-01 2026-10-31T23:45:00.000Z', 'org-01 2026-11-01T00:00:00.000Z'],
    ]);
    expect(found.flatMap(({ occurrences }) => occurrences).every(({ pointer }) => pointer !== undefined)).toBe(true);
  });

  it('finds tampering in the table', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1));
    await world.append(api('b', '2026-10-05T00:01:00.000Z', 1));
    const verify = () => verifyLedger(world.ports, 'org-01', '2026-10-01', '2026-11-01');
    expect(await verify()).toEqual({ slots: 1, appends: 2, broken: [] });
    const [key, item] = [...world.ports.ledger.items][0] ?? [];
    if (key === undefined || item === undefined) throw new Error('the ledger is empty');
    world.ports.ledger.items.set(key, { ...item, l: 7 });
    expect((await verify()).broken).toMatchObject([{ version: 1, reason: 'HASH' }]);
    world.ports.ledger.items.delete(key);
    expect((await verify()).broken).toMatchObject([{ version: 2, reason: 'GAP' }]);
  });

  it('finds what was cut off at the end of a chain, by the days that were settled from it', async () => {
    await world.append(api('a', '2026-10-05T00:00:00.000Z', 1), api('c', '2026-10-06T00:00:00.000Z', 1));
    await world.append(api('b', '2026-10-05T00:01:00.000Z', 1));
    await settleSweep(world.ports, METERS);
    const verify = () => verifyLedger(world.ports, 'org-01', '2026-10-01', '2026-11-01');
    expect(await verify()).toEqual({ slots: 2, appends: 3, broken: [] });
    const { items } = world.ports.ledger;
    items.delete('org-01#2026-10-05 2026-10-05T00:00:00.000Z#00000002');
    items.delete('org-01#2026-10-06 2026-10-06T00:00:00.000Z#00000001');
    expect((await verify()).broken).toMatchObject([
      { start: '2026-10-05T00:00:00.000Z', version: 2, reason: 'CUT' },
      { start: '2026-10-06T00:00:00.000Z', version: 1, reason: 'CUT' },
    ]);
  });

  it('explains a number down to its events, page by page', async () => {
    const batch = [
      usage(
        {
          id: 'a',
          subject: 'org-01',
          time: '2026-10-05T00:00:00.000Z',
          type: 'api',
          data: { count: 1, endpoint: 'read' },
        },
        0,
      ),
      usage(
        {
          id: 'b',
          subject: 'org-01',
          time: '2026-10-05T00:01:00.000Z',
          type: 'api',
          data: { count: 2, endpoint: 'write' },
        },
        1,
      ),
      usage(
        {
          id: 'c',
          subject: 'org-01',
          time: '2026-10-06T00:01:00.000Z',
          type: 'api',
          data: { count: 3, endpoint: 'read' },
        },
        2,
      ),
    ];
    await world.append(...batch);
    const { pins } = await world.read(['org-01']);
    const archive = {
      line: async ({ line }: { line: number }) => ({
        format: 1 as const,
        position: { stream: 'usage', shard: 'shardId-000000000000', sequence: '1', index: line },
        receivedAt: '2026-10-06T00:02:00.000Z',
        encoding: 'utf8' as const,
        line: JSON.stringify(batch[line]?.event),
      }),
    };
    let queries = 0;
    const ledger: LedgerStore = {
      ...world.ports.ledger,
      day: (...range) => {
        queries += 1;
        return world.ports.ledger.day(...range);
      },
    };
    const ask = { pins, meters: METERS, meter: 'calls', dimensions: { endpoint: 'read' }, limit: 1 };
    const first = await explain({ ledger, archive }, ask);
    const second = await explain({ ledger, archive }, { ...ask, after: first.next ?? '' });
    const third = await explain({ ledger, archive }, { ...ask, after: second.next ?? '' });
    expect([first, second, third].map(({ items }) => items.map(({ event }) => event.id))).toEqual([['a'], ['c'], []]);
    queries = 0;
    await explain({ ledger, archive }, { ...ask, limit: 9 });
    expect([queries, pins.length]).toEqual([2, 2]);
  });

  it('explains nothing that is not what was pinned and accepted', async () => {
    const event = api('a', '2026-10-05T00:00:00.000Z', 1);
    await world.append(event, api('b', '2026-10-05T00:20:00.000Z', 1));
    const { pins } = await world.read(['org-01']);
    const of = (shown: CanonicalUsage['event']) => ({
      line: async () => ({
        format: 1 as const,
        position: event.position,
        receivedAt: '2026-10-06T00:02:00.000Z',
        encoding: 'utf8' as const,
        line: JSON.stringify(shown),
      }),
    });
    const ask = { pins, meters: METERS, limit: 1 };
    const { ledger } = world.ports;
    expect((await explain({ ledger, archive: of(event.event) }, ask)).items).toHaveLength(1);
    const forged = { ...event.event, data: { count: 100, endpoint: 'read' } };
    await expect(explain({ ledger, archive: of(forged) }, ask)).rejects.toThrow('as it was accepted');
    ledger.items.delete('org-01#2026-10-05 2026-10-05T00:00:00.000Z#00000001');
    await expect(explain({ ledger, archive: of(event.event) }, ask)).rejects.toThrow('is not what was pinned');
  });

  it('ends a page when it has looked at enough lines, and goes on there', async () => {
    const batch = Array.from({ length: 6_000 }, (_, n) =>
      api(`e${n}`, `2026-10-05T00:${String(n % 60).padStart(2, '0')}:00.000Z`, 1, n === 5_999 ? 'write' : 'read'),
    );
    const lines = new Map(batch.map((event, line) => [line, event.event]));
    const placed = batch.map((event, line) => ({ ...event, pointer: { key: 'k', line } }));
    await world.append(...placed);
    const { pins } = await world.read(['org-01']);
    const archive = {
      line: async ({ line }: { line: number }) => ({
        format: 1 as const,
        position: { stream: 'usage', shard: 's', sequence: '1', index: line },
        receivedAt: '2026-10-06T00:02:00.000Z',
        encoding: 'utf8' as const,
        line: JSON.stringify(lines.get(line)),
      }),
    };
    // All appends may hold such an event, as far as their keys tell: a set names only what is new.
    const ask = { pins, meters: METERS, meter: 'users', limit: 9 };
    const page = await explain({ ledger: world.ports.ledger, archive }, ask);
    expect([page.items.length, page.next === undefined]).toEqual([0, false]);
    const rest = await explain({ ledger: world.ports.ledger, archive }, { ...ask, after: page.next ?? '' });
    expect(rest).toEqual({ items: [] });
  });
});

describe('thresholds', () => {
  const entry = <B>(kind: CatalogEntry['kind'], id: string, body: B): CatalogEntry<B> =>
    ({
      ...METERS[0],
      kind,
      id,
      version: 1,
      effectiveFrom: '2024-01-01T00:00:00.000Z',
      body,
    }) as CatalogEntry<B>;
  const limit: Limit = { id: 'team-calls', plan: 'team', meter: 'calls', quantity: '100', thresholds: [80, 100] };
  const stamped = (id: string, count: number): CanonicalUsage => ({
    ...api(id, '2026-10-05T00:00:00.000Z', count),
    stamp: { account: 'acct-01', plan: 'team', salesRegion: 'us' },
  });

  it('tells each crossing once, and reads only when something is near', async () => {
    const catalog = memoryCatalog([
      ...METERS,
      entry('limit', 'team-calls', limit),
      entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    ]);
    const crossings = memoryCrossings();
    const { clock, ports } = world;
    const make = () => makeThresholds({ catalog, balance: ports, crossings, publisher: ports.publisher, clock });
    const look = make();
    for (const [id, count] of [
      ['a', 10],
      ['b', 60],
      ['c', 15],
      ['d', 5],
      ['e', 20],
    ] as const) {
      const event = stamped(id, count);
      await world.append(event);
      await look([event], 'c-1');
    }
    // A new worker knows nothing: it reads, and finds that all is told.
    await make()([stamped('e', 20)], 'c-2');
    const told = ports.publisher.published('usage.threshold-crossed');
    expect(told.map(({ percent, quantity }) => [percent, quantity])).toEqual([
      [80, '85'],
      [100, '110'],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('tells what it could not look at, and looks at it when its events come again', async () => {
    const catalog = memoryCatalog([
      ...METERS,
      entry('limit', 'team-calls', limit),
      entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
    ]);
    const { clock, ports } = world;
    let down = true;
    const publisher = {
      ...ports.publisher,
      publish: (...args: Parameters<typeof ports.publisher.publish>) =>
        down ? Promise.reject(new Error('the bus is down')) : ports.publisher.publish(...args),
    } as typeof ports.publisher;
    const look = makeThresholds({ catalog, balance: ports, crossings: memoryCrossings(), publisher, clock });
    const event = stamped('a', 90);
    await world.append(event);
    expect(await look([event], 'c-1')).toEqual([
      { usages: [event], reason: 'limit team-calls of acct-01: Error: the bus is down' },
    ]);
    down = false;
    expect(await look([event], 'c-1')).toEqual([]);
    expect(ports.publisher.published('usage.threshold-crossed')).toMatchObject([{ percent: 80 }]);
  });

  it('counts a limit from anchor to anchor of the contract', () => {
    const contract = { zone: 'Asia/Kolkata', anchorDay: 31, start: '2026-01-12' };
    expect(limitPeriod(contract, '2026-02-28T18:29:00.000Z')).toMatchObject({ start: '2026-02-28', end: '2026-03-31' });
    expect(limitPeriod(contract, '2026-01-15T00:00:00.000Z')).toMatchObject({ start: '2026-01-12', end: '2026-01-31' });
    expect(limitPeriod(undefined, '2026-12-31T23:59:00.000Z')).toEqual({
      start: '2026-12-01',
      end: '2027-01-01',
      zone: 'UTC',
    });
  });
});
