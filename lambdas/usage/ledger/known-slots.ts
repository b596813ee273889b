import { LRUCache } from 'lru-cache';
import type { Append, Slot } from '../types.ts';
import { applyAppend, type ChainView, emptyView } from './append.ts';
import { slotText } from './slot.ts';

/** What a warm worker remembers of slots, bounded by bytes; the least recently used slot is forgotten first. */
export type KnownSlots = {
  get(slot: Slot): ChainView | undefined;
  /**
   * Takes appends that are known to be in the ledger onto what was known of the slot (`undefined`: nothing), which the
   * caller holds: the cache may have forgotten it meanwhile.
   */
  advance(slot: Slot, known: ChainView | undefined, appends: readonly Append[]): ChainView;
  /** Forgets a slot: what is in the ledger is no longer sure. */
  forget(slot: Slot): void;
  /** Bytes held, estimated. */
  bytes(): number;
};

/** Default bound of the cache. */
export const KNOWN_SLOTS_BYTES = 128 * 1024 * 1024;

/** What the pieces of a view take in memory: two short strings in a map, a state, an empty view. Measured, rounded up. */
const ID_BYTES = 160;
const SCALAR_BYTES = 500;
const VALUE_BYTES = 120;
const VIEW_BYTES = 800;

const sizeOf = (view: ChainView): number => {
  let bytes = VIEW_BYTES + view.ids.size * ID_BYTES + view.keys.size * SCALAR_BYTES;
  for (const values of view.sets.values()) bytes += values.size * VALUE_BYTES;
  const { tombstones, alone } = view.corrections ?? {};
  bytes += ((tombstones?.size ?? 0) + (alone?.size ?? 0)) * VALUE_BYTES;
  return bytes;
};

/**
 * The cache. It only ever holds what a read or a successful write has shown, so forgetting costs a query and never an
 * event.
 */
export const knownSlots = (maxBytes: number = KNOWN_SLOTS_BYTES): KnownSlots => {
  const cache = new LRUCache<string, ChainView>({ maxSize: maxBytes, sizeCalculation: sizeOf });
  return {
    get: (slot) => cache.get(slotText(slot)),
    advance: (slot, known, appends) => {
      // A new object each time, or the cache would keep the size it had before.
      const view = { ...(known ?? emptyView()) };
      for (const append of appends) applyAppend(view, append);
      cache.set(slotText(slot), view);
      return view;
    },
    forget: (slot) => {
      cache.delete(slotText(slot));
    },
    bytes: () => cache.calculatedSize,
  };
};
