import type { BookState, BookVersion, Publication, PublicationSummary } from '../../../../lambdas/catalog/types.ts';
import type { StateWord } from '../../format/state.ts';

/** Words and addresses of price books and publications. */

const WORDS: Readonly<Record<BookState, StateWord>> = {
  draft: 'open',
  submitted: 'needs you',
  overtaken: 'parked',
  published: 'done',
  superseded: 'done',
};

export const wordOfBook = ({ state, inForce }: Pick<BookVersion, 'state' | 'inForce'>): StateWord =>
  state === 'published' && !inForce ? 'waiting' : WORDS[state];

export const labelOfBook = ({ state, inForce }: Pick<BookVersion, 'state' | 'inForce'>): string => {
  if (state !== 'published') return state;
  return inForce ? 'published, in force' : 'published, not yet in force';
};

/** What names a version in addresses: its number, or its publication while it waits. */
export const nameOfVersion = ({ version, publicationId }: Pick<BookVersion, 'version' | 'publicationId'>): string =>
  publicationId === undefined ? String(version) : `${publicationId}@${version}`;

/** A version as people say it: `version 3 (superseded)`. */
export const titleOfVersion = (book: BookVersion): string => `version ${book.version} (${labelOfBook(book)})`;

export const pathOfBook = (book: BookVersion, against?: string): string => {
  const query = new URLSearchParams({ version: nameOfVersion(book), ...(against === undefined ? {} : { against }) });
  return `/price-books/${encodeURIComponent(book.id)}?${query}`;
};

export const pathOfPublication = (publicationId: string): string =>
  `/publications/${encodeURIComponent(publicationId)}`;

/** The state of a publication, in the words of its entries. */
export const stateOfPublication = ({ status }: Pick<Publication, 'status'>, isOvertaken: boolean): BookState => {
  if (status === 'published') return 'published';
  if (isOvertaken) return 'overtaken';
  return status === 'draft' ? 'draft' : 'submitted';
};

export const wordOfPublication = (publication: PublicationSummary): StateWord =>
  WORDS[stateOfPublication(publication, publication.overtaken)];

/** What a publication changes, in short: `list-usd, contract-07 and 3 more`. */
export const changesInShort = ({ changes }: Pick<PublicationSummary, 'changes'>): string => {
  const names = [...new Set(changes.map(({ id }) => id))];
  const shown = names.slice(0, 3).join(', ');
  return names.length <= 3 ? shown : `${shown} and ${names.length - 3} more`;
};

/** Kinds that move money, which only a finance approver publishes. */
const FINANCE: readonly string[] = ['price-book', 'contract', 'fx-rate'];

export const movesMoney = ({ changes }: { readonly changes: readonly { readonly kind: string }[] }): boolean =>
  changes.some(({ kind }) => FINANCE.includes(kind));
