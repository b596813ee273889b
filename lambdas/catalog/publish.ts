import type { Role } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { CatalogRaceError } from './catalog-store.ts';
import { acceptedKeys, NOTHING, type PublishPorts, told } from './publication.ts';
import type { CatalogEntry, CatalogKind, Publication } from './types.ts';

/** Kinds that move money: only a finance-approver may let them through. */
const FINANCE_KINDS: readonly CatalogKind[] = ['price-book', 'contract', 'fx-rate'];

const refused = (status: number, code: string, detail: string): ProblemError => new ProblemError(status, code, detail);

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
 * 403 ROLE_MISSING, 409 STILL_A_DRAFT, 409 CATALOG_CHANGED (another publication took a version: propose again).
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
  if (publication.status === 'draft') {
    throw refused(409, 'STILL_A_DRAFT', `${publication.proposedBy} has not submitted it yet`);
  }

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
      details: {
        hash: publication.hash,
        proposedBy: publication.proposedBy,
        changes: told(publication.changes),
        ...acceptedKeys(publication, publication.warnings),
      },
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
