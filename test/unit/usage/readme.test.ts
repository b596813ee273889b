import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { MAX_APPEND_BYTES } from '../../../lambdas/usage/ledger/append.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { MAX_KEYS } from '../../../lambdas/usage/ledger/key-states.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import { MARK_CLEARABLE_MILLIS, MARK_TRUST_MILLIS, writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { aggregate, carryKey } from '../../../lambdas/usage/read/aggregate.ts';
import { settleDay } from '../../../lambdas/usage/settle/settle.ts';
import { latestMeters } from '../../../lambdas/usage/settle/settled-day.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { correctionsWorld } from './corrections-world.ts';
import { api, cancellation, type EventSpec, METERS, usage } from './usage-fixtures.ts';

const README = readFileSync(new URL('../../../lambdas/usage/README.md', import.meta.url), 'utf8');
const meters = meterIndex(METERS);

const makeWorld = (now: string) => {
  const clock = manualClock(now);
  const ledger = memoryLedger();
  const marks = memoryDirtyMarks();
  const own = { ledger, marks, subjects: memorySubjects(), memory: writerMemory(), clock, ids: countingIds() };
  const ports = { ...own, archive: unreadArchive, touched: memoryOverlays() };
  return { ...ports, ports, settled: memorySettled() };
};

describe('the README of the ledger', () => {
  it('appends as its table says', async () => {
    const { ports, ledger } = makeWorld('2026-10-01T00:30:00.000Z');
    const event = (id: string, count: number | string) => api(id, '2026-10-01T00:20:00.000Z', count);
    const batches = [
      [event('a', 5), event('b', '7.5')],
      [event('b', '7.5'), event('c', 2)],
      [event('a', 6)],
      [event('a', 5), event('b', '7.5'), event('c', 2)],
    ];
    const rows: unknown[] = [];
    for (const batch of batches) {
      const { outcomes, appends } = await appendBatch(ports, batch, meters);
      const chain = ledger.appends();
      const state = foldChain(chain).states[stateKey('calls', 1, { endpoint: 'read' })];
      const running = state?.class === 'scalar' ? `${state.count}, ${state.sum}` : '';
      rows.push([appends, chain.at(-1)?.version, outcomes.join(' '), running]);
    }
    expect(rows).toEqual([
      [1, 1, 'accepted accepted', '2, 12.5'],
      [1, 2, 'duplicate accepted', '3, 14.5'],
      [0, 2, 'conflict', '3, 14.5'],
      [0, 2, 'duplicate duplicate duplicate', '3, 14.5'],
    ]);
    for (const line of ['| 2, 12.5 |', '| c | 3, 14.5 |']) expect(README).toContain(line);
  });

  it('corrects as its table says', async () => {
    const T = '2026-10-01T00:20:00.000Z';
    const event = (line: number, id: string, count: number, more: Partial<EventSpec> = {}) =>
      usage({ id, subject: 'org-01', time: T, type: 'api', data: { count, endpoint: 'read' }, ...more }, line);
    const [a, b, c, d] = [event(0, 'a', 5), event(1, 'b', 2), event(2, 'c', 7), event(3, 'd', 1)];
    const [noB, noD, noC] = [cancellation(b, 'x', 4), cancellation(d, 'y', 5), cancellation(c, 'z', 8, 'bf')];
    const [r, e] = [event(6, 'r', 9, { replaces: 'a' }), event(7, 'e', 4, { backfill: 'bf' })];
    const batches = [[a, b, c], [noB], [noD], [d], [r], [noB], [e, noC]];
    const world = correctionsWorld(batches.flat(), '2026-10-01T00:30:00.000Z');

    const figures = async (): Promise<string> => {
      const [states] = Object.values(await world.slots());
      const [calls, smallest] = [
        states?.[stateKey('calls', 1, { endpoint: 'read' })],
        states?.[stateKey('smallest', 1, {})],
      ];
      if (calls?.class !== 'scalar' || smallest?.class !== 'scalar') throw new Error('the slot has no figures');
      return `${calls.count}, ${calls.sum}, ${smallest.min}`;
    };
    const rows: string[] = [];
    for (const batch of batches) {
      const { outcomes, appends } = await world.append(...batch);
      const chain = world.ports.ledger.appends().filter(({ slot }) => slot.overlay === batch[0]?.slot.overlay);
      const { version = 0, full = false, cancels = [] } = chain.at(-1) ?? {};
      const what = appends === 0 ? outcomes.join() : `version ${version}${full ? ', restating' : ''} ${cancels.length}`;
      rows.push(`${what} | ${await figures()}`);
    }
    await world.close('bf', '2026-10-01T00:31:00.000Z');
    rows.push(`closed | ${await figures()}`);
    expect(rows).toEqual([
      'version 1 0 | 3, 14, 2',
      'version 2, restating 1 | 2, 12, 5',
      'version 3 1 | 2, 12, 5',
      'version 4 0 | 2, 12, 5',
      'version 5, restating 1 | 2, 16, 7',
      'duplicate | 2, 16, 7',
      'version 1 1 | 2, 16, 7',
      'closed | 2, 13, 4',
    ]);
    const told = README.slice(README.indexOf('## Correcting'), README.indexOf('## What one append costs'));
    const table = told.split('\n').filter((line) => /^\| ?\d? \|/.test(line));
    expect(table.map((line) => line.split('|').at(-2)?.trim())).toEqual(rows.map((row) => row.split(' | ')[1]));
  });

  it('clears a mark at the minute that its table says', async () => {
    const day = '2026-10-05';
    const { clock, marks, ledger, settled, ports } = makeWorld('2026-11-05T12:00:00.000Z');
    const latest = latestMeters(METERS);
    const start = `${day}T10:00:00.000Z`;
    await marks.mark({ subject: 'org-01', day, at: clock.now(), token: 'writer', slots: [start] });
    const settle = async (at: string) => {
      clock.set(at);
      const beganAt = clock.now();
      const [mark] = await marks.marksOf('org-01');
      const [head] = (await settled.heads('org-01', day, '2026-10-06')).days;
      const seen = { beganAt, head, mark };
      const { changed, cleared } = await settleDay(
        { ledger, overlays: overlayReader(), settled, marks, clock },
        latest,
        'org-01',
        day,
        seen,
      );
      return { changed, cleared };
    };
    expect(await settle('2026-11-05T12:01:00.000Z')).toEqual({ changed: false, cleared: false });
    clock.set('2026-11-05T12:02:00.000Z');
    ports.memory.marks.note('org-01', start, Date.parse('2026-11-05T12:00:00.000Z'));
    await appendBatch(ports, [api('a', start, 1)], meters);
    expect(await settle('2026-11-05T12:20:00.000Z')).toEqual({ changed: true, cleared: false });
    expect(await settle('2026-11-05T12:21:00.000Z')).toEqual({ changed: false, cleared: true });
    expect([MARK_TRUST_MILLIS, MARK_CLEARABLE_MILLIS]).toEqual([5 * 60_000, 21 * 60_000]);
  });

  it('weighs by time as it says', () => {
    const at = (hour: string) => `2026-10-01T${hour}:00:00.000Z`;
    const point = (hour: string, value: string) => ({ time: at(hour), value, idHash: hour.padStart(32, '0') });
    const weigh = (carryIn: Readonly<Record<string, { time: string; value: string }>>) =>
      aggregate({
        fragments: [
          {
            subject: 'org-01',
            states: {
              [stateKey('storage', 1, {})]: { class: 'points', points: [point('06', '40'), point('18', '20')] },
            },
          },
        ],
        subjects: [{ subject: 'org-01', from: at('00'), to: '2026-10-02T00:00:00.000Z' }],
        period: { start: '2026-10-01', end: '2026-10-02', zone: 'UTC' },
        carryIn,
        meters: METERS,
      });
    const key = carryKey('storage', {}, 'org-01');
    const carried = weigh({ [key]: { time: '2026-09-30T00:00:00.000Z', value: '10' } });
    expect(carried.usage[0]?.quantity).toBe('27.5');
    expect(carried.carryOut[key]?.value).toBe('20');
    expect(weigh({}).usage[0]?.quantity).toBe('25');
    expect(README).toContain('660 / 24 = **27.5** GB');
    expect(README).toContain('600 / 24 = **25** GB');
  });

  it('states the limits that the code has', () => {
    expect(README).toContain(`${MAX_APPEND_BYTES.toLocaleString('en')} bytes`);
    expect(README).toContain(`beyond ${MAX_KEYS} keys`);
  });
});
