import type { CatalogReader } from '../catalog/types.ts';
import type { ExceptionDraft } from './raise.ts';
import type { PlannedContract } from './records.ts';
import type { CloseException } from './types.ts';

/** The decision by which a period that was billed is rated with the book that supersedes the one it was billed with. */
export const REPIN = 'repin';

/** The version of a price book that a billed period is rated with, by the version that it was billed with. */
export type Repins = (priceBook: string, version: number) => number;

type Superseding = { readonly priceBook: string; readonly superseded: number; readonly by: number };

const keyOf = ({ priceBook, superseded, by }: Superseding): string => `${priceBook}#${superseded}#${by}`;

/** Every book that supersedes another one also for periods that are closed, as known then; of several the newest. */
const supersedingBooks = async (
  catalog: Pick<CatalogReader, 'history'>,
  knownAt: string,
): Promise<ReadonlyMap<string, Superseding>> => {
  const found = new Map<string, Superseding>();
  const books = (await catalog.history('price-book')).filter(({ publishedAt }) => publishedAt <= knownAt);
  for (const { id, version, body } of books.sort((a, b) => a.version - b.version)) {
    const { supersedes } = body;
    if (supersedes === undefined || supersedes >= version) continue;
    found.set(`${id}#${supersedes}`, { priceBook: id, superseded: supersedes, by: version });
  }
  return found;
};

/**
 * What a retroactive book changes of periods that were billed: nothing, until a person approves just that for these
 * dates. `drafts` are what to ask; `repins` follows what was approved, also of a book that was superseded again.
 */
export const supersededBooks = async (
  catalog: Pick<CatalogReader, 'history'>,
  pinned: readonly PlannedContract[],
  exceptions: readonly CloseException[],
  knownAt: string,
): Promise<{ readonly drafts: readonly ExceptionDraft[]; readonly repins: Repins }> => {
  // Nothing was billed: there is nothing to supersede.
  const superseding = pinned.length === 0 ? new Map<string, Superseding>() : await supersedingBooks(catalog, knownAt);
  const approved = new Set(
    exceptions.flatMap(({ kind, resolution, evidence }) =>
      kind === 'superseding-book' && resolution?.decision === REPIN ? [String(evidence.change)] : [],
    ),
  );
  const drafts = new Map<string, ExceptionDraft>();
  const repins: Repins = (priceBook, version) => {
    const next = superseding.get(`${priceBook}#${version}`);
    if (next === undefined) return version;
    const change = keyOf(next);
    drafts.set(change, draftOf(next, change));
    return approved.has(change) ? repins(priceBook, next.by) : version;
  };
  for (const { priceBook, priceBookVersion } of pinned) repins(priceBook, priceBookVersion);
  return { drafts: [...drafts.values()], repins };
};

const draftOf = ({ priceBook, superseded, by }: Superseding, change: string): ExceptionDraft => ({
  kind: 'superseding-book',
  about: { change },
  message: `Version ${by} of the price book "${priceBook}" mends version ${superseded}, by which these dates were billed. Decide "${REPIN}" and close again to bill the difference; another person has to approve what comes of it. Decide "accepted" to leave the dates as they were billed.`,
  evidence: { change, priceBook, superseded, by },
});
