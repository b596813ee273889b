import type { AuditLog } from '../platform/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import { contentHash } from '../platform/hash.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { PriceOf } from './cliffs.ts';
import type { CatalogEntry, ProposedEntry, Publication, PublicationChange, PublicationWarning } from './types.ts';
import type { KnownNames } from './validate-references.ts';

/**
 * What publishing needs. `known` are the names that deploy as code: event types and rating policies. `priceOf` is the rating
 * library, which the checks of prices ask what quantities would cost.
 */
export type PublishPorts = {
  readonly catalog: CatalogStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly known: KnownNames;
  readonly priceOf: PriceOf;
};

/**
 * What publishing the entries would add: nothing for a body that already holds from that very instant, else a next
 * version. Ordered by kind, id and time, so that the same wish always has the same hash.
 */
export const changesAgainst = (
  published: readonly CatalogEntry[],
  proposed: readonly ProposedEntry[],
): PublicationChange[] => {
  const key = (entry: ProposedEntry): string => `${entry.kind} ${entry.id} ${entry.effectiveFrom}`;
  const newest = new Map<string, number>();
  const changes: PublicationChange[] = [];
  for (const entry of [...proposed].sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
    const versions = published.filter((other) => other.kind === entry.kind && other.id === entry.id);
    const current = versions
      .filter((other) => other.effectiveFrom === entry.effectiveFrom)
      .sort((a, b) => b.version - a.version)[0];
    const hash = contentHash(entry.body);
    if (current?.hash === hash) continue;
    const name = `${entry.kind} ${entry.id}`;
    const version = Math.max(newest.get(name) ?? 0, ...versions.map((other) => other.version)) + 1;
    newest.set(name, version);
    changes.push({ ...entry, version, hash, change: versions.length === 0 ? 'new' : 'changed' });
  }
  return changes;
};

/** What is approved: the changes, and what was doubted in them. Without doubts the changes alone. */
export const hashOf = (changes: readonly PublicationChange[], warnings: readonly PublicationWarning[] = []): string =>
  contentHash(warnings.length === 0 ? changes : { changes, warnings });
/** The id that a hash gives a publication. */
export const idOf = (hash: string): string => `pub-${hash.slice(0, 16)}`;

/** A wish that changes nothing: published already, so proposing and approving it again is harmless. */
export const NOTHING = {
  format: 1,
  publicationId: idOf(hashOf([])),
  hash: hashOf([]),
  status: 'published',
  changes: [],
} as const;

/** Changes as the audit log tells them: which versions, by hash; the bodies are in the catalog. */
export const told = (changes: readonly PublicationChange[]): Record<string, unknown>[] =>
  changes.map(({ kind, id, version, effectiveFrom, hash }) => ({ kind, id, version, effectiveFrom, hash }));

/** The warnings as the audit log tells them: of a proposal by the keys that were accepted. */
export const acceptedKeys = (
  { status }: Pick<Publication, 'status'>,
  warnings: readonly PublicationWarning[] = [],
): Record<string, readonly string[]> => {
  const keys = warnings.map(({ key }) => key);
  return keys.length === 0 ? {} : status === 'draft' ? { warnings: keys } : { accepted: keys };
};
