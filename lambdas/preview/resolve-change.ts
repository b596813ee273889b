import type { CatalogStore } from '../catalog/catalog-store.ts';
import { ENTRY_SHAPES } from '../catalog/entry-shapes.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, Contract } from '../catalog/types.ts';
import { validateEntries } from '../catalog/validate-entries.ts';
import type { KnownNames } from '../catalog/validate-references.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { ProblemError } from '../platform/problem.ts';
import type { PreviewChange } from './types.ts';

/** Which version somebody means: a published number, a publication (also a draft of their own), a body that is nowhere yet, or none of them: the newest. */
export type Wanted = {
  readonly id?: string;
  readonly version?: number;
  readonly publication?: string;
  readonly body?: unknown;
};

export type ChangeRequest = {
  readonly book?: Wanted & { readonly replaces?: string };
  readonly contract?: Wanted;
};

export type ResolvePorts = {
  readonly catalog: Pick<CatalogStore, 'history' | 'version' | 'publication'>;
  readonly known: KnownNames;
  /** When it is asked. */
  readonly now: string;
};

type Previewed = 'price-book' | 'contract';
type Resolved<K extends Previewed> = { readonly source: string; readonly body: CatalogBodies[K] };

const refuse = (status: number, code: string, path: string, message: string): ProblemError =>
  new ProblemError(status, code, `${path} ${message}`, [{ path, message }]);

const words = (kind: Previewed): string => (kind === 'contract' ? 'contract' : 'price book');

/** A body that is nowhere yet, checked as its publication would be. */
const checked = async <K extends Previewed>(
  { catalog, known, now }: ResolvePorts,
  kind: K,
  body: unknown,
  path: string,
): Promise<Resolved<K>> => {
  const kinds = Object.keys(ENTRY_SHAPES) as CatalogKind[];
  const published: CatalogEntry[] = (await Promise.all(kinds.map((each) => catalog.history(each)))).flat();
  const id = typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
  const effectiveFrom = `${now.slice(0, 7)}-01T00:00:00.000Z`;
  const validated = validateEntries([{ kind, id, effectiveFrom, body }], published, known);
  if (validated.ok) return { source: `a ${words(kind)} that is not published`, body: body as CatalogBodies[K] };
  const flaws = validated.flaws.map((flaw) => ({
    ...flaw,
    path: flaw.path.replace('/entries/0/body', `${path}/body`),
  }));
  const [first] = flaws;
  throw new ProblemError(400, 'ENTRIES_INVALID', `${first?.path}: ${first?.message}`, flaws.slice(0, 100));
};

/** What waits in a publication: the one of that kind, or of that id. */
const waiting = async <K extends Previewed>(
  { catalog }: ResolvePorts,
  kind: K,
  { publication: publicationId = '', id }: Wanted,
  path: string,
): Promise<Resolved<K>> => {
  const publication = await catalog.publication(publicationId);
  if (publication === undefined) {
    throw refuse(404, 'NO_SUCH_PUBLICATION', `${path}/publication`, `is "${publicationId}", which there is not`);
  }
  const changes = publication.changes.filter(
    (change) => change.kind === kind && (id === undefined || change.id === id),
  );
  const [change] = changes;
  if (change === undefined || changes.length > 1) {
    const has = publication.changes.filter((each) => each.kind === kind).map((each) => each.id);
    const what = has.length === 0 ? `has no ${words(kind)}` : `has ${has.join(', ')}: name one of them by id`;
    throw refuse(400, 'BAD_REQUEST', `${path}/publication`, what);
  }
  return { source: `${change.id} of ${publicationId}`, body: change.body as CatalogBodies[K] };
};

/** A published version: by its number, or the newest, even where that takes effect later. */
const published = async <K extends Previewed>(
  { catalog }: ResolvePorts,
  kind: K,
  { id = '', version }: Wanted,
  path: string,
): Promise<Resolved<K>> => {
  const own = (await catalog.history(kind)).filter((entry) => entry.id === id);
  const found = version === undefined ? own.at(-1) : own.find((entry) => entry.version === version);
  if (found !== undefined) return { source: `${id} version ${found.version}`, body: found.body };
  if (own.length === 0) throw refuse(404, 'NO_SUCH_ENTRY', `${path}/id`, `is "${id}": there is no such ${words(kind)}`);
  const has = own.map((entry) => entry.version).join(', ');
  throw refuse(404, 'NO_SUCH_VERSION', `${path}/version`, `is ${version}; "${id}" has ${has}`);
};

const resolved = <K extends Previewed>(
  ports: ResolvePorts,
  kind: K,
  wanted: Wanted,
  path: string,
): Promise<Resolved<K>> => {
  if (wanted.body !== undefined) return checked(ports, kind, wanted.body, path);
  if (wanted.publication !== undefined) return waiting(ports, kind, wanted, path);
  return published(ports, kind, wanted, path);
};

/** What of a contract gives its periods and whose usage it prices: a preview changes what is charged, never these. */
const FIXED = [
  'account',
  'covers',
  'currency',
  'zone',
  'anchorDay',
  'cadence',
] as const satisfies readonly (keyof Contract)[];

const checkContract = async ({ catalog }: ResolvePorts, body: Contract): Promise<void> => {
  const known = (await catalog.history('contract')).filter(({ id }) => id === body.id).at(-1);
  if (known === undefined) {
    throw refuse(404, 'NO_SUCH_ENTRY', '/contract', `"${body.id}" is no contract that has a history to rate again`);
  }
  const other = FIXED.find((field) => canonicalJson(known.body[field] ?? null) !== canonicalJson(body[field] ?? null));
  if (other === undefined) return;
  const was = JSON.stringify(known.body[other] ?? null);
  throw refuse(400, 'NOT_COMPARABLE', `/contract/body/${other}`, `must stay ${was}: other periods cannot be compared`);
};

/**
 * What is changed, whole: a preview does not change when the catalog does.
 * @throws {ProblemError} 400 with what is wrong and where, 404 for what there is not.
 */
export const resolveChange = async (ports: ResolvePorts, request: ChangeRequest): Promise<PreviewChange> => {
  const { book, contract } = request;
  if (book === undefined && contract === undefined) {
    throw refuse(400, 'BAD_REQUEST', '/book', 'or /contract must say what is changed');
  }
  const newBook = book && (await resolved(ports, 'price-book', book, '/book'));
  const newContract = contract && (await resolved(ports, 'contract', contract, '/contract'));
  if (newContract !== undefined) await checkContract(ports, newContract.body);
  const replaces = book?.replaces ?? newBook?.body.id ?? '';
  if (newBook !== undefined && !(await ports.catalog.history('price-book')).some(({ id }) => id === replaces)) {
    const message = `is "${replaces}", which no contract can have: name the book that it takes the place of`;
    throw refuse(404, 'NO_SUCH_ENTRY', '/book/replaces', message);
  }
  return {
    ...(newBook === undefined ? {} : { book: { ...newBook, replaces } }),
    ...(newContract === undefined ? {} : { contract: newContract }),
  };
};

/** A change in words, e.g. `list-usd version 4 in place of list-usd`. */
export const changeText = ({ book, contract }: PreviewChange): string =>
  [
    ...(book === undefined ? [] : [`${book.source} in place of ${book.replaces}`]),
    ...(contract === undefined ? [] : [`contract ${contract.body.id} as ${contract.source}`]),
  ].join('; ');
