import { contentHash } from '../platform/hash.ts';
import { ProblemError } from '../platform/problem.ts';
import { CatalogRaceError, type CatalogStore, MAX_CHANGES } from './catalog-store.ts';
import { ENTRY_SHAPES } from './entry-shapes.ts';
import { lookupOver } from './lookup.ts';
import { acceptedKeys, changesAgainst, hashOf, idOf, NOTHING, type PublishPorts, told } from './publication.ts';
import { warningsOf } from './publication-warnings.ts';
import type { CatalogEntry, CatalogKind, Publication, PublicationWarning } from './types.ts';
import { validateEntries } from './validate-entries.ts';

/** DynamoDB takes 400 KB in one item, and a publication is one; this leaves room for its own fields. */
const MAX_BYTES = 350_000;
const refused = (status: number, code: string, detail: string): ProblemError => new ProblemError(status, code, detail);

const wholeHistory = async (catalog: CatalogStore): Promise<CatalogEntry[]> => {
  const kinds = Object.keys(ENTRY_SHAPES) as CatalogKind[];
  return (await Promise.all(kinds.map((kind) => catalog.history(kind)))).flat();
};

/** What somebody wants published. */
export type Proposal = {
  /** Entries as the caller sent them; nothing of them is trusted. */
  readonly entries: unknown;
  readonly proposer: string;
  /** Keys of the warnings that the proposer has seen and means. */
  readonly accept?: readonly string[];
  /** Kept for its author, with its warnings open: nobody can approve it before it is submitted. */
  readonly draft?: boolean;
};

/**
 * Proposes a publication, or keeps it as a draft. The same wish against the same catalog is the same publication, whoever
 * repeats it; a wish that changes nothing is answered with no changes and is not stored.
 * @throws {ProblemError} 400 ENTRIES_INVALID with every flaw, 409 WARNINGS_NOT_ACCEPTED with each warning that `accept`
 * does not name, 409 DRAFT_OF_ANOTHER, 413 PUBLICATION_TOO_LARGE.
 */
export const proposePublication = async (ports: PublishPorts, request: Proposal): Promise<Publication> => {
  const published = await wholeHistory(ports.catalog);
  const validated = validateEntries(request.entries, published, ports.known);
  if (!validated.ok) {
    const first = validated.flaws[0];
    throw new ProblemError(400, 'ENTRIES_INVALID', `${first?.path}: ${first?.message}`, validated.flaws.slice(0, 100));
  }
  const changes = changesAgainst(published, validated.entries);
  const lookup = lookupOver(validated.entries, published);
  const warnings = changes.flatMap((change) => warningsOf(change, lookup, ports.priceOf));
  if (request.draft !== true) checkAccepted(warnings, request.accept ?? []);
  const hash = hashOf(changes, warnings);
  const publication: Publication = {
    format: 1,
    publicationId: idOf(hash),
    hash,
    status: request.draft === true ? 'draft' : 'proposed',
    proposedBy: request.proposer,
    proposedAt: ports.clock.now(),
    changes,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
  if (changes.length === 0) return { ...publication, ...NOTHING };
  if (changes.length > MAX_CHANGES || Buffer.byteLength(JSON.stringify(publication)) > MAX_BYTES) {
    const limit = `at most ${MAX_CHANGES} changes and ${MAX_BYTES / 1000} KB`;
    throw refused(413, 'PUBLICATION_TOO_LARGE', `${changes.length} changes are too many: publish ${limit} at a time`);
  }
  return store(ports, publication);
};

/** Stores a draft or a proposal; what is stored already is answered as it is, unless it is a draft that is submitted now. */
const store = async (ports: PublishPorts, publication: Publication): Promise<Publication> => {
  const { publicationId, proposedBy, status, hash, changes, warnings } = publication;
  const existing = await ports.catalog.publication(publicationId);
  if (existing?.status === 'draft' && existing.proposedBy !== proposedBy) {
    throw refused(409, 'DRAFT_OF_ANOTHER', `${existing.proposedBy} has this as a draft and submits it`);
  }
  if (existing !== undefined && (existing.status !== 'draft' || status === 'draft')) return existing;
  try {
    await ports.catalog.propose(publication, ports.audit, {
      actor: proposedBy,
      action: status === 'draft' ? 'publication.draft' : 'publication.propose',
      target: publicationId,
      details: { hash, changes: told(changes), ...acceptedKeys(publication, warnings) },
    });
    return publication;
  } catch (error) {
    const now = await ports.catalog.publication(publicationId);
    if (error instanceof CatalogRaceError && now !== undefined) return now;
    throw error;
  }
};

const checkAccepted = (warnings: readonly PublicationWarning[], accept: readonly string[]): void => {
  const open = warnings.filter(({ key }) => !accept.includes(key));
  const first = open[0];
  if (first === undefined) return;
  const rest = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  throw new ProblemError(
    409,
    'WARNINGS_NOT_ACCEPTED',
    `${first.kind} "${first.id}" ${first.path}: ${first.message}${rest}. Mend it, or accept it if it is meant: ${open.map(({ key }) => key).join(' ')}`,
    open.slice(0, 100).map(({ kind, id, path, message, key }) => ({
      path: `/${kind}/${id}${path}`,
      message: `${message}; accept "${key}" if it is meant`,
    })),
  );
};

/**
 * Submits one's own draft: from now on it waits for a second person. It is checked again, against what is published now.
 * @throws {ProblemError} as `proposePublication`; 404 NO_SUCH_PUBLICATION, 409 CATALOG_CHANGED when it would not change
 * the same any more.
 */
export const submitDraft = async (
  ports: PublishPorts,
  request: { readonly publicationId: string; readonly submitter: string; readonly accept: readonly string[] },
): Promise<Publication> => {
  const draft = await ports.catalog.publication(request.publicationId);
  if (draft === undefined) {
    throw refused(404, 'NO_SUCH_PUBLICATION', `there is no publication ${request.publicationId}`);
  }
  if (draft.status !== 'draft') return draft;
  const entries = draft.changes.map(({ kind, id, effectiveFrom, body }) => ({ kind, id, effectiveFrom, body }));
  const changes = changesAgainst(await wholeHistory(ports.catalog), entries);
  if (contentHash(changes) !== contentHash(draft.changes)) {
    throw refused(409, 'CATALOG_CHANGED', 'another publication changed the same entries; draft this one again');
  }
  return proposePublication(ports, { entries, proposer: request.submitter, accept: request.accept });
};
