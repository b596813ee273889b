import { makeArchive } from '../../lambdas/usage/archive/archive.ts';
import type { IngestPorts } from '../../lambdas/usage/ingest/ingest.ts';
import type { Overlay } from '../../lambdas/usage/ledger/overlays.ts';
import { memoryArchiveObjects } from '../twins/memory-archive-objects.ts';
import { APPEND_MUTANTS } from './mutants-append.ts';
import type { Mutant } from './wiring.ts';

/**
 * Deliberate bugs, as others have made them: each wraps ports of the product, which stays as it is. The simulation must
 * find every one of them. Each call makes a mutant with a state of its own.
 */

/** A settled day does not say up to when it was read: whatever is settled of it is taken for the whole day. */
const projectionWithoutVersion = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    settled: {
      ...twins.settled,
      put: (settled) => twins.settled.put({ ...settled, beganAt: '9999-01-01T00:00:00.000Z' }),
    },
  }),
});

const LONG_AGO = '2000-01-01T00:00:00.000Z';

/** A mark is cleared by a settle, however young it is. */
const markClearedTooEarly = (): Mutant => ({
  sweepPorts: (ports) => ({
    ...ports,
    marks: {
      ...ports.marks,
      marksOf: async (subject) =>
        (await ports.marks.marksOf(subject)).map(({ slots, ...mark }) => ({
          ...mark,
          at: LONG_AGO,
          ...(slots && { slots: Object.fromEntries(Object.keys(slots).map((start) => [start, LONG_AGO])) }),
        })),
    },
  }),
});

/** A mark is set after the append that it announces. */
const markAfterAppend = (): Mutant => ({
  appendPorts: (ports) => {
    const waiting: Parameters<typeof ports.marks.mark>[0][] = [];
    return {
      ...ports,
      marks: {
        ...ports.marks,
        mark: async (mark) => {
          waiting.push(mark);
        },
      },
      ledger: {
        ...ports.ledger,
        putIfAbsent: async (append) => {
          const result = await ports.ledger.putIfAbsent(append);
          for (const mark of waiting.splice(0)) await ports.marks.mark(mark);
          return result;
        },
      },
    };
  },
});

/** A worker trusts a mark that it once set for ever. */
const markTrustedForEver = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    memory: {
      ...ports.memory,
      marks: { ...ports.memory.marks, holds: (subject, start) => ports.memory.marks.holds(subject, start, 0) },
    },
  }),
});

/** A mark names the slots it was set for last, and forgets those before. */
const markForgetsSlots = (): Mutant => ({
  twins: (twins) => {
    const last = new Map<string, readonly string[] | undefined>();
    return {
      ...twins,
      marks: {
        ...twins.marks,
        mark: async (mark) => {
          last.set(`${mark.subject} ${mark.day}`, mark.slots);
          await twins.marks.mark(mark);
        },
        marksOf: async (subject) =>
          (await twins.marks.marksOf(subject)).map((mark) => {
            const slots = last.get(`${subject} ${mark.day}`);
            const kept = Object.entries(mark.slots ?? {}).filter(([start]) => slots?.includes(start));
            return mark.slots === undefined ? mark : { ...mark, slots: Object.fromEntries(kept) };
          }),
      },
    };
  },
});

/** Lines are archived after they were appended. */
const archiveAfterAppend = (): Mutant => ({
  ingestPorts: (ports) => {
    const nowhere = makeArchive(memoryArchiveObjects());
    let waiting: Parameters<typeof nowhere.write>[0] = [];
    return {
      ...ports,
      archive: {
        ...ports.archive,
        write: (lines) => {
          waiting = lines;
          return nowhere.write(lines);
        },
      },
      append: async (usages) => {
        const outcome = await ports.append(usages);
        await ports.archive.write(waiting);
        return outcome;
      },
    };
  },
});

/** What a chain did not take is spilled nowhere. */
const lostSpill = (): Mutant => ({
  ingestPorts: (ports) => ({ ...ports, spill: { send: async () => undefined } }),
});

const NOTHING: Awaited<ReturnType<IngestPorts['append']>> = {
  accepted: [],
  duplicates: [],
  conflicts: [],
  refused: [],
  failed: [],
  reasons: [],
  largestAppend: 0,
};

/** One bad line costs its neighbours. */
const poisonedBatch = (): Mutant => ({
  ingestPorts: (ports) => {
    let bad = 0;
    return {
      ...ports,
      quarantine: {
        put: async (entries) => {
          bad = entries.length;
          await ports.quarantine.put(entries);
        },
      },
      append: (usages) => (bad > 0 ? Promise.resolve({ ...NOTHING, duplicates: usages }) : ports.append(usages)),
    };
  },
});

/** A crossing is noted as told before it is published. */
const toldBeforePublished = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    crossings: {
      ...twins.crossings,
      over: async (threshold, quantity, at) => {
        const crossing = await twins.crossings.over(threshold, quantity, at);
        await twins.crossings.told(threshold, crossing.number);
        return crossing;
      },
    },
  }),
});

const standing = (change: (overlay: Overlay) => Overlay): Mutant => ({
  twins: (twins) => {
    const overlays: typeof twins.backfills.overlays = async (ids) =>
      new Map([...(await twins.backfills.overlays(ids))].map(([id, overlay]) => [id, change(overlay)]));
    const backfills = { ...twins.backfills, overlays };
    return { ...twins, backfills, overlays: { ...twins.overlays, status: backfills } };
  },
});

/** A backfill counts as soon as its content is fixed, before anybody closed it. */
const countedBeforeClosed = (): Mutant =>
  standing((overlay) => (overlay.state === 'sealed' ? { ...overlay, state: 'closed', closedAt: '2026' } : overlay));

/** Writers do not notice that a backfill is sealed: they say that they took what is not in it. */
const sealUnnoticed = (): Mutant =>
  standing((overlay) => (['sealing', 'sealed'].includes(overlay.state) ? { ...overlay, state: 'open' } : overlay));

/** A backfill is closed, and nobody looks at the days again that were settled without it. */
const closedUnmarked = (): Mutant => ({
  correctionPorts: (ports) => ({ ...ports, marks: { ...ports.marks, mark: async () => undefined } }),
});

/** All of them, by name. */
export const MUTANTS: Readonly<Record<string, () => Mutant>> = {
  ...APPEND_MUTANTS,
  projectionWithoutVersion,
  markClearedTooEarly,
  markAfterAppend,
  markTrustedForEver,
  markForgetsSlots,
  archiveAfterAppend,
  lostSpill,
  poisonedBatch,
  toldBeforePublished,
  countedBeforeClosed,
  sealUnnoticed,
  closedUnmarked,
};
