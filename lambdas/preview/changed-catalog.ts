import { holdingAt } from '../catalog/as-of.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, CatalogReader } from '../catalog/types.ts';
import type { PreviewChange } from './types.ts';

/**
 * The catalog as it would be: every version of the replaced price book has the changed body, every version of the changed
 * contract the changed one. Ids, versions and effective times stay, so whatever chose a version before chooses the same now.
 * Nothing is written.
 */
export const changedCatalog = (catalog: CatalogReader, { book, contract }: PreviewChange): CatalogReader => {
  const bodyOf = (kind: CatalogKind, id: string): unknown => {
    if (kind === 'price-book' && id === book?.replaces) return { ...book.body, id };
    if (kind === 'contract' && id === contract?.body.id) return contract.body;
    return undefined;
  };
  const changed = <K extends CatalogKind>(entry: CatalogEntry<CatalogBodies[K]>): CatalogEntry<CatalogBodies[K]> => {
    const body = bodyOf(entry.kind, entry.id);
    return body === undefined ? entry : { ...entry, body: body as CatalogBodies[K] };
  };
  const history = async <K extends CatalogKind>(kind: K) =>
    (await catalog.history(kind)).map((entry) => changed<K>(entry));
  return {
    history,
    get: async (kind, id, asOf) => {
      const found = await catalog.get(kind, id, asOf);
      // A book that is changed may have begun later than the periods that it is tried on.
      const first = bodyOf(kind, id) === undefined ? undefined : holdingAt(await ofId(catalog, kind, id), EVER);
      const entry = found ?? first;
      return entry && changed(entry);
    },
    list: async (kind, asOf) => (await catalog.list(kind, asOf)).map((entry) => changed(entry)),
    version: async (kind, id, version) => {
      const found = await catalog.version(kind, id, version);
      return found && changed(found);
    },
  };
};

const EVER = { effectiveAt: '9999-12-31T00:00:00.000Z' };

const ofId = async <K extends CatalogKind>(catalog: CatalogReader, kind: K, id: string) =>
  (await catalog.history(kind)).filter((entry) => entry.id === id);
