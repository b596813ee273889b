import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { MAX_APPEND_BYTES } from '../../../lambdas/usage/ledger/append.ts';
import { type AppendPorts, appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { MAX_KEYS } from '../../../lambdas/usage/ledger/key-states.ts';
import { itemBytes } from '../../../lambdas/usage/ledger/ledger-item.ts';
import type { LedgerStore } from '../../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { OVERFLOW, stateKey, UNMETERED } from '../../../lambdas/usage/ledger/state.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySubjects } from '../../twins/memory-projection.ts';
import { api, METERS, usage } from './usage-fixtures.ts';

const meters = meterIndex(METERS);
const NOW = '2026-10-01T12:00:00.000Z';
const T = '2026-10-01T11:50:00.000Z';

const world = (now = NOW) => {
  const ledger = memoryLedger();
  const clock = manualClock(now);
  const ports = {
    ledger: ledger as LedgerStore,
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    archive: unreadArchive,
    touched: memoryOverlays(),
    memory: writerMemory(),
    clock,
    ids: countingIds(),
  };
  return {
    ledger,
    clock,
    ports: ports satisfies AppendPorts,
    chain: () => ledger.appends(),
  };
};

describe('appendBatch', () => {
  it('writes one append per subject and slot, whatever the number of events', async () => {
    const { ledger, ports } = world();
    const batch = Array.from({ length: 100 }, (_, n) =>
      api(`e${n}`, `2026-10-01T11:${n % 2 === 0 ? '40' : '50'}:00.000Z`, 1, 'read', n % 4 < 2 ? 'org-01' : 'org-02'),
    );
    const result = await appendBatch(ports, batch, meters);
    expect(result).toMatchObject({ appends: 4, failed: [] });
    expect(ledger.puts()).toBe(4);
    expect(ports.marks.writes()).toBe(0);
  });

  it('accepts the first of two bodies and calls the other a conflict, also in another batch', async () => {
    const { ports } = world();
    const [first, other] = [api('a', T, 1), api('a', T, 2)];
    expect((await appendBatch(ports, [first, other], meters)).outcomes).toEqual(['accepted', 'conflict']);
    expect((await appendBatch(ports, [{ ...other }], meters)).outcomes).toEqual(['conflict']);
    const again = api('a', T, 1);
    expect((await appendBatch({ ...ports, memory: writerMemory() }, [again], meters)).outcomes).toEqual(['duplicate']);
  });

  it('keeps scalars running over the appends of a slot', async () => {
    const { ports, chain } = world();
    await appendBatch(ports, [api('a', T, 5)], meters);
    await appendBatch(ports, [api('b', T, '2.50')], meters);
    const key = stateKey('calls', 1, { endpoint: 'read' });
    expect(chain().map(({ states }) => states[key])).toMatchObject([
      { count: 1, sum: '5' },
      { count: 2, sum: '7.5' },
    ]);
    expect(foldChain(chain()).states[key]).toMatchObject({ count: 2, sum: '7.5', min: '2.5', max: '5' });
  });

  it('marks the day of a slot that is not open before appending, once for a while', async () => {
    const { ports, clock } = world();
    const old = (n: number) => api(`e${n}`, '2026-09-01T10:00:00.000Z', 1);
    await appendBatch(ports, [old(1)], meters);
    await appendBatch(ports, [old(2)], meters);
    expect(ports.marks.writes()).toBe(1);
    clock.advance(6 * 60_000);
    await appendBatch(ports, [old(3)], meters);
    expect(ports.marks.writes()).toBe(2);
  });

  it('appends nothing when the mark cannot be set', async () => {
    const { ports, ledger } = world();
    const marks = { ...ports.marks, mark: () => Promise.reject(new Error('down')) };
    const result = await appendBatch({ ...ports, marks }, [api('a', '2026-09-01T10:00:00.000Z', 1)], meters);
    expect(result.outcomes).toEqual(['unwritten']);
    expect(result.failed).toMatchObject([{ reason: 'failed', message: 'Error: down' }]);
    expect(ledger.items.size).toBe(0);
  });

  it('gives a throttled chain back and appends the others', async () => {
    const { ports, ledger } = world();
    const throttled = Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
    const hot: LedgerStore = {
      ...ledger,
      putIfAbsent: (append) =>
        append.slot.subject === 'org-01' ? Promise.reject(throttled) : ledger.putIfAbsent(append),
    };
    const batch = [api('a', T, 1), api('b', T, 1, 'read', 'org-02')];
    const result = await appendBatch({ ...ports, ledger: hot }, batch, meters);
    expect(result.outcomes).toEqual(['unwritten', 'accepted']);
    expect(result.failed).toMatchObject([{ reason: 'throttled', slot: { subject: 'org-01' } }]);
  });

  it('gives up a chain whose race is lost again and again', async () => {
    const { ports, ledger } = world();
    const contended: LedgerStore = { ...ledger, putIfAbsent: async () => 'taken' };
    const result = await appendBatch({ ...ports, ledger: contended }, [api('a', T, 1)], meters);
    expect(result.failed).toMatchObject([{ reason: 'contended' }]);
  });

  it('splits a group that does not fit into one item', async () => {
    const { ports, ledger } = world();
    const long = 'x'.repeat(200);
    const batch = Array.from({ length: 3000 }, (_, n) =>
      usage({ id: `e${n}`, subject: 'org-01', time: T, type: 'user', data: { userId: `${long}${n}` } }, n),
    );
    const result = await appendBatch(ports, batch, meters);
    expect(result.outcomes.every((outcome) => outcome === 'accepted')).toBe(true);
    expect(result.appends).toBeGreaterThan(1);
    for (const item of ledger.items.values()) expect(itemBytes(item)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
  });

  it('records events beyond the cap of keys under overflow, never nowhere', async () => {
    const { ports, chain } = world();
    const batch = Array.from({ length: MAX_KEYS + 10 }, (_, n) => api(`e${n}`, T, 1, `endpoint-${n}`));
    await appendBatch(ports, batch, meters);
    const { states, accepted } = foldChain(chain());
    const counted = Object.entries(states).filter(([key]) => key.startsWith('["calls"')).length;
    const overflow = states[OVERFLOW];
    expect(accepted).toBe(batch.length);
    expect(overflow?.class === 'set' ? counted + overflow.values.length : 0).toBe(batch.length);
  });

  it('records what no meter measures, and what is no number', async () => {
    const { ports, chain } = world();
    const strange = usage({ id: 'a', subject: 'org-01', time: T, type: 'strange', data: {} });
    await appendBatch(ports, [strange, api('b', T, 'many')], meters);
    const { states } = foldChain(chain());
    expect(states[UNMETERED]).toEqual({ class: 'set', values: ['strange'] });
    expect(states[OVERFLOW]).toMatchObject({ class: 'set' });
  });
});

describe('a cold writer', () => {
  const backlog = () => Array.from({ length: 96 }, (_, n) => api(`e${n}`, `2026-10-01T${quarter(n)}:00.000Z`, 1));
  const quarter = (n: number) =>
    `${String(Math.floor(n / 4)).padStart(2, '0')}:${String((n % 4) * 15).padStart(2, '0')}`;
  const counting = (ledger: LedgerStore) => {
    let reads = 0;
    const counted: LedgerStore = {
      ...ledger,
      slotAbove: (...args) => {
        reads += 1;
        return ledger.slotAbove(...args);
      },
      day: (...args) => {
        reads += 1;
        return ledger.day(...args);
      },
    };
    return { counted, reads: () => reads };
  };

  it('reads a day of unknown slots at once, and meets the ids that are there', async () => {
    const { ports, ledger } = world();
    await appendBatch(ports, backlog().slice(10, 20), meters);
    const { counted, reads } = counting(ledger);
    const cold = { ...ports, ledger: counted, memory: writerMemory() };
    const { outcomes, appends } = await appendBatch(cold, backlog(), meters);
    expect(outcomes.map((outcome, n) => [outcome, n >= 10 && n < 20])).toEqual(
      outcomes.map((_, n) => (n >= 10 && n < 20 ? ['duplicate', true] : ['accepted', false])),
    );
    expect([appends, reads()]).toEqual([86, 1]);
  });

  it('reads few slots that lie far apart one by one', async () => {
    const { ports, ledger } = world();
    const { counted, reads } = counting(ledger);
    const apart = [0, 30, 60, 95].flatMap((n) => backlog()[n] ?? []);
    await appendBatch({ ...ports, ledger: counted }, apart, meters);
    expect(reads()).toBe(4);
  });

  it('gives back the day that cannot be read, and appends the others', async () => {
    const { ports, ledger } = world();
    const down: LedgerStore = {
      ...ledger,
      day: (subject, day, within) =>
        day === '2026-10-01' ? Promise.reject(new Error('down')) : ledger.day(subject, day, within),
    };
    const next = backlog().map((event, n) => api(`f${n}`, event.event.time.replace('10-01', '10-02'), 1));
    const result = await appendBatch({ ...ports, ledger: down }, [...backlog(), ...next], meters);
    expect(new Set(result.outcomes.slice(0, 96))).toEqual(new Set(['unwritten']));
    expect(new Set(result.outcomes.slice(96))).toEqual(new Set(['accepted']));
  });
});

describe('a subject that is first seen as slots of yesterday close', () => {
  it('is watched from the day of every slot that another writer took for open', async () => {
    const before = world('2026-10-04T00:29:59.900Z');
    const after = { ...before.ports, memory: writerMemory(), clock: manualClock('2026-10-04T00:30:00.100Z') };
    // The later writer registers first; the earlier one then appends to yesterday without a mark.
    await appendBatch(after, [api('b', '2026-10-04T00:29:00.000Z', 1)], meters);
    await appendBatch(before.ports, [api('a', '2026-10-03T23:59:00.000Z', 1)], meters);
    expect(await before.ports.marks.marksOf('org-01')).toEqual([]);
    expect((await before.ports.subjects.get('org-01'))?.watchedFrom).toBe('2026-10-03');
  });
});
