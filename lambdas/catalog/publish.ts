import type { AuditLog } from '../platform/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import { contentHash } from '../platform/hash.ts';
import type { Role } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { CatalogRaceError, type CatalogStore, MAX_CHANGES } from './catalog-store.ts';
import { ENTRY_SHAPES } from './entry-shapes.ts';
import type { CatalogEntry, CatalogKind, ProposedEntry, Publication, PublicationChange } from './types.ts';
import { validateEntries } from './validate-entries.ts';
import type { KnownNames } from './validate-references.ts';

/** What publishing needs. `known` are the names that deploy as code: event types and rating policies. */
export type PublishPorts = {
  readonly catalog: CatalogStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly known: KnownNames;
};

/** DynamoDB takes 400 KB in one item, and a publication is one; this leaves room for its own fields. */
const MAX_BYTES = 350_000;
/** Kinds that move money: only a finance-approver may let them through. */
const FINANCE_KINDS: readonly CatalogKind[] = ['price-book', 'contract'];

const refused = (status: number, code: string, detail: string): ProblemError => new ProblemError(status, code, detail);

const wholeHistory = async (catalog: CatalogStore): Promise<CatalogEntry[]> => {
  const kinds = Object.keys(ENTRY_SHAPES) as CatalogKind[];
  return (await Promise.all(kinds.map((kind) => catalog.history(kind)))).flat();
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

const hashOf = (changes: readonly PublicationChange[]): string => contentHash(changes);
const idOf = (hash: string): string => `pub-${hash.slice(0, 16)}`;

/** A wish that changes nothing: published already, so proposing and approving it again is harmless. */
const NOTHING = {
  format: 1,
  publicationId: idOf(hashOf([])),
  hash: hashOf([]),
  status: 'published',
  changes: [],
} as const;

/**
 * Proposes a publication. The same wish against the same catalog is the same publication, whoever repeats it; a wish
 * that changes nothing is answered with no changes and is not stored.
 * @throws {ProblemError} 400 ENTRIES_INVALID with every flaw, 413 PUBLICATION_TOO_LARGE.
 */
export const proposePublication = async (
  ports: PublishPorts,
  request: { readonly entries: unknown; readonly proposer: string },
): Promise<Publication> => {
  const published = await wholeHistory(ports.catalog);
  const validated = validateEntries(request.entries, published, ports.known);
  if (!validated.ok) {
    const first = validated.flaws[0];
    throw new ProblemError(400, 'ENTRIES_INVALID', `${first?.path}: ${first?.message}`, validated.flaws.slice(0, 100));
  }
  const changes = changesAgainst(published, validated.entries);
  const hash = hashOf(changes);
  const publication: Publication = {
    format: 1,
    publicationId: idOf(hash),
    hash,
    status: 'proposed',
    proposedBy: request.proposer,
    proposedAt: ports.clock.now(),
    changes,
  };
  if (changes.length === 0) return { ...publication, ...NOTHING };
  if (changes.length > MAX_CHANGES || Buffer.byteLength(JSON.stringify(publication)) > MAX_BYTES) {
    const limit = `at most ${MAX_CHANGES} changes and ${MAX_BYTES / 1000} KB`;
    throw refused(413, 'PUBLICATION_TOO_LARGE', `${changes.length} changes are too many: publish ${limit} at a time`);
  }
  try {
    await ports.catalog.propose(publication, ports.audit, {
      actor: request.proposer,
      action: 'publication.propose',
      target: publication.publicationId,
      details: { hash, changes: told(changes) },
    });
    return publication;
  } catch (error) {
    const existing = await ports.catalog.publication(publication.publicationId);
    if (error instanceof CatalogRaceError && existing !== undefined) return existing;
    throw error;
  }
};

/** Changes as the audit log tells them: which versions, by hash; the bodies are in the catalog. */
const told = (changes: readonly PublicationChange[]): Record<string, unknown>[] =>
  changes.map(({ kind, id, version, effectiveFrom, hash }) => ({ kind, id, version, effectiveFrom, hash }));

/** A decision of a second person over a publication. `hash` is what they saw. */
export type Approval = {
  readonly publicationId: string;
  readonly hash: string;
  readonly approver: string;
  readonly roles: readonly Role[];
};

/**
 * Publishes a proposal: all its entries or none. Repeating an approval answers what is published.
 * @throws {ProblemError} 404 NO_SUCH_PUBLICATION, 409 STALE_PUBLICATION (hash), 409 MAKER_IS_CHECKER,
 * 403 ROLE_MISSING, 409 CATALOG_CHANGED (another publication took a version: propose again).
 */
export const approvePublication = async (ports: PublishPorts, approval: Approval): Promise<Publication> => {
  if (approval.publicationId === NOTHING.publicationId) {
    return { ...NOTHING, proposedBy: approval.approver, proposedAt: ports.clock.now() };
  }
  const publication = await ports.catalog.publication(approval.publicationId);
  if (publication === undefined) {
    throw refused(404, 'NO_SUCH_PUBLICATION', `there is no publication ${approval.publicationId}`);
  }
  checkApproval(publication, approval);
  if (publication.status === 'published') return publication;

  const publishedAt = ports.clock.now();
  const decision = { publishedAt, publishedBy: approval.approver };
  const entries = publication.changes.map(
    ({ kind, id, version, effectiveFrom, hash, body }): CatalogEntry => ({
      kind,
      id,
      version,
      effectiveFrom,
      hash,
      ...decision,
      proposedBy: publication.proposedBy,
      body,
    }),
  );
  const published: Publication = { ...publication, ...decision, status: 'published' };
  try {
    await ports.catalog.publish(published, entries, ports.audit, {
      actor: approval.approver,
      action: 'publication.approve',
      target: publication.publicationId,
      details: { hash: publication.hash, proposedBy: publication.proposedBy, changes: told(publication.changes) },
    });
    return published;
  } catch (error) {
    if (!(error instanceof CatalogRaceError)) throw error;
    const now = await ports.catalog.publication(approval.publicationId);
    if (now?.status === 'published') return now;
    throw refused(409, 'CATALOG_CHANGED', 'another publication changed the same entries; propose this one again');
  }
};

const checkApproval = (publication: Publication, approval: Approval): void => {
  if (publication.hash !== approval.hash) {
    throw refused(409, 'STALE_PUBLICATION', `the publication has the hash ${publication.hash}; look at it again`);
  }
  const finance = publication.changes.some((change) => FINANCE_KINDS.includes(change.kind));
  const allowed: readonly Role[] = finance ? ['finance-approver'] : ['finance-approver', 'operator'];
  if (!allowed.some((role) => approval.roles.includes(role))) {
    throw refused(403, 'ROLE_MISSING', `approving this needs the role ${allowed.join(' or ')}`);
  }
  if (publication.proposedBy === approval.approver) {
    throw refused(409, 'MAKER_IS_CHECKER', `${approval.approver} proposed this; a second person must approve it`);
  }
};
