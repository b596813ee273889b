import type { Clock } from '../platform/clock.ts';
import { remembered } from '../platform/remember.ts';
import { holdingAt, listHolding } from './as-of.ts';
import type { CatalogRevision } from './catalog-store.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, CatalogReader } from './types.ts';

/** A batch asks for thousands of ids, of kinds that may have as many. */
const byId = remembered((entries: readonly CatalogEntry[]) => Map.groupBy(entries, ({ id }) => id));

/** A kind as it was read, and the last publication before that. */
type Read = { readonly revision: string | undefined; readonly entries: readonly CatalogEntry[] };

/** How long a kind is trusted before it is looked at again. New versions take effect at least a deploy ahead, so this is short enough. */
export const CACHE_MILLIS = 60_000;

/**
 * A warm cache over a catalog, for functions that look things up per event. Keeps whole kinds; after `CACHE_MILLIS` by
 * the clock it asks whether anything was published since, one read unit, and only then reads again. A failed read is not
 * kept. Money is read from the store itself, not through this.
 */
export const cachedCatalog = (store: CatalogReader & CatalogRevision, clock: Clock): CatalogReader => {
  const kept = new Map<CatalogKind, { readonly lookedAt: number; readonly reading: Promise<Read> }>();

  const readAgain = async (kind: CatalogKind, before: Promise<Read> | undefined): Promise<Read> => {
    // The revision first: what is published in between is read, and looked at once more after the next question.
    const [revision, known] = await Promise.all([store.revision(), before]);
    if (known !== undefined && known.revision === revision) return known;
    return { revision, entries: await store.history(kind) };
  };
  const history = async <K extends CatalogKind>(kind: K): Promise<CatalogEntry<CatalogBodies[K]>[]> => {
    const now = clock.nowMillis();
    let known = kept.get(kind);
    if (known === undefined || now - known.lookedAt >= CACHE_MILLIS) {
      const reading = readAgain(kind, known?.reading);
      known = { lookedAt: now, reading };
      kept.set(kind, known);
      reading.catch(() => kept.delete(kind));
    }
    return (await known.reading).entries as CatalogEntry<CatalogBodies[K]>[];
  };
  const ofId = async <K extends CatalogKind>(kind: K, id: string): Promise<CatalogEntry<CatalogBodies[K]>[]> =>
    (byId(await history(kind)).get(id) ?? []) as CatalogEntry<CatalogBodies[K]>[];

  return {
    history,
    get: async (kind, id, asOf) => holdingAt(await ofId(kind, id), asOf),
    list: async (kind, asOf) => listHolding(await history(kind), asOf),
    version: async (kind, id, version) =>
      // Entries are never edited, so a hit is final; a miss may be newer than the cache.
      (await ofId(kind, id)).find((entry) => entry.version === version) ?? store.version(kind, id, version),
  };
};
