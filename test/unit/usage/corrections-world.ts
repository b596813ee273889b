import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { appendBatch } from '../../../lambdas/usage/ledger/append-batch.ts';
import { effectiveSlots } from '../../../lambdas/usage/ledger/effective-slots.ts';
import { meterIndex } from '../../../lambdas/usage/ledger/meter-states.ts';
import { slotText, utcDay } from '../../../lambdas/usage/ledger/slot.ts';
import { writerMemory } from '../../../lambdas/usage/ledger/writer-memory.ts';
import type { CanonicalUsage } from '../../../lambdas/usage/types.ts';
import { archiveOf } from '../../twins/memory-archive-lines.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { memoryOverlays, overlayReader } from '../../twins/memory-overlays.ts';
import { memoryDirtyMarks, memoryPublisher, memorySettled, memorySubjects } from '../../twins/memory-projection.ts';
import { METERS } from './usage-fixtures.ts';

const meters = meterIndex(METERS);

/** A ledger whose archive holds the given lines, with the ways in and out that tests of corrections use. */
export const correctionsWorld = (lines: readonly CanonicalUsage[], now = '2026-10-20T00:00:00.000Z') => {
  const clock = manualClock(now);
  const archive = archiveOf(lines);
  const backfills = memoryOverlays();
  const ports = {
    ledger: memoryLedger(),
    archive,
    marks: memoryDirtyMarks(),
    subjects: memorySubjects(),
    touched: backfills,
    overlays: overlayReader(backfills, archive, METERS),
    settled: memorySettled(),
    publisher: memoryPublisher(),
    ids: countingIds(),
    clock,
  };
  const world = {
    ports,
    clock,
    archive,
    backfills,
    memory: writerMemory(),
    /** Forgets what the writer knows, as a new worker does. */
    forget: () => {
      world.memory = writerMemory();
    },
    append: (...events: CanonicalUsage[]) => appendBatch({ ...ports, memory: world.memory }, events, meters),
    /** The days that a backfill touches, each with the versions that its chains have now. */
    touchedBy: (backfill: string) =>
      backfills.touched().flatMap((place) => {
        if (place.backfill !== backfill) return [];
        const own = ports.ledger.appends().filter(({ slot }) => slot.overlay === backfill);
        const inDay = own.filter(({ slot }) => slot.subject === place.subject && utcDay(slot.start) === place.day);
        return [{ place, versions: Object.fromEntries(inDay.map(({ slot, version }) => [slot.start, version])) }];
      }),
    /** Fixes and closes a backfill as the product does: pins, dirty marks, then the one change of state. */
    close: async (backfill: string, closedAt: string) => {
      for (const { place, versions } of world.touchedBy(backfill)) {
        backfills.pin(place, versions);
        await ports.marks.mark({ subject: place.subject, day: place.day, at: clock.now(), token: ports.ids.next() });
      }
      backfills.stand({ backfill, state: 'closed', isFixed: true, closedAt });
    },
    /** Every slot as it counts, by its text; those with nothing that counts are left out. */
    slots: async () => {
      const appends = ports.ledger.appends();
      const live = appends.filter(({ slot }) => slot.overlay === undefined);
      const over = appends.filter(({ slot }) => slot.overlay !== undefined);
      const slots = await effectiveSlots([{ appends: live, overlays: over }], ports.overlays);
      const counting = slots.filter(({ states }) => Object.keys(states).length > 0);
      return Object.fromEntries(counting.map(({ states, ...slot }) => [slotText(slot), states]));
    },
  };
  return world;
};

/** A line as if only it had come, and rightly at once: usage of the live chain that corrects nothing. */
export const asRight = ({ cancels: _, slot, ...line }: CanonicalUsage): CanonicalUsage => ({
  ...line,
  kind: 'usage',
  slot: { subject: slot.subject, start: slot.start },
});
