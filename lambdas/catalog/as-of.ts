import type { AsOf, CatalogEntry } from './types.ts';

/**
 * Which of an id's versions holds: of those known at `knownAt`, the latest `effectiveFrom` not after `effectiveAt`;
 * of those with the same `effectiveFrom` the highest version (it supersedes). Pure; order of `versions` is irrelevant.
 */
export const holdingAt = <B>(versions: readonly CatalogEntry<B>[], asOf: AsOf): CatalogEntry<B> | undefined => {
  let best: CatalogEntry<B> | undefined;
  for (const entry of versions) {
    if (entry.effectiveFrom > asOf.effectiveAt) continue;
    if (asOf.knownAt !== undefined && entry.publishedAt > asOf.knownAt) continue;
    const later = best === undefined || entry.effectiveFrom > best.effectiveFrom;
    const supersedes = entry.effectiveFrom === best?.effectiveFrom && entry.version > best.version;
    if (later || supersedes) best = entry;
  }
  return best;
};

const inOrder = (a: CatalogEntry, b: CatalogEntry): number =>
  a.id === b.id ? a.version - b.version : a.id < b.id ? -1 : 1;

/** Entries ordered by id, then version: the order every store answers `history` in. */
export const sortedEntries = <B>(entries: readonly CatalogEntry<B>[]): CatalogEntry<B>[] => [...entries].sort(inOrder);

/** What `list` answers: per id the version that holds, ordered by id. */
export const listHolding = <B>(history: readonly CatalogEntry<B>[], asOf: AsOf): CatalogEntry<B>[] =>
  [...Map.groupBy(sortedEntries(history), (entry) => entry.id).values()].flatMap((versions) => {
    const holding = holdingAt(versions, asOf);
    return holding === undefined ? [] : [holding];
  });
