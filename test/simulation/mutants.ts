import { add, formatDecimal, parseDecimal, subtract } from '../../lambdas/platform/decimal.ts';
import { makeArchive } from '../../lambdas/usage/archive/archive.ts';
import type { IngestPorts } from '../../lambdas/usage/ingest/ingest.ts';
import { appendHash } from '../../lambdas/usage/ledger/chain.ts';
import { encodeAppend } from '../../lambdas/usage/ledger/ledger-item.ts';
import type { LedgerRead, LedgerStore } from '../../lambdas/usage/ledger/ledger-store.ts';
import type { Overlay } from '../../lambdas/usage/ledger/overlays.ts';
import type { Append, CanonicalUsage, KeyState } from '../../lambdas/usage/types.ts';
import { memoryArchiveObjects } from '../twins/memory-archive-objects.ts';
import type { Mutant } from './wiring.ts';

/**
 * Deliberate bugs, as others have made them: each wraps ports of the product, which stays as it is. The simulation must
 * find every one of them. Each call makes a mutant with a state of its own.
 */

const idOf = ({ slot, idHash }: CanonicalUsage): string => `${slot.subject} ${slot.start} ${idHash}`;
const changed = (read: LedgerRead, change: (append: Append) => Append): LedgerRead => ({
  ...read,
  appends: read.appends.map(change),
});
const reading = (ledger: LedgerStore, change: (append: Append) => Append): LedgerStore => ({
  ...ledger,
  slotAbove: async (slot, version) => changed(await ledger.slotAbove(slot, version), change),
  day: async (subject, day, within) => changed(await ledger.day(subject, day, within), change),
});

/** Ids are claimed, then counted: what fails in between is a duplicate at the next try. */
const claimBeforeWrite = (): Mutant => {
  const claimed = new Set<string>();
  return {
    ingestPorts: (ports) => ({
      ...ports,
      append: async (usages) => {
        const fresh = usages.filter((usage) => !claimed.has(idOf(usage)));
        for (const usage of fresh) claimed.add(idOf(usage));
        const outcome = await ports.append(fresh);
        return { ...outcome, duplicates: [...outcome.duplicates, ...usages.filter((usage) => !fresh.includes(usage))] };
      },
    }),
  };
};

const sumOf = (base: KeyState | undefined, ours: KeyState, theirs: KeyState | undefined): KeyState => {
  if (ours.class !== 'scalar' || theirs?.class !== 'scalar') return ours;
  const before = base?.class === 'scalar' ? base : { count: 0, sum: '0' };
  const added = subtract(parseDecimal(ours.sum), parseDecimal(before.sum));
  return {
    ...theirs,
    count: theirs.count + ours.count - before.count,
    sum: formatDecimal(add(parseDecimal(theirs.sum), added)),
  };
};

/** A counter is incremented where it stands, whoever was there first, instead of put on the state that was seen. */
const counterIncrement = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    ledger: {
      ...twins.ledger,
      putIfAbsent: async (append) => {
        const { appends } = await twins.ledger.slotAbove(append.slot, 0);
        const [last, seen] = [appends.at(-1), appends[append.version - 2]];
        if (last === undefined || last === seen) return twins.ledger.putIfAbsent(append);
        const states = Object.entries(append.states).map(([key, state]): [string, KeyState] => [
          key,
          sumOf(seen?.states[key], state, last.states[key]),
        ]);
        const { hash: _, ...said } = append;
        const next = {
          ...said,
          version: last.version + 1,
          previousHash: last.hash,
          states: Object.fromEntries(states),
        };
        return twins.ledger.putIfAbsent({ ...next, hash: appendHash(next) });
      },
    },
  }),
});

/** The put has no condition: the last writer of a version wins. */
const missingCondition = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    ledger: {
      ...twins.ledger,
      putIfAbsent: async (append) => {
        const item = encodeAppend(append);
        twins.ledger.items.set(`${item.pk} ${item.sk}`, item);
        return 'written';
      },
    },
  }),
});

/** A lost race is taken for a success. */
const lostRaceUnnoticed = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      putIfAbsent: async (append) => {
        await ports.ledger.putIfAbsent(append);
        return 'written';
      },
    },
  }),
});

/** The cache advances before the write is known, and keeps what it has when the write fails. */
const cacheBeforeWrite = (): Mutant => ({
  appendPorts: (ports) => {
    const { ledger, memory } = ports;
    return {
      ...ports,
      memory: { ...memory, slots: { ...memory.slots, forget: () => undefined } },
      ledger: {
        ...ledger,
        putIfAbsent: (append) => {
          memory.slots.advance(append.slot, memory.slots.get(append.slot), [append]);
          return ledger.putIfAbsent(append);
        },
      },
    };
  },
});

/** After a lost race only the version is taken over, not what the other writer counted. */
const cacheNotRefreshed = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      slotAbove: async (slot, version) =>
        changed(await ports.ledger.slotAbove(slot, version), (append) =>
          version === 0 ? append : { ...append, ids: [], states: {} },
        ),
    },
  }),
});

/** A cancellation counts for what is there; what it cancels and comes later is counted. */
const tombstoneForgotten = (): Mutant => ({
  appendPorts: (ports) => ({ ...ports, ledger: reading(ports.ledger, ({ cancels: _, ...append }) => append) }),
});

const DEDUPE_WINDOW_MILLIS = 24 * 3_600_000;

/** Ids are remembered for a day. */
const windowThatForgets = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    ledger: reading(ports.ledger, (append) =>
      ports.clock.nowMillis() - Date.parse(append.appendedAt) > DEDUPE_WINDOW_MILLIS ? { ...append, ids: [] } : append,
    ),
  }),
});

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

/** A mark is cleared by a settle, however young it is. */
const markClearedTooEarly = (): Mutant => ({
  sweepPorts: (ports) => ({
    ...ports,
    marks: {
      ...ports.marks,
      marksOf: async (subject) =>
        (await ports.marks.marksOf(subject)).map((mark) => ({ ...mark, at: '2000-01-01T00:00:00.000Z' })),
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
      marks: { ...ports.memory.marks, holds: (subject, day) => ports.memory.marks.holds(subject, day, 0) },
    },
  }),
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
  claimBeforeWrite,
  counterIncrement,
  missingCondition,
  lostRaceUnnoticed,
  cacheBeforeWrite,
  cacheNotRefreshed,
  windowThatForgets,
  tombstoneForgotten,
  projectionWithoutVersion,
  markClearedTooEarly,
  markAfterAppend,
  markTrustedForEver,
  archiveAfterAppend,
  lostSpill,
  poisonedBatch,
  toldBeforePublished,
  countedBeforeClosed,
  sealUnnoticed,
  closedUnmarked,
};
