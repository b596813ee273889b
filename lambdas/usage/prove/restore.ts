import { mapBounded } from '../../platform/bounded.ts';
import type { LedgerItem } from '../ledger/ledger-item.ts';
import { shiftDay, utcDay } from '../ledger/slot.ts';
import { readJournal } from '../walk/journal.ts';
import { type Replayed, type ReplayPlace, type ReplayPorts, replayArchive } from './replay.ts';

/** What restoring needs. `target` and `put` are of the table that is restored, which may be empty. */
export type RestorePorts = Omit<ReplayPorts, 'decided'> & {
  /** The journal's objects (`journal/...`). */
  readonly journal: {
    list(prefix: string): AsyncIterable<string>;
    read(key: string): Promise<Uint8Array>;
  };
  /** Puts an item as it is, if none is there under its key. */
  readonly put: (item: LedgerItem) => Promise<void>;
};

/** What was restored. */
export type Restored = Replayed & {
  /** Appends that came back as they were, hash for hash. */
  readonly journaled: number;
};

const ITEMS_AT_A_TIME = 16;

/**
 * Restores a ledger that was lost. First the journal: every append as it was, so that chains, hashes and signed roots hold.
 * Then the archive: what the last walk had not seen yet is appended again as ingest does it; what is there already is a
 * duplicate. Repeating it changes nothing, so one that broke off is simply begun again.
 * @param from UTC date of the oldest usage
 */
export const restoreLedger = async (
  ports: RestorePorts,
  from: string,
  told: (text: string) => void = () => undefined,
): Promise<Restored> => {
  let journaled = 0;
  for await (const key of ports.journal.list('journal/')) {
    const items = readJournal(await ports.journal.read(key));
    await mapBounded(items, ITEMS_AT_A_TIME, ports.put);
    journaled += items.length;
    told(`${journaled} appends of the journal`);
  }
  const until = ports.clock.now();
  // Usage may lie a day ahead of the clock that says what is the last day.
  const range = { start: from, end: shiftDay(utcDay(until), 2), until };
  let [lines, refused]: [number, number] = [0, 0];
  const saved = async (place: ReplayPlace, of: number, done: Replayed): Promise<boolean> => {
    lines += done.lines;
    refused += done.refused;
    told(`${place.objects} of ${of} archive objects`);
    return true;
  };
  await replayArchive(ports, range, undefined, saved);
  return { journaled, lines, refused };
};
