import { createInterface } from 'node:readline/promises';
import type { BookDiff, CatalogEntry, Publication, PublicationChange } from '../../lambdas/catalog/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { differences } from '../catalog-differences.ts';
import { readCatalogFiles } from '../catalog-files.ts';
import { say, table } from '../print.ts';

type Proposed = { readonly publicationId: string; readonly hash: string; readonly changes: readonly unknown[] };

/** So much of a hash is typed: enough that nobody types it without having it before them. */
const TYPED = 8;

const propose = (api: ApiClient, folder: string, month: string, accept: readonly string[] = []): Promise<Proposed> =>
  api.post<Proposed>('/catalog/publications', { entries: readCatalogFiles(folder, month), accept });

const approve = (api: ApiClient, { publicationId, hash }: Pick<Publication, 'publicationId' | 'hash'>) =>
  api.post(`/catalog/publications/${publicationId}/approval`, { hash });

/**
 * Proposes the entries of a folder and says how another person approves them. Proposing again is harmless. `accept` are the
 * keys of what the checks doubt and the proposer means.
 */
export const proposeCatalog = async (
  api: ApiClient,
  folder: string,
  month: string,
  accept: readonly string[] = [],
): Promise<void> => {
  const { publicationId, hash, changes } = await propose(api, folder, month, accept);
  if (changes.length === 0) return say('All entries are published as they are.');
  say(`Proposed ${changes.length} changes: publication ${publicationId}, hash ${hash}`);
  say(`Another person approves it: npm run ops -- catalog approve ${publicationId}`);
};

const showChanges = async (api: ApiClient, publication: Publication): Promise<void> => {
  const { changes } = publication;
  say(
    table(
      ['kind', 'entry', 'version', 'effective from', 'change'],
      changes.map((entry) => [entry.kind, entry.id, entry.version, entry.effectiveFrom, entry.change]),
    ),
  );
  const changed = changes.filter((entry) => entry.change === 'changed');
  const others = changed.filter(({ kind }) => kind !== 'price-book');
  const kinds = [...new Set(others.map((entry) => entry.kind))];
  const inForce = (await Promise.all(kinds.map((kind) => allItems<CatalogEntry>(api, `/catalog/${kind}`)))).flat();
  for (const entry of others) {
    const before = inForce.find(({ kind, id }) => kind === entry.kind && id === entry.id);
    say(
      `\n${entry.kind} ${entry.id}, against ${before ? `version ${before.version}, in force now` : 'nothing in force now'}`,
    );
    for (const line of differences(before?.body, entry.body)) say(`  ${line}`);
  }
  for (const entry of changed.filter(({ kind }) => kind === 'price-book')) await showBook(api, publication, entry);
};

/** What a changed price book says otherwise than the version before it, which may wait in the same publication. */
const showBook = async (
  api: ApiClient,
  { publicationId, status, changes }: Publication,
  { id, version }: PublicationChange,
): Promise<void> => {
  const nameOf = (wanted: number): string =>
    status !== 'published' && changes.some((each) => each.id === id && each.version === wanted)
      ? `${publicationId}@${wanted}`
      : String(wanted);
  const path = `/catalog/price-book/${encodeURIComponent(id)}/diff`;
  const diff = await api.get<BookDiff>(path, { from: nameOf(version - 1), to: nameOf(version) });
  say(`\nprice-book ${id}, version ${version} against version ${version - 1}`);
  for (const { sentence } of diff.changes) say(`  ${sentence}`);
};

const askForHash = async (): Promise<string> => {
  if (!process.stdin.isTTY) throw new Error('nobody can be asked here: repeat it with --hash and the hash above');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(`To publish this, type the first ${TYPED} characters of its hash: `);
  } finally {
    terminal.close();
  }
};

/**
 * Shows what a publication changes, asks for its hash (or takes `given`), and publishes it.
 * @throws {Error} if the hash is another one; {ApiError} MAKER_IS_CHECKER for one's own proposal.
 */
export const approveCatalog = async (api: ApiClient, publicationId: string, given?: string): Promise<void> => {
  const publication = await api.get<Publication>(`/catalog/publications/${encodeURIComponent(publicationId)}`);
  const { hash, status, changes, proposedBy, proposedAt } = publication;
  say(`Publication ${publicationId}, proposed by ${proposedBy} at ${proposedAt}: ${status}`);
  await showChanges(api, publication);
  for (const { kind, id, message, key } of publication.warnings ?? []) {
    say(`\nDoubted and accepted by ${proposedBy}: ${kind} ${id}: ${message} (${key})`);
  }
  say(`\nHash ${hash}`);
  if (status === 'draft') return say(`It is a draft: ${proposedBy} has not submitted it yet.`);
  if (status === 'published') return say('It is published already.');
  const typed = (given ?? (await askForHash())).trim();
  if (typed.length < TYPED || !hash.startsWith(typed)) {
    throw new Error(`"${typed}" is not the hash of this publication; nothing was published`);
  }
  await approve(api, publication);
  say(`Published ${changes.length} entries.`);
};

/**
 * Publishes the entries of a folder at once, where both people are at hand: one proposes, another approves. What is
 * published already is left alone. Tells what it did, and answers the number of entries that changed.
 */
export const publishCatalog = async (
  proposer: ApiClient,
  approver: ApiClient,
  folder: string,
  month: string,
  tell: (text: string) => void = say,
): Promise<number> => {
  const proposed = await propose(proposer, folder, month);
  if (proposed.changes.length === 0) {
    tell('All entries are published as they are.');
    return 0;
  }
  await approve(approver, proposed);
  tell(`Published ${proposed.changes.length} entries (publication ${proposed.publicationId}).`);
  return proposed.changes.length;
};
