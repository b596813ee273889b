import { LRUCache } from 'lru-cache';
import { aloneIn, chainsOf, foldChain } from '../ledger/chain.ts';
import type { LedgerRead, LedgerStore } from '../ledger/ledger-store.ts';
import { partitionKey } from '../ledger/slot.ts';

/** Lines that the archive shows for a subject's day (`partitionKey`): distinct, and not in quarantine. */
export type ExpectedEvents = ReadonlyMap<string, number>;

/** What is counted of a chain. */
export type ChainCount = {
  /** Start of its slot. */
  readonly start: string;
  readonly isOverlay: boolean;
  /** Usage lines, cancelled ones too. */
  readonly accepted: number;
  readonly cancelled: number;
  readonly late: number;
  /** Lines that are no usage of the slot: cancellations, and tombstones of replacements in other slots. */
  readonly alone: number;
};

/** Counts a subject's day of the ledger, chain by chain. */
export type CountDay = (subject: string, day: string) => Promise<readonly ChainCount[]>;

/** What a day of the ledger holds, of live chains and of all overlays, whether they count or not. */
export const countChains = ({ appends, overlays }: LedgerRead): ChainCount[] =>
  chainsOf([...appends, ...overlays]).map((chain) => {
    const { start, accepted, cancelled, late } = foldChain(chain.map((append) => ({ ...append, states: {} })));
    return {
      start,
      isOverlay: chain[0]?.slot.overlay !== undefined,
      accepted,
      cancelled,
      late,
      alone: chain.reduce((total, append) => total + aloneIn(append), 0),
    };
  });

/** Days remembered in a warm process. */
const MAX_DAYS = 20_000;

const linesIn = (counts: readonly ChainCount[]): number =>
  counts.reduce((total, { accepted, alone }) => total + accepted + alone, 0);

/**
 * Counts days of the ledger, and remembers one that is complete: every line that the archive shows for it is in the
 * ledger. No line gets there without having been archived first, so such a day cannot change before the archive shows
 * more. That makes it cheap to ask again and again while events flow in.
 */
export const countedDays = (ledger: Pick<LedgerStore, 'day'>) => {
  const complete = new LRUCache<string, readonly ChainCount[]>({ max: MAX_DAYS });
  return (expected: ExpectedEvents): CountDay =>
    async (subject, day) => {
      const key = partitionKey(subject, day);
      const wanted = expected.get(key) ?? 0;
      const known = complete.get(key);
      if (known !== undefined && linesIn(known) === wanted) return known;
      const counts = countChains(await ledger.day(subject, day));
      if (linesIn(counts) === wanted) complete.set(key, counts);
      return counts;
    };
};
