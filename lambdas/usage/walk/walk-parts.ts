import type { LedgerItem } from '../ledger/ledger-item.ts';
import { type ChainHead, packHeads } from './chain-heads.ts';
import { runBuilder } from './id-run.ts';
import { journalLine, packJournal } from './journal.ts';
import type { StoredAppend } from './walk-day.ts';
import type { WalkObjects } from './walk-objects.ts';

/** Bytes of a hash of an id and of its body in an item. */
const ID_BYTES = 24;
/** Ids of a run; with room for the ids of one more page, which is at most 1 MB. */
const RUN_IDS = 1_000_000;
const PAGE_IDS = 50_000;
/** Text of a journal object: it deflates to about a quarter. */
const JOURNAL_BYTES = 32 * 1024 * 1024;

/** Where the parts of a walk lie in the data bucket. */
export const journalPrefix = (walkId: string): string => `journal/${walkId}/`;
export const RUNS = 'ids/';
export const runPrefix = (walkId: string): string => `${RUNS}${walkId}/`;
export const walkPrefix = (walkId: string): string => `walks/${walkId}/`;
export const planKey = (walkId: string): string => `${walkPrefix(walkId)}plan.ndjson.gz`;
export const changedHeadsPrefix = (walkId: string): string => `${walkPrefix(walkId)}heads/`;
export const daysPrefix = (walkId: string): string => `${walkPrefix(walkId)}days/`;

/** A number in a key, so that keys sort as numbers do. */
export const padded = (number: number, digits = 8): string => String(number).padStart(digits, '0');

/** The ids of an append: what it accepted as usage of its slot, and what it cancelled there. */
const idsOf = (
  { item, append }: StoredAppend,
  add: (hashes: Uint8Array, at: number, cancels: boolean) => void,
): void => {
  const { ids, cancels = [] } = append;
  const alone = new Set(cancels.filter((each) => each.alone).map(({ line }) => line));
  for (let n = 0; n < ids.length; n += 1) if (!alone.has(n)) add(item.i, n * ID_BYTES, false);
  for (const { idHash } of cancels) add(Buffer.from(idHash, 'hex'), 0, true);
};

/**
 * Gathers what a walk reads and writes it as objects, each named by the task at which the last save stood: a walk that dies
 * and goes on from there writes them again.
 */
export const walkParts = (objects: Pick<WalkObjects, 'put'>, runIds = RUN_IDS, journalBytes = JOURNAL_BYTES) => {
  const run = runBuilder(runIds + PAGE_IDS);
  let lines: string[] = [];
  let bytes = 0;
  let heads: ChainHead[] = [];
  let counts = { appends: 0, ids: 0, parts: 0 };

  const journal = (item: LedgerItem): void => {
    const line = journalLine(item);
    lines.push(line);
    bytes += line.length;
  };
  const writeJournal = async (walkId: string, name: string): Promise<void> => {
    if (lines.length === 0) return;
    await objects.put(`${journalPrefix(walkId)}${name}.ndjson.gz`, packJournal(lines));
    lines = [];
    bytes = 0;
  };
  const writeRun = async (walkId: string, name: string): Promise<void> => {
    if (run.count() === 0) return;
    await objects.put(`${runPrefix(walkId)}${name}.run`, run.pack());
  };
  const nameOf = (cursor: number): string => `${padded(cursor)}-${padded(counts.parts++, 4)}`;

  return {
    /** Forgets what a run left that failed: the next one begins where it was last saved. */
    begin: (): void => {
      run.clear();
      [lines, bytes, heads] = [[], 0, []];
      counts = { appends: 0, ids: 0, parts: 0 };
    },
    /** Takes an append that is new. */
    take: (stored: StoredAppend): void => {
      journal(stored.item);
      run.at({ ...stored.append.slot, version: stored.append.version, appendedAt: stored.append.appendedAt });
      const before = run.count();
      idsOf(stored, run.add);
      counts.ids += run.count() - before;
      counts.appends += 1;
    },
    /** Takes the new heads of a subject's day. */
    takeHeads: (more: readonly ChainHead[]): void => {
      heads.push(...more);
    },
    /** Whether it is time to save. */
    isFull: (): boolean => counts.parts > 0 || bytes >= journalBytes || run.count() >= runIds,
    /** To be called after each page: writes what has become too large to hold. */
    relieve: async (walkId: string, cursor: number): Promise<void> => {
      if (bytes >= journalBytes) await writeJournal(walkId, nameOf(cursor));
      if (run.count() >= runIds) await writeRun(walkId, nameOf(cursor));
    },
    /** Writes all that is left, and tells what was taken since the last save. */
    write: async (walkId: string, cursor: number): Promise<{ readonly appends: number; readonly ids: number }> => {
      await writeJournal(walkId, nameOf(cursor));
      await writeRun(walkId, nameOf(cursor));
      if (heads.length > 0)
        await objects.put(`${changedHeadsPrefix(walkId)}${padded(cursor)}.ndjson.gz`, packHeads(heads));
      heads = [];
      const { appends, ids } = counts;
      counts = { appends: 0, ids: 0, parts: 0 };
      return { appends, ids };
    },
  };
};

export type WalkParts = ReturnType<typeof walkParts>;
