import { mapBounded } from '../../platform/bounded.ts';
import type { Archive } from '../archive/archive.ts';
import { upcast } from '../events/upcasters.ts';
import type { Append, CanonicalUsage } from '../types.ts';
import { acceptedEvent } from './accepted-line.ts';
import { type ChainEntry, tombstonesOf, usageEntries } from './chain.ts';
import { statesOf } from './key-states.ts';
import type { MeterIndex } from './meter-states.ts';
import type { StateMap } from './state.ts';

/** What is read of the archive to compute states anew. */
export type ArchiveLines = Pick<Archive, 'lines'>;

/** What is needed of an event to measure it: after upcasting. */
export type MeasuredEvent = Pick<CanonicalUsage, 'event' | 'idHash'>;

/** Archive objects read at a time: each may be large. */
const OBJECTS_AT_A_TIME = 4;

/**
 * The events of entries, in their order, from the archive. `known` are events at hand, by id hash: they are not read.
 * @throws {Error} if a line is not the event that its entry says.
 */
export const readEvents = async (
  entries: readonly ChainEntry[],
  archive: ArchiveLines,
  known: ReadonlyMap<string, MeasuredEvent> = new Map(),
): Promise<MeasuredEvent[]> => {
  const found = new Map<string, MeasuredEvent>();
  const byObject = [...Map.groupBy(entries, ({ pointer }) => pointer.key)];
  await mapBounded(byObject, OBJECTS_AT_A_TIME, async ([key, own]) => {
    const missing = own.filter(({ idHash }) => !known.has(idHash));
    if (missing.length === 0) return;
    const lines = await archive.lines(key);
    for (const entry of missing) {
      const line = lines[entry.pointer.line];
      if (line === undefined) throw new Error(`${key} has no line ${entry.pointer.line}`);
      found.set(entry.idHash, { idHash: entry.idHash, event: upcast(acceptedEvent(line, entry)) });
    }
  });
  return entries.flatMap(({ idHash }) => known.get(idHash) ?? found.get(idHash) ?? []);
};

/** The usage lines of a chain that count: without what it cancels. In the chain's order. */
export const countingEntries = (chain: readonly Append[]): ChainEntry[] => {
  const tombstones = tombstonesOf(chain);
  return usageEntries(chain).filter(({ idHash }) => !tombstones.has(idHash));
};

/**
 * The states of a slot anew from its events in the archive, by the same upcasting and the same meters as at the append.
 * `entries` are those that count, in the order of their chain.
 */
export const recomputeStates = async (
  entries: readonly ChainEntry[],
  archive: ArchiveLines,
  meters: MeterIndex,
): Promise<StateMap> => statesOf(await readEvents(entries, archive), meters);
