import { LRUCache } from 'lru-cache';
import { aloneIn, chainsOf, foldChain } from '../ledger/chain.ts';
import { fixedPart } from '../ledger/effective-slots.ts';
import type { LedgerRead, LedgerStore } from '../ledger/ledger-store.ts';
import { type OverlayStatus, placeText } from '../ledger/overlays.ts';
import { partitionKey } from '../ledger/slot.ts';
import type { Append } from '../types.ts';

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

const countOf = (chain: readonly Append[]): ChainCount => {
  const { start, accepted, cancelled, late } = foldChain(chain.map((append) => ({ ...append, states: {} })));
  return {
    start,
    isOverlay: chain[0]?.slot.overlay !== undefined,
    accepted,
    cancelled,
    late,
    alone: chain.reduce((total, append) => total + aloneIn(append), 0),
  };
};

/** What a day of the ledger holds in live chains. */
export const countLive = ({ appends }: Pick<LedgerRead, 'appends'>): ChainCount[] => chainsOf(appends).map(countOf);

/**
 * What a day of the ledger holds in overlays, whether they count or not. A line that came while its backfill was being
 * sealed, and is not in what was fixed of it, was refused: it is in quarantine.
 */
const countOverlays = async (
  { overlays }: LedgerRead,
  status: OverlayStatus,
  place: { readonly subject: string; readonly day: string },
): Promise<ChainCount[]> => {
  if (overlays.length === 0) return [];
  const stand = await status.overlays([...new Set(overlays.flatMap(({ slot }) => slot.overlay ?? []))]);
  const fixed = [...stand.values()].filter(({ isFixed }) => isFixed).map(({ backfill }) => ({ ...place, backfill }));
  const pinned = await status.pinned(fixed);
  return chainsOf(overlays).flatMap((chain) => {
    const { overlay: backfill = '', start = '' } = chain[0]?.slot ?? {};
    const versions = pinned.get(placeText({ ...place, backfill }));
    const taken = stand.get(backfill)?.isFixed ? fixedPart(chain, versions?.[start] ?? 0) : chain;
    return taken.length === 0 ? [] : [countOf(taken)];
  });
};

/** Days remembered in a warm process. */
const MAX_DAYS = 20_000;

const linesIn = (counts: readonly ChainCount[]): number =>
  counts.reduce((total, { accepted, alone }) => total + accepted + alone, 0);

/**
 * Counts days of the ledger, and remembers one that is complete: every line that the archive shows for it is in the
 * ledger. No line gets there without having been archived first, so such a day cannot change before the archive shows
 * more. That makes it cheap to ask again and again while events flow in.
 */
export const countedDays = (ledger: Pick<LedgerStore, 'day'>, status: OverlayStatus) => {
  const complete = new LRUCache<string, readonly ChainCount[]>({ max: MAX_DAYS });
  return (expected: ExpectedEvents): CountDay =>
    async (subject, day) => {
      const key = partitionKey(subject, day);
      const wanted = expected.get(key) ?? 0;
      const known = complete.get(key);
      if (known !== undefined && linesIn(known) === wanted) return known;
      const read = await ledger.day(subject, day);
      const counts = [...countLive(read), ...(await countOverlays(read, status, { subject, day }))];
      if (linesIn(counts) === wanted) complete.set(key, counts);
      return counts;
    };
};
