import { mapBounded } from '../platform/bounded.ts';
import type { CloseStore } from './close-store.ts';
import { type CloseDates, closeIdOf } from './names.ts';
import type { BilledDocument } from './plan-documents.ts';
import type { AccountProgress, PlannedContract } from './records.ts';
import type { CloseException, ManifestStatus } from './types.ts';

const AT_ONCE = 32;

/** A manifest in one of these states was approved: its documents are billed, wherever they are on their way. */
const APPROVED: readonly ManifestStatus[] = ['approved', 'posting', 'posted', 'failed'];

type Reader = Pick<CloseStore, 'accounts' | 'manifests' | 'documentsOfPayer' | 'exceptions'>;

/** What the earlier closes of the same dates billed and pinned. */
export type EarlierCloses = {
  readonly documents: readonly BilledDocument[];
  /** Per account: each part of a contract as its first billing rated it. */
  readonly pinned: ReadonlyMap<string, readonly PlannedContract[]>;
  /** Accounts of earlier closes, the newest progress of each. */
  readonly accounts: ReadonlyMap<string, AccountProgress>;
};

/** Documents that a person gave up after the ERP refused them for good. */
const voided = (exceptions: readonly CloseException[]): ReadonlySet<string> =>
  new Set(
    exceptions
      .filter(({ kind, resolution }) => kind === 'posting-failed' && resolution?.decision === 'void')
      .flatMap(({ evidence }) => (typeof evidence.documentId === 'string' ? [evidence.documentId] : [])),
  );

/** What was pinned before, and of what is pinned now the parts that were not. */
const firstOfEach = (
  before: readonly PlannedContract[] = [],
  now: readonly PlannedContract[],
): readonly PlannedContract[] => {
  const partOf = ({ contract, priceBook, covered }: PlannedContract) => `${contract}#${priceBook}#${covered.start}`;
  const known = new Set(before.map(partOf));
  return [...before, ...now.filter((each) => !known.has(partOf(each)))];
};

/**
 * Reads what is billed for these dates before run `run`: strongly consistent, from the documents themselves. A
 * document counts when an approved manifest lists it; what a crashed freeze left behind counts nowhere.
 */
export const earlierCloses = async (store: Reader, dates: CloseDates, run: number): Promise<EarlierCloses> => {
  const documents: BilledDocument[] = [];
  const pinned = new Map<string, readonly PlannedContract[]>();
  const accounts = new Map<string, AccountProgress>();
  if (run <= 1) return { documents, pinned, accounts };
  const gaveUp = voided(await store.exceptions(dates));
  for (let earlier = 1; earlier < run; earlier += 1) {
    const closeId = closeIdOf(dates, earlier);
    const [progress, manifests] = await Promise.all([store.accounts(closeId), store.manifests(closeId)]);
    const listed = new Set(
      manifests
        .filter((manifest) => APPROVED.includes(manifest.status))
        .flatMap((manifest) => manifest.documents.map((document) => document.documentId)),
    );
    const payers = [...new Set(manifests.flatMap((manifest) => manifest.documents.map(({ account }) => account)))];
    const stored = (await mapBounded(payers, AT_ONCE, (payer) => store.documentsOfPayer(closeId, payer))).flat();
    const billed = stored
      .map(({ document }) => document)
      .filter((document) => listed.has(document.documentId))
      .map((document) => ({ document, void: gaveUp.has(document.documentId) }));
    documents.push(...billed);
    const standing = new Set(
      billed.filter((each) => !each.void).flatMap(({ document }) => document.lines.map(({ account }) => account)),
    );
    for (const each of progress) {
      accounts.set(each.account, each);
      if (standing.has(each.account)) pinned.set(each.account, firstOfEach(pinned.get(each.account), each.contracts));
    }
  }
  return { documents, pinned, accounts };
};
