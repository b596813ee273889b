import { summaryOf } from '../catalog/book-versions.ts';
import { ENTRY_SHAPES } from '../catalog/entry-shapes.ts';
import { proposePublication, submitDraft } from '../catalog/propose.ts';
import type { PublishPorts } from '../catalog/publication.ts';
import { approvePublication } from '../catalog/publish.ts';
import type { CatalogKind, Publication, PublicationSummary } from '../catalog/types.ts';
import type { ApiRoute, Role } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { object, oneOf, text } from './requests.ts';

const PROPOSERS: readonly Role[] = ['finance-preparer', 'operator'];
const APPROVERS: readonly Role[] = ['finance-approver', 'operator'];
/** Of what is published the list shows the newest; the audit log and the history of a kind have all. */
const MOST_PUBLISHED = 100;
const EVERYONE: readonly Role[] = ['operator', 'finance-preparer', 'finance-approver', 'success'];

const proposed = ({ publicationId, hash, changes, status, warnings = [] }: Publication) => ({
  publicationId,
  hash,
  changes,
  status,
  warnings,
});

/** Keys of warnings; absent is none. @throws {ProblemError} 400. */
const keys = (value: unknown): readonly string[] => {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((key): key is string => typeof key === 'string')) return value;
  throw new ProblemError(400, 'BAD_REQUEST', '/accept must be a list of keys of warnings', [
    { path: '/accept', message: 'must be a list of keys of warnings' },
  ]);
};

const kindOf = (kind: string | undefined): CatalogKind => {
  if (kind !== undefined && Object.hasOwn(ENTRY_SHAPES, kind)) return kind as CatalogKind;
  const known = Object.keys(ENTRY_SHAPES).join(', ');
  throw new ProblemError(404, 'NO_SUCH_KIND', `the catalog has no kind ${kind}; it has ${known}`);
};

/**
 * `POST /v1/catalog/publications` (`accept`: keys of warnings, `draft`), `POST …/{publicationId}/submission` of a draft,
 * `GET /v1/catalog/publications?status=` (all that wait, the newest that are published), `GET /v1/catalog/publications/{publicationId}` with every change whole,
 * `POST /v1/catalog/publications/{publicationId}/approval`, `GET /v1/catalog/{kind}` (what holds now),
 * `GET /v1/catalog/{kind}/history` (every version).
 * Who may approve what is decided with the publication in hand, by the catalog.
 */
export const catalogRoutes = (ports: PublishPorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/catalog/publications',
    roles: PROPOSERS,
    run: async ({ body, caller }) => {
      const { entries, accept, draft } = object(body);
      const publication = await proposePublication(ports, {
        entries,
        proposer: caller.name,
        accept: keys(accept),
        draft: draft === true,
      });
      return { status: 201, body: proposed(publication) };
    },
  },
  {
    method: 'POST',
    path: '/v1/catalog/publications/{publicationId}/submission',
    roles: PROPOSERS,
    run: async ({ path, body, caller }) => {
      const publication = await submitDraft(ports, {
        publicationId: path.publicationId ?? '',
        submitter: caller.name,
        accept: keys(object(body).accept),
      });
      return { status: 200, body: proposed(publication) };
    },
  },
  {
    method: 'GET',
    path: '/v1/catalog/publications',
    roles: [...PROPOSERS, 'finance-approver'],
    run: async ({ query }) => {
      const status = oneOf('status', query.status, ['draft', 'proposed', 'published'] as const);
      const publications = (await ports.catalog.publications()).filter(
        (each) => status === undefined || each.status === status,
      );
      const kinds = [...new Set(publications.flatMap(({ changes }) => changes.map(({ kind }) => kind)))];
      const history = (await Promise.all(kinds.map((kind) => ports.catalog.history(kind)))).flat();
      const newest = publications
        .map((publication) => summaryOf(publication, history))
        .sort((a, b) => (a.proposedAt < b.proposedAt ? 1 : -1));
      const isPublished = (publication: PublicationSummary): boolean => publication.status === 'published';
      const items = [
        ...newest.filter((each) => !isPublished(each)),
        ...newest.filter(isPublished).slice(0, MOST_PUBLISHED),
      ];
      return { status: 200, body: { items } };
    },
  },
  {
    method: 'GET',
    path: '/v1/catalog/publications/{publicationId}',
    roles: [...PROPOSERS, 'finance-approver'],
    run: async ({ path }) => {
      const publication = await ports.catalog.publication(path.publicationId ?? '');
      if (publication !== undefined) return { status: 200, body: publication };
      throw new ProblemError(404, 'NO_SUCH_PUBLICATION', `there is no publication ${path.publicationId}`);
    },
  },
  {
    method: 'POST',
    path: '/v1/catalog/publications/{publicationId}/approval',
    roles: APPROVERS,
    run: async ({ path, body, caller }) => {
      const publication = await approvePublication(ports, {
        publicationId: path.publicationId ?? '',
        hash: text('/hash', object(body).hash),
        approver: caller.name,
        roles: caller.roles,
      });
      const { publicationId, hash, status, changes } = publication;
      return { status: 200, body: { publicationId, hash, status, changes: changes.length } };
    },
  },
  {
    method: 'GET',
    path: '/v1/catalog/{kind}',
    roles: EVERYONE,
    run: async ({ path }) => {
      const items = await ports.catalog.list(kindOf(path.kind), { effectiveAt: ports.clock.now() });
      return { status: 200, body: { items } };
    },
  },
  {
    method: 'GET',
    path: '/v1/catalog/{kind}/history',
    roles: EVERYONE,
    run: async ({ path }) => ({ status: 200, body: { items: await ports.catalog.history(kindOf(path.kind)) } }),
  },
];
