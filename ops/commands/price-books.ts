import { readFileSync } from 'node:fs';
import type { BookDiff, BookVersion, BookView, Publication } from '../../lambdas/catalog/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { say, table } from '../print.ts';

const path = (id: string): string => encodeURIComponent(id);
const day = (instant: string | undefined): string | undefined => instant?.slice(0, 16).replace('T', ' ');

/** A state as people say it: `published, in force`, `published, from 2027-01-01 00:00`. */
const stateOf = ({ state, inForce, effectiveFrom }: BookVersion): string => {
  if (state !== 'published') return state;
  return inForce ? 'published, in force' : `published, from ${day(effectiveFrom)}`;
};

/** What names a version in `show` and `diff`: its number, or its publication while it waits. */
const nameOf = ({ version, publicationId }: BookVersion): string =>
  publicationId === undefined ? String(version) : `${publicationId}@${version}`;

/** Every version of every price book, published or waiting. */
export const listBooks = async (api: ApiClient): Promise<void> => {
  const items = await allItems<BookVersion>(api, '/catalog/price-books');
  if (items.length === 0) return say('There is no price book yet: propose one with "price-book submit".');
  say(
    table(
      ['book', 'version', 'state', 'currency', 'prices', 'holds from', 'until', 'proposed by', 'published by', 'named'],
      items.map((book) => [
        book.id,
        book.version,
        stateOf(book),
        book.currency,
        book.prices,
        day(book.effectiveFrom),
        day(book.effectiveUntil),
        book.proposedBy,
        book.publishedBy,
        nameOf(book),
      ]),
    ),
  );
};

/** One version of a book, its prices in words; without `version` the one in force. */
export const showBook = async (api: ApiClient, id: string, version?: string): Promise<void> => {
  const { version: about, prices } = await api.get<BookView>(`/catalog/price-books/${path(id)}`, { version });
  say(`${about.name} (${about.id}), version ${about.version}, ${about.currency}: ${stateOf(about)}`);
  const until = about.effectiveUntil === undefined ? '' : ` until ${day(about.effectiveUntil)}`;
  say(`holds from ${day(about.effectiveFrom)} UTC${until}; proposed by ${about.proposedBy}; hash ${about.hash}`);
  for (const price of prices) {
    const measured = price.meter === undefined ? '' : `, by ${price.meter}`;
    say(`\n${price.description} (${price.id}), product ${price.product}${measured}`);
    for (const { step, part, text } of price.parts) {
      say(part === '' ? `  ${step}: ${text}` : `    ${part}: ${text}`);
    }
  }
};

/** What the second of two versions says otherwise, as sentences and as a table; without names the one in force. */
export const diffBooks = async (api: ApiClient, id: string, from?: string, to?: string): Promise<void> => {
  const diff = await api.get<BookDiff>(`/catalog/price-book/${path(id)}/diff`, { from, to });
  const said = (book: BookVersion): string => `version ${book.version} (${stateOf(book)})`;
  say(`${id}: from ${said(diff.from)} to ${said(diff.to)}`);
  if (diff.changes.length === 0) return say('They say the same.');
  for (const { sentence } of diff.changes) say(`  ${sentence}`);
  say('');
  say(
    table(
      ['change', 'price', 'step', 'part', 'before', 'after'],
      diff.changes.map(({ change, price, step, part, before, after }) => [change, price, step, part, before, after]),
    ),
  );
};

type Submitted = Pick<Publication, 'publicationId' | 'hash' | 'status' | 'changes' | 'warnings'>;

/** How a price book is submitted. */
export type Submission = { readonly draft?: boolean; readonly accept?: readonly string[] };

const entryOf = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** The command that shows what waits, and publishes it. */
const next = (publicationId: string): string => `npm run ops -- price-book publish ${publicationId}`;

/**
 * Submits a file of one catalog entry, or a draft by the id of its publication; with `draft` the file is only kept. What the
 * checks doubt must be accepted by its key.
 */
export const submitBook = async (api: ApiClient, what: string, { draft, accept = [] }: Submission): Promise<void> => {
  const submitted = what.startsWith('pub-')
    ? await api.post<Submitted>(`/catalog/publications/${path(what)}/submission`, { accept })
    : await api.post<Submitted>('/catalog/publications', { entries: [entryOf(what)], accept, draft: draft === true });
  const { publicationId, hash, status, changes, warnings = [] } = submitted;
  if (changes.length === 0) return say('It is published as it is.');
  say(`Publication ${publicationId}, hash ${hash}: ${status === 'draft' ? 'kept as a draft' : 'submitted'}`);
  for (const { key, message } of warnings) {
    say(`  ${status === 'draft' ? 'to be mended or accepted' : 'accepted'}: ${message} (${key})`);
  }
  if (status === 'draft') {
    const keys = warnings.map(({ key }) => ` --accept ${key}`).join('');
    return say(`Submit it: npm run ops -- price-book submit ${publicationId}${keys}`);
  }
  say(`Another person publishes it: ${next(publicationId)}`);
};
