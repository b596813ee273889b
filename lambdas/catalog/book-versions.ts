import { holdingAt } from './as-of.ts';
import type {
  BookVersion,
  CatalogEntry,
  PriceBook,
  ProposedEntry,
  Publication,
  PublicationChange,
  PublicationSummary,
} from './types.ts';

/** A version with its body: of what is published, and of what waits. */
export type StoredBook = { readonly about: BookVersion; readonly body: PriceBook };

/**
 * Every version of every price book, published or waiting, and where in its life it is at `now`. Ordered by id, then the
 * newest version first; of several that would be the same version the published one first.
 */
export const bookVersions = (
  history: readonly CatalogEntry<PriceBook>[],
  publications: readonly Publication[],
  now: string,
): StoredBook[] => {
  const published = [...Map.groupBy(history, ({ id }) => id).values()].flatMap((versions) =>
    publishedBooks(versions, now),
  );
  const waiting = publications
    .filter(({ status }) => status !== 'published')
    .flatMap((publication) =>
      publication.changes.filter(isBook).map((change) => waitingBook(change, publication, history)),
    );
  return [...published, ...waiting].sort((a, b) => {
    if (a.about.id !== b.about.id) return a.about.id < b.about.id ? -1 : 1;
    return b.about.version - a.about.version;
  });
};

const isBook = (change: PublicationChange): change is PublicationChange & ProposedEntry<'price-book'> =>
  change.kind === 'price-book';

/** The versions of one book. Each holds from its own beginning to the next one; of the same beginning the highest does. */
const publishedBooks = (versions: readonly CatalogEntry<PriceBook>[], now: string): StoredBook[] => {
  const inForce = holdingAt(versions, { effectiveAt: now });
  const beginnings = [...new Set(versions.map(({ effectiveFrom }) => effectiveFrom))].sort();
  const nextAfter = new Map(beginnings.map((from, n) => [from, beginnings[n + 1]]));
  const highest = new Map<string, number>();
  for (const { effectiveFrom, version } of versions) {
    highest.set(effectiveFrom, Math.max(version, highest.get(effectiveFrom) ?? 0));
  }
  return versions.map((entry): StoredBook => {
    const replaced = highest.get(entry.effectiveFrom) !== entry.version;
    const effectiveUntil = replaced ? entry.effectiveFrom : nextAfter.get(entry.effectiveFrom);
    const over = effectiveUntil !== undefined && (replaced || effectiveUntil <= now);
    const { body, version, proposedBy, publishedBy, publishedAt } = entry;
    const about: BookVersion = {
      ...named(entry),
      version,
      state: over ? 'superseded' : 'published',
      inForce: entry === inForce,
      ...(effectiveUntil === undefined ? {} : { effectiveUntil }),
      proposedBy,
      publishedBy,
      publishedAt,
      warnings: 0,
    };
    return { body, about };
  });
};

const waitingBook = (
  change: PublicationChange & ProposedEntry<'price-book'>,
  publication: Publication,
  history: readonly CatalogEntry[],
): StoredBook => {
  const waits = publication.status === 'draft' ? 'draft' : 'submitted';
  return {
    body: change.body,
    about: {
      ...named(change),
      version: change.version,
      state: isOvertaken([change], history) ? 'overtaken' : waits,
      inForce: false,
      proposedBy: publication.proposedBy,
      publicationId: publication.publicationId,
      warnings: (publication.warnings ?? []).filter(({ kind, id }) => kind === change.kind && id === change.id).length,
    },
  };
};

const named = (entry: {
  readonly id: string;
  readonly hash: string;
  readonly effectiveFrom: string;
  readonly body: PriceBook;
}): Pick<BookVersion, 'id' | 'name' | 'currency' | 'hash' | 'effectiveFrom' | 'prices'> => ({
  id: entry.id,
  name: entry.body.name,
  currency: entry.body.currency,
  hash: entry.hash,
  effectiveFrom: entry.effectiveFrom,
  prices: entry.body.prices.length,
});

/** Whether a version that one of the changes would make is taken. */
const isOvertaken = (
  changes: readonly Pick<PublicationChange, 'kind' | 'id' | 'version'>[],
  history: readonly CatalogEntry[],
): boolean =>
  changes.some(({ kind, id, version }) =>
    history.some((entry) => entry.kind === kind && entry.id === id && entry.version >= version),
  );

/** A publication as lists show it. `history` are the published versions of the kinds that it changes. */
export const summaryOf = (publication: Publication, history: readonly CatalogEntry[]): PublicationSummary => {
  const { format, changes, warnings = [], ...rest } = publication;
  return {
    ...rest,
    changes: changes.map(({ body, ...change }) => change),
    warnings,
    overtaken: rest.status !== 'published' && isOvertaken(changes, history),
  };
};
