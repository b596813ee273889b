import { holdingAt, listHolding, sortedEntries } from '../../lambdas/catalog/as-of.ts';
import { CatalogRaceError, type CatalogStore } from '../../lambdas/catalog/catalog-store.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, Publication } from '../../lambdas/catalog/types.ts';

/** The catalog in memory, for tests. May be used because it passes test/contract/catalog-store.ts. `seed` starts it filled. */
export const memoryCatalog = (seed: readonly CatalogEntry[] = []): CatalogStore => {
  const entries: CatalogEntry[] = [...seed];
  const publications = new Map<string, Publication>();
  let revision: string | undefined;
  const copy = <T>(value: T): T => structuredClone(value);

  const history = async <K extends CatalogKind>(kind: K): Promise<CatalogEntry<CatalogBodies[K]>[]> =>
    copy(sortedEntries(entries.filter((entry) => entry.kind === kind))) as CatalogEntry<CatalogBodies[K]>[];
  const ofId = async <K extends CatalogKind>(kind: K, id: string) =>
    (await history(kind)).filter((entry) => entry.id === id);

  return {
    history,
    get: async (kind, id, asOf) => holdingAt(await ofId(kind, id), asOf),
    list: async (kind, asOf) => listHolding(await history(kind), asOf),
    version: async (kind, id, version) => (await ofId(kind, id)).find((entry) => entry.version === version),
    revision: async () => revision,
    publication: async (publicationId) => copy(publications.get(publicationId)),
    publications: async () =>
      copy([...publications.values()].sort((a, b) => (a.publicationId < b.publicationId ? -1 : 1))),
    propose: async (publication, audit, record) => {
      const known = publications.get(publication.publicationId);
      if (known !== undefined && known.status !== 'draft') throw new CatalogRaceError('it is proposed already');
      const audited = audit.append(record);
      publications.set(publication.publicationId, copy(publication));
      await audited;
    },
    publish: async (publication, added, audit, record) => {
      const open = publications.get(publication.publicationId)?.status === 'proposed';
      const taken = added.some((entry) =>
        entries.some((other) => other.kind === entry.kind && other.id === entry.id && other.version === entry.version),
      );
      if (!open || taken) throw new CatalogRaceError('the catalog was changed in the meantime');
      // Written before anything is awaited, so that check and write are one step here too.
      const audited = audit.append(record);
      publications.set(publication.publicationId, copy(publication));
      entries.push(...copy(added));
      revision = publication.publicationId;
      await audited;
    },
  };
};
