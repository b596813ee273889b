import type { Archive } from '../archive/archive.ts';
import { upcast } from '../events/upcasters.ts';
import type { Append } from '../types.ts';
import { acceptedEvent } from './accepted-line.ts';
import { type ChainEntry, tombstonesOf, usageEntries } from './chain.ts';
import { stateBuilder } from './key-states.ts';
import type { MeasuredEvent, MeterIndex } from './meter-states.ts';
import type { StateMap } from './state.ts';

/** What is read of the archive to compute states anew. */
export type ArchiveLines = Pick<Archive, 'lines'>;

/** Entries whose events are held at a time. */
const ENTRIES_AT_A_TIME = 5_000;

/** The usage lines of a chain that count: without what it cancels. In the chain's order. */
export const countingEntries = (chain: readonly Append[]): ChainEntry[] => {
  const tombstones = tombstonesOf(chain);
  return usageEntries(chain).filter(({ idHash }) => !tombstones.has(idHash));
};

/** The events of some entries, in their order. One object after another: each may be large. */
const eventsOf = async (entries: readonly ChainEntry[], archive: ArchiveLines): Promise<MeasuredEvent[]> => {
  const events = new Map<string, MeasuredEvent>();
  for (const [key, own] of Map.groupBy(entries, ({ pointer }) => pointer.key)) {
    const lines = await archive.lines(key);
    for (const entry of own) {
      const line = lines[entry.pointer.line];
      if (line === undefined) throw new RangeError(`${key} has no line ${entry.pointer.line}`);
      events.set(entry.idHash, { idHash: entry.idHash, event: upcast(acceptedEvent(line, entry)) });
    }
  }
  return entries.flatMap(({ idHash }) => events.get(idHash) ?? []);
};

/**
 * The states of a slot anew from its events in the archive, by the same upcasting and the same meters as at their appends.
 * `entries` are those that count, in the order of their chain; `more` are events at hand that follow them.
 * @throws {Error} if a line is not the event that its entry says: the archive is not what was accepted.
 */
export const recomputeStates = async (
  entries: readonly ChainEntry[],
  archive: ArchiveLines,
  meters: MeterIndex,
  more: readonly MeasuredEvent[] = [],
): Promise<StateMap> => {
  const builder = stateBuilder(meters);
  for (let n = 0; n < entries.length; n += ENTRIES_AT_A_TIME) {
    for (const event of await eventsOf(entries.slice(n, n + ENTRIES_AT_A_TIME), archive)) builder.add(event);
  }
  for (const event of more) builder.add(event);
  return builder.states();
};
