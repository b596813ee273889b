import type { Clock } from '../platform/clock.ts';
import { holdingAt, listHolding } from './as-of.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, CatalogReader } from './types.ts';

type History = Promise<readonly CatalogEntry[]>;

/** How long a kind is trusted before it is read again. New versions take effect at least a deploy ahead, so this is short enough. */
export const CACHE_MILLIS = 60_000;

/**
 * A warm cache over a catalog, for functions that look things up per event. Keeps whole kinds, refreshed after
 * `CACHE_MILLIS` by the clock; a failed read is not kept. Money is read from the store itself, not through this.
 */
export const cachedCatalog = (store: CatalogReader, clock: Clock): CatalogReader => {
  const kept = new Map<CatalogKind, { readonly readAt: number; readonly history: History }>();

  const history = <K extends CatalogKind>(kind: K): Promise<CatalogEntry<CatalogBodies[K]>[]> => {
    const now = clock.nowMillis();
    let known = kept.get(kind);
    if (known === undefined || now - known.readAt >= CACHE_MILLIS) {
      const reading: History = store.history(kind);
      known = { readAt: now, history: reading };
      kept.set(kind, known);
      reading.catch(() => kept.delete(kind));
    }
    return known.history as Promise<CatalogEntry<CatalogBodies[K]>[]>;
  };
  const ofId = async <K extends CatalogKind>(kind: K, id: string): Promise<CatalogEntry<CatalogBodies[K]>[]> =>
    (await history(kind)).filter((entry) => entry.id === id);

  return {
    history,
    get: async (kind, id, asOf) => holdingAt(await ofId(kind, id), asOf),
    list: async (kind, asOf) => listHolding(await history(kind), asOf),
    version: async (kind, id, version) =>
      // Entries are never edited, so a hit is final; a miss may be newer than the cache.
      (await ofId(kind, id)).find((entry) => entry.version === version) ?? store.version(kind, id, version),
  };
};
