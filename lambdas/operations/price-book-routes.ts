import { bookChanges } from '../catalog/book-diff.ts';
import { bookVersions, type StoredBook } from '../catalog/book-versions.ts';
import type { CatalogStore } from '../catalog/catalog-store.ts';
import { viewOfPrice } from '../catalog/describe-price.ts';
import type { BookDiff, BookVersion, BookView } from '../catalog/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRoute, Role } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';

const READERS: readonly Role[] = ['operator', 'finance-preparer', 'finance-approver', 'success'];

/** What the routes need. */
export type PriceBookPorts = { readonly catalog: CatalogStore; readonly clock: Clock };

const allBooks = async ({ catalog, clock }: PriceBookPorts): Promise<StoredBook[]> => {
  const [history, publications] = await Promise.all([catalog.history('price-book'), catalog.publications()]);
  return bookVersions(history, publications, clock.now());
};

/** What names a version: its number once it is published, before that the publication that it waits in. */
const nameOf = ({ version, publicationId }: BookVersion): string =>
  publicationId === undefined ? String(version) : `${publicationId}@${version}`;

/** The version of that name; a publication's id alone names the newest that waits in it, nothing the one in force. */
const find = (books: readonly StoredBook[], id: string, wanted: string | undefined, field: string): StoredBook => {
  const versions = books.filter(({ about }) => about.id === id);
  if (versions.length === 0) throw new ProblemError(404, 'NO_SUCH_PRICE_BOOK', `there is no price book "${id}"`);
  const found = versions.find(({ about }) => {
    if (wanted === undefined || wanted === '') return about.inForce;
    return wanted === nameOf(about) || wanted === about.publicationId;
  });
  if (found !== undefined) return found;
  const has = versions.map(({ about }) => nameOf(about)).join(', ');
  const sought = wanted === undefined || wanted === '' ? 'no version in force' : `no version "${wanted}"`;
  const message = `the price book "${id}" has ${sought}; it has ${has}`;
  throw new ProblemError(404, 'NO_SUCH_VERSION', message, [{ path: field, message }]);
};

/**
 * `GET /v1/catalog/price-books`: every version of every price book with its state, published or waiting;
 * `GET /v1/catalog/price-books/{id}?version=`: one with its prices in words;
 * `GET /v1/catalog/price-book/{id}/diff?from=&to=`: what the second of two says otherwise. A version is named by its number,
 * one that waits by its publication (`pub-…@2`); without a name it is the one in force.
 */
export const priceBookRoutes = (ports: PriceBookPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/catalog/price-books',
    roles: READERS,
    run: async () => ({ status: 200, body: { items: (await allBooks(ports)).map(({ about }) => about) } }),
  },
  {
    method: 'GET',
    path: '/v1/catalog/price-books/{id}',
    roles: READERS,
    run: async ({ path, query }) => {
      const { about, body } = find(await allBooks(ports), path.id ?? '', query.version, 'version');
      const view: BookView = { version: about, prices: body.prices.map((price) => viewOfPrice(price, body.currency)) };
      return { status: 200, body: view };
    },
  },
  {
    method: 'GET',
    path: '/v1/catalog/price-book/{id}/diff',
    roles: READERS,
    run: async ({ path, query }) => {
      const id = path.id ?? '';
      const books = await allBooks(ports);
      const from = find(books, id, query.from, 'from');
      const to = find(books, id, query.to, 'to');
      const diff: BookDiff = { id, from: from.about, to: to.about, changes: bookChanges(from.body, to.body) };
      return { status: 200, body: diff };
    },
  },
];
