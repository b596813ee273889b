import { beforeEach, describe, expect, it } from 'vitest';
import type { CatalogEntry, CatalogReader, Meter } from '../../../lambdas/catalog/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { backfillIdOf, deedOf } from '../../../lambdas/usage/corrections/backfill.ts';
import { closeBackfill, revertBackfill } from '../../../lambdas/usage/corrections/close-backfill.ts';
import { sealBackfill } from '../../../lambdas/usage/corrections/seal.ts';
import { makeAppendEvents } from '../../../lambdas/usage/ingest/append-events.ts';
import type { JobRun, JobWork } from '../../../lambdas/usage/jobs/run-job.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { readBalance } from '../../../lambdas/usage/read/balance.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import { readPinnedUsage } from '../../../lambdas/usage/read/pinned-usage.ts';
import { settleSweep } from '../../../lambdas/usage/settle/settle-sweep.ts';
import type { CanonicalUsage, SlotPin } from '../../../lambdas/usage/types.ts';
import { archiveOf } from '../../twins/memory-archive-lines.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryBackfills } from '../../twins/memory-backfills.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { cancellation, type EventSpec, METERS, usage } from './usage-fixtures.ts';

const entry = (kind: CatalogEntry['kind'], id: string, body: unknown): CatalogEntry =>
  ({ ...METERS[0], kind, id, body }) as unknown as CatalogEntry;
const CATALOG = [
  ...METERS,
  entry('account', 'acct-01', { id: 'acct-01', plan: 'team' }),
  entry('contract', 'c-01', {
    id: 'c-01',
    account: 'acct-01',
    zone: 'Asia/Kolkata',
    start: '2026-01-01',
    anchorDay: 1,
  }),
  entry('attribution', 'org-01', { subject: 'org-01', account: 'acct-01' }),
] as const;
const OCTOBER = { start: '2026-10-01', end: '2026-11-01', zone: 'Asia/Kolkata' };
const NOVEMBER = { start: '2026-11-01', end: '2026-12-01', zone: 'Asia/Kolkata' };

const event = (line: number, id: string, spec: Partial<EventSpec> & Pick<EventSpec, 'time'>): CanonicalUsage =>
  usage({ id, subject: 'org-01', type: 'api', data: { count: 1, endpoint: 'read' }, ...spec }, line);

const makeWorld = (lines: readonly CanonicalUsage[], published: readonly CatalogEntry<Meter>[] = METERS) => {
  let meters = published;
  const clock = manualClock('2026-11-20T00:00:00.000Z');
  const audit = memoryAuditLog(clock);
  const backfills = memoryBackfills(audit);
  const archive = archiveOf(lines);
  const known = memoryCatalog([...CATALOG]);
  const history: CatalogReader['history'] = async (kind) =>
    kind === 'meter' ? (structuredClone(meters) as never) : known.history(kind);
  const catalog: CatalogReader = { ...known, history };
  const [ledger, marks, ids] = [memoryLedger(), memoryDirtyMarks(), countingIds()];
  const settled = memorySettled();
  const usagePorts = {
    ledger,
    overlays: overlayReader(backfills, archive, METERS),
    settled,
    marks,
    subjects: memorySubjects(),
    clock,
  };
  const append = makeAppendEvents(
    { ...usagePorts, archive, touched: backfills, backfills, memory: writerMemory(), ids },
    catalog,
  );
  const seal = sealBackfill({ usage: usagePorts, catalog, clock, backfills, restate: { ledger, archive, clock } });
  const ports = { backfills, marks, clock, ids };
  /** Runs a job to its end, in as many runs as it takes. */
  let runs = 0;
  const run = async (work: JobWork, params: Readonly<Record<string, unknown>>, hurry = false) => {
    let cursor: unknown;
    for (runs = 1; runs < 10; runs += 1) {
      const job = { jobId: 'job-1', kind: 'backfill.any', state: 'running', startedBy: 'olga', startedAt: '', params };
      const asRun = {
        job,
        cursor,
        save: async (_: unknown, at: unknown) => {
          cursor = structuredClone(at);
        },
        isTimeUp: () => hurry,
      } as unknown as JobRun;
      const result = await work(asRun);
      if (result !== 'later') return result;
    }
    throw new Error('the job did not come to an end');
  };
  const world = {
    clock,
    audit,
    backfills,
    ledger,
    marks,
    append: async (...events: CanonicalUsage[]) => append(events),
    open: async () => {
      const opened = { by: 'olga', at: clock.now() };
      const backfill = { backfillId: 'b1', state: 'open' as const, reason: 'a test', opened };
      await backfills.create(backfill, deedOf(backfill, 'open', opened, {}));
    },
    runs: () => runs,
    publish: (next: readonly CatalogEntry<Meter>[]) => {
      meters = next;
    },
    seal: (hurry?: boolean) => run(seal, { backfillId: 'b1' }, hurry),
    /** Two runs of one job at once. */
    sealTwice: () => Promise.all([run(seal, { backfillId: 'b1' }), run(seal, { backfillId: 'b1' })]),
    closeTwice: () =>
      Promise.all([run(closeBackfill(ports), { backfillId: 'b1' }), run(closeBackfill(ports), { backfillId: 'b1' })]),
    close: () => run(closeBackfill(ports), { backfillId: 'b1' }),
    revert: () => run(revertBackfill(ports), { backfillId: 'b1', reason: 'it was wrong' }),
    state: async () => (await backfills.get('b1'))?.state,
    money: (period = OCTOBER, carryIn = {}) =>
      readPeriodUsage(usagePorts, {
        subjects: [{ subject: 'org-01', from: '2024-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' }],
        period,
        carryIn,
        meters: METERS,
      }),
    /** The usage of October as it was pinned. */
    pinned: (pins: readonly SlotPin[]) =>
      readPinnedUsage(usagePorts, {
        subjects: [{ subject: 'org-01', from: '2024-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' }],
        period: OCTOBER,
        carryIn: {},
        meters: METERS,
        pins,
      }),
    people: (period = OCTOBER) =>
      readBalance(usagePorts, {
        subjects: [{ subject: 'org-01', from: '2024-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' }],
        period,
        meters: METERS,
      }),
    sweep: () => settleSweep({ ...usagePorts, publisher: memoryPublisher(), ids }, METERS),
    quantity: async (meter: string, period = OCTOBER) => {
      const [money, people] = [(await world.money(period)).usage, (await world.people(period)).usage];
      const of = (rows: typeof money) => rows.find((row) => row.meter === meter)?.quantity;
      expect(of(people)).toBe(of(money));
      return of(money);
    },
  };
  return world;
};

describe('a backfill', () => {
  const T = '2026-10-05T11:50:00.000Z';
  const lines = [
    event(0, 'a', { time: T, data: { count: 5, endpoint: 'read' } }),
    event(1, 'wrong', { time: T, data: { count: 100, endpoint: 'read' } }),
    event(2, 'right', { time: T, data: { count: 7, endpoint: 'read' }, backfill: 'b1', replaces: 'wrong' }),
    event(3, 'more', { time: '2026-10-20T00:00:00.000Z', data: { count: 2, endpoint: 'write' }, backfill: 'b1' }),
  ];
  const [a, wrong, right, more] = lines as [CanonicalUsage, CanonicalUsage, CanonicalUsage, CanonicalUsage];
  let world: ReturnType<typeof makeWorld>;
  const sum = async () =>
    (await world.money()).usage.filter(({ meter }) => meter === 'calls').map((row) => row.quantity);
  beforeEach(async () => {
    world = makeWorld(lines);
    await world.append(a, wrong);
    await world.sweep();
    world.clock.advance(22 * 60_000);
    await world.sweep();
    await world.open();
    await world.append(right, more);
  });

  it('is sealed and closed once when its jobs run twice at once, and no run takes the other for a failure', async () => {
    const world = makeWorld(lines);
    await world.open();
    await world.append(...lines);
    const [first, second] = await world.sealTwice();
    expect(second).toEqual(first);
    expect(await world.state()).toBe('sealed');
    await world.closeTwice();
    expect(await world.state()).toBe('closed');
    expect(await world.quantity('calls')).toBe('12');
  });

  it('changes nothing until it is closed, and then all at once', async () => {
    expect(await sum()).toEqual(['105']);
    expect(await world.seal()).toMatchObject({ subjects: 1, days: 2, slots: 2, lines: 2, accounts: 1 });
    expect(await world.state()).toBe('sealed');
    expect(await sum()).toEqual(['105']);
    expect(await world.close()).toEqual({ days: 2 });
    expect(await sum()).toEqual(['12', '2']);
    expect(await world.quantity('requests')).toBe('3');
    for (let n = 0; n < 2; n += 1) {
      await world.sweep();
      expect(await world.quantity('requests')).toBe('3');
      world.clock.advance(22 * 60_000);
    }
    expect(await world.marks.marksOf('org-01')).toEqual([]);
    expect(await world.quantity('smallest')).toBe('2');
    expect((await world.money()).pins.flatMap(({ overlays = [] }) => overlays)).toMatchObject([
      { backfill: 'b1', version: 1 },
      { backfill: 'b1', version: 1 },
    ]);
  });

  it('tells before it is closed what it would change, per account and period', async () => {
    await world.seal();
    const { items } = await world.backfills.changes('b1', 100);
    const calls = items.filter(({ meter }) => meter === 'calls');
    expect(calls).toEqual([
      {
        account: 'acct-01',
        period: OCTOBER,
        meter: 'calls',
        unit: 'unit',
        dimensions: { endpoint: 'read' },
        before: '105',
        after: '12',
      },
      {
        account: 'acct-01',
        period: OCTOBER,
        meter: 'calls',
        unit: 'unit',
        dimensions: { endpoint: 'write' },
        after: '2',
      },
    ]);
    await world.close();
    const now = (await world.money()).usage.map(({ meter, dimensions, quantity }) => [meter, dimensions, quantity]);
    for (const { meter, dimensions, after } of items) expect(now).toContainEqual([meter, dimensions, after]);
  });

  it('leaves what was pinned before it, and with it, as it was', async () => {
    const before = await world.money();
    await world.seal();
    await world.close();
    const closed = await world.money();
    await world.revert();
    for (const read of [before, closed]) {
      const { usage: rows, usageHash } = await world.pinned(read.pins);
      expect({ rows, usageHash }).toEqual({ rows: read.usage, usageHash: read.usageHash });
    }
    expect(closed.usageHash).not.toBe(before.usageHash);
  });

  it('is taken back as a whole', async () => {
    await world.seal();
    await world.close();
    await world.sweep();
    await world.revert();
    expect(await sum()).toEqual(['105']);
    expect(await world.quantity('requests')).toBe('2');
    world.clock.advance(22 * 60_000);
    await world.sweep();
    expect(await world.quantity('requests')).toBe('2');
  });

  it('that is reverted before it counted needs no mark, and never counts', async () => {
    await world.revert();
    expect(await world.marks.marksOf('org-01')).toEqual([]);
    await expect(world.seal()).rejects.toThrow('never counts again');
    expect(await sum()).toEqual(['105']);
  });

  it('can neither be closed unsealed, nor sealed or closed twice', async () => {
    await expect(world.close()).rejects.toThrow('seal it first');
    await world.seal();
    expect(await world.seal()).toMatchObject({ lines: 2 });
    await world.close();
    expect(await world.close()).toEqual({ days: 0 });
    expect((await world.audit.list(0, 100)).map(({ action }) => action)).toEqual([
      'backfill.open',
      'backfill.sealing',
      'backfill.seal',
      'backfill.close',
    ]);
  });

  it('is sealed in as many runs as it takes, each going on where the one before was', async () => {
    await world.append(event(9, 'other', { time: T, subject: 'org-09', backfill: 'b1' }));
    expect(await world.seal(true)).toMatchObject({ slots: 3, accounts: 2 });
    expect(world.runs()).toBe(2);
    const { items } = await world.backfills.changes('b1', 100);
    expect(items.filter(({ subject }) => subject === 'org-09').map(({ meter }) => meter)).toContain('requests');
  });

  it('counts a live event once that it holds too', async () => {
    const copy = event(9, 'a', { time: T, data: { count: 5, endpoint: 'read' }, backfill: 'b1' });
    await world.append(copy);
    await world.seal();
    await world.close();
    expect(await sum()).toEqual(['12', '2']);
  });

  it('yields to what came live since: cancelled there, an event of it counts no more', async () => {
    await world.seal();
    await world.close();
    const cancelled = cancellation({ ...right, slot: a.slot }, 'c', 8);
    await world.append(cancelled);
    expect(await sum()).toEqual(['5', '2']);
  });

  it('is measured when it is sealed by meters that were published while it was open', async () => {
    const late = makeWorld(
      lines,
      METERS.filter(({ id }) => id !== 'requests'),
    );
    await late.open();
    await late.append(right, more);
    late.clock.advance(60_000);
    late.publish(METERS.map((meter) => ({ ...meter, publishedAt: late.clock.now() })));
    await late.seal();
    await late.close();
    expect(await late.quantity('requests')).toBe('2');
  });
});

describe('a backfill of a value that goes on', () => {
  it('reaches forward to the next value, across periods', async () => {
    const seats = (line: number, id: string, time: string, count: number, backfill?: string) =>
      event(line, id, { time, type: 'seats', data: { seats: count }, ...(backfill ? { backfill } : {}) });
    const lines = [
      seats(0, 'first', '2026-10-02T00:00:00.000Z', 5),
      seats(1, 'next', '2026-11-10T00:00:00.000Z', 9),
      seats(2, 'missed', '2026-10-20T00:00:00.000Z', 7, 'b1'),
    ];
    const world = makeWorld(lines);
    await world.append(...lines.slice(0, 2));
    await world.sweep();
    await world.open();
    await world.append(...lines.slice(2));
    await world.seal();
    const { items } = await world.backfills.changes('b1', 100);
    expect(items.map(({ period, meter, before, after }) => [period.start, meter, before, after])).toEqual([
      ['2026-10-01', 'seats', '5', '7'],
      ['2026-11-01', 'seats', '9', '9'],
    ]);
    // 20 to 31 October, then until the next value comes on 10 November.
    expect(items.map(({ days }) => days)).toEqual([12, 9]);
    await world.close();
    expect(await world.quantity('seats')).toBe('7');
    const october = await world.money();
    const november = (await world.money(NOVEMBER, october.carryOut)).usage.find(({ meter }) => meter === 'seats');
    expect(november?.daily?.find(({ day }) => day === '2026-11-05')?.value).toBe('7');
    expect(november?.quantity).toBe('9');
  });
});

describe('the id of a backfill', () => {
  it('sorts by time and fits into an event', () => {
    const clock = manualClock('2026-11-20T00:00:00.000Z');
    const id = backfillIdOf(clock, 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6');
    expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    expect(id.length).toBeLessThanOrEqual(64);
  });
});
