import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import { readPeriodUsage } from '../../../lambdas/usage/read/period-usage.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { unreadArchive } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { memorySealedSlots } from '../../twins/memory-sealed-slots.ts';
import { METERS, usage } from './usage-fixtures.ts';

export const OCTOBER = { start: '2026-10-01', end: '2026-11-01', zone: 'Asia/Kolkata' };
export const ALWAYS = { from: '2024-01-01T00:00:00.000Z', to: '2030-01-01T00:00:00.000Z' };

/** An empty ledger with all that reads it, and the ways in and out that the tests use. */
export const makeWorld = () => {
  const clock = manualClock('2026-11-10T00:00:00.000Z');
  const ports = {
    ledger: memoryLedger(),
    // Slots of a few events are sealed here.
    sealed: memorySealedSlots(3),
    archive: unreadArchive,
    touched: memoryOverlays(),
    overlays: overlayReader(),
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

export const seats = (id: string, time: string, count: number, subject = 'org-01') =>
  usage({ id, subject, time, type: 'seats', data: { seats: count } });
export const quantities = (rows: readonly { meter: string; quantity: string }[]) =>
  Object.fromEntries(rows.map(({ meter, quantity }) => [meter, quantity]));
