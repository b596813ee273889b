import { tombstonesOf } from '../ledger/chain.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { chainName, partitionKey, utcDay } from '../ledger/slot.ts';
import type { Append, ArchivePointer, SlotPin } from '../types.ts';

/**
 * What a line of a chain is for the number of its slot: `counted`; `cancelled` by the chain or one over it; `again`, the
 * same event that a chain below counts; `alone`, no usage here: it only takes another event away.
 */
export type LineRole = 'counted' | 'cancelled' | 'again' | 'alone';

/** A line of an append, with what it is. `layer` 0 is the live chain (or the first, where there is none). */
export type ChainLine = {
  readonly append: Append;
  /** Its place in the append. */
  readonly n: number;
  readonly layer: number;
  readonly idHash: string;
  readonly bodyHash: string;
  readonly pointer: ArchivePointer;
  readonly role: LineRole;
};

/**
 * The lines of the chains that count in a slot: the live one first, then closed overlays in the order of closing.
 * @throws {Error} if an append does not say where a line lies.
 */
export const chainLines = (chains: readonly (readonly Append[])[]): ChainLine[] => {
  const cancelled = new Set(chains.flatMap((chain) => [...tombstonesOf(chain)]));
  const seen = new Set<string>();
  return chains.flatMap((chain, layer) =>
    chain.flatMap((append) => {
      const alone = new Set((append.cancels ?? []).flatMap((each) => (each.alone ? [each.line] : [])));
      return append.ids.map(({ idHash, bodyHash }, n): ChainLine => {
        const pointer = append.pointers[n];
        const at = `append ${append.version} of ${append.slot.subject} ${chainName(append.slot)}`;
        if (pointer === undefined) throw new Error(`${at} does not say where its line ${n} lies`);
        const roleOf = (): LineRole => {
          if (alone.has(n)) return 'alone';
          if (cancelled.has(idHash)) return 'cancelled';
          return seen.has(idHash) ? 'again' : 'counted';
        };
        const role = roleOf();
        if (role !== 'alone') seen.add(idHash);
        return { append, n, layer, idHash, bodyHash, pointer, role };
      });
    }),
  );
};

/** A chain does not end, at its pinned version, in the append that was pinned: the ledger is not what it was. */
export class PinnedSlotError extends Error {
  override readonly name = 'PinnedSlotError';
}

/** Reads the chains of pinned slots, a day at a time: a month of pins takes 31 queries, not one per slot. */
export const pinnedChains = (ledger: Pick<LedgerStore, 'day'>) => {
  let day: { readonly key: string; readonly chains: ReadonlyMap<string, readonly Append[]> } | undefined;
  const upTo = (name: string, version: number, hash: string): readonly Append[] => {
    const chain = day?.chains.get(name) ?? [];
    const pinned = chain.filter((append) => append.version <= version);
    // What was fixed of an overlay ends where it was fixed, but for appends that only state it anew.
    if (pinned.at(-1)?.hash !== hash) throw new PinnedSlotError(`slot ${name} is not what was pinned`);
    return pinned;
  };
  /** @throws {PinnedSlotError} if a chain does not end, at its pinned version, in the append that was pinned. */
  return async ({ subject, start, version, hash, overlays = [] }: SlotPin): Promise<(readonly Append[])[]> => {
    const key = partitionKey(subject, utcDay(start));
    if (day?.key !== key) {
      const read = await ledger.day(subject, utcDay(start));
      day = { key, chains: Map.groupBy([...read.appends, ...read.overlays], ({ slot }) => chainName(slot)) };
    }
    return [
      ...(version === 0 ? [] : [upTo(start, version, hash)]),
      ...overlays.map((pin) => upTo(chainName({ start, overlay: pin.backfill }), pin.version, pin.hash)),
    ];
  };
};
