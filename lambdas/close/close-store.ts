import type { AuditRecord } from '../platform/audit-log.ts';
import type { CloseDates } from './names.ts';
import type {
  AccountProgress,
  LineReference,
  ManifestDecision,
  PeriodEntry,
  PeriodResult,
  Resolution,
  StoredDocument,
} from './records.ts';
import type { CloseException, CloseRecord, CloseStep, Manifest, ManifestStatus, StepProgress } from './types.ts';

/** One page of a list; `next` is what to pass as `after` for the following one. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

/** The changes a close record takes outside its steps. */
export type CloseChange = Partial<
  Pick<CloseRecord, 'status' | 'endedAt' | 'failure' | 'executionArn' | 'supersededBy'>
>;

/** The close records: one per dates and run. All reads but `listCloses` are strongly consistent. */
export type CloseRecords = {
  /** Writes a new record. @returns false if that run exists already: nothing was written. */
  createClose(record: CloseRecord): Promise<boolean>;
  close(closeId: string): Promise<CloseRecord | undefined>;
  /** The record with the highest run of these dates. */
  latestClose(dates: CloseDates): Promise<CloseRecord | undefined>;
  /** Newest period first. */
  listCloses(limit: number, after?: string): Promise<Page<CloseRecord>>;
  setStep(closeId: string, step: CloseStep, progress: StepProgress): Promise<void>;
  /** Adds to how much of a step is done. */
  countDone(closeId: string, step: CloseStep, more: number): Promise<void>;
  changeClose(closeId: string, change: CloseChange): Promise<void>;
  /**
   * Sets status and steps of a close that goes on, in one write.
   * @returns false if it has ended meanwhile: nothing was written.
   */
  progressClose(
    closeId: string,
    status: 'running' | 'needs you',
    steps: Partial<Record<CloseStep, StepProgress>>,
  ): Promise<boolean>;
  /** Sets a failed close running again. @returns false if it was not failed or another caller was first. */
  restartClose(closeId: string, attempt: number, by: string): Promise<boolean>;
};

/** Progress per account of a close, strongly consistent. */
export type AccountStore = {
  /** Writes a plan unless there is one. */
  planAccount(progress: AccountProgress): Promise<void>;
  account(closeId: string, account: string): Promise<AccountProgress | undefined>;
  /** Ordered by account. */
  accounts(closeId: string): Promise<AccountProgress[]>;
  /** Ordered by account, in pages. */
  listAccounts(closeId: string, limit: number, after?: string): Promise<Page<AccountProgress>>;
  /** Ends an open account. @returns false if it was ended before: the first result stands. */
  endAccount(progress: AccountProgress): Promise<boolean>;
  /** The result of an account's period, kept for the next one. The newest close of the dates wins. */
  putResult(result: PeriodResult): Promise<void>;
  /** The newest result of the account's period that ended at this date. */
  resultEndingAt(account: string, end: string): Promise<PeriodResult | undefined>;
  /** The results of all of an account's periods, ordered by end. */
  resultsOf(account: string): Promise<PeriodResult[]>;
};

/** Exceptions belong to the dates, not to one close: the next close finds the decisions. */
export type ExceptionStore = {
  /**
   * Raises an exception. A known one stays as it is, with its decision; one that was resolved as `fixed` before
   * `closeStartedAt` and is found again is opened again.
   * @returns the exception as it is stored now.
   */
  raise(exception: CloseException, closeStartedAt: string): Promise<CloseException>;
  exception(exceptionId: string): Promise<CloseException | undefined>;
  /** All of these dates, strongly consistent, ordered by id. */
  exceptions(dates: CloseDates): Promise<CloseException[]>;
  listExceptions(state: CloseException['state'], limit: number, after?: string): Promise<Page<CloseException>>;
  /** Resolves an open exception together with its audit entry. @returns false if it was not open: nothing written. */
  resolveException(exceptionId: string, resolution: Resolution, audit: AuditRecord): Promise<boolean>;
};

/** Manifests, whole, without any token. */
export type ManifestStore = {
  /** Writes a frozen manifest. @returns false if it was frozen before: what was frozen first stands. */
  freezeManifest(manifest: Manifest): Promise<boolean>;
  manifest(manifestId: string): Promise<Manifest | undefined>;
  /** Ordered by id. */
  manifests(closeId: string): Promise<Manifest[]>;
  /** Moves a manifest on. @returns false if it was in none of `from`. */
  moveManifest(manifestId: string, from: readonly ManifestStatus[], to: ManifestStatus): Promise<boolean>;
  /**
   * Records a decision and its audit entry in one transaction, if the manifest still awaits approval with this hash
   * and whoever decides is none of its makers.
   * @returns false if not: nothing was written.
   */
  decideManifest(manifestId: string, hash: string, decision: ManifestDecision, audit: AuditRecord): Promise<boolean>;
};

/** The task tokens of waiting executions: apart, so that nothing that reads a manifest can show one. */
export type TokenStore = {
  /** Keeps the token of a manifest that awaits approval. @returns false if it is decided already. */
  keepToken(manifestId: string, token: string): Promise<boolean>;
  token(manifestId: string): Promise<string | undefined>;
  /** Forgets a token that nobody waits with any more. */
  forgetToken(manifestId: string): Promise<void>;
};

/** Documents by close and payer (strongly consistent: it says what is billed), by id and by line. */
export type DocumentStore = {
  putDocument(document: StoredDocument, lines: readonly LineReference[]): Promise<void>;
  documentsOfPayer(closeId: string, payer: string): Promise<StoredDocument[]>;
  listDocuments(closeId: string, limit: number, after?: string): Promise<Page<StoredDocument>>;
  documentOf(closeId: string, payer: string, documentId: string): Promise<StoredDocument | undefined>;
  /** The newest document of that id; ids are used again only when the earlier one was never sent. */
  documentById(documentId: string): Promise<StoredDocument | undefined>;
  /** The documents that carry a line, oldest close first. */
  lineReferences(lineId: string): Promise<LineReference[]>;
};

/** What stands beside the rating of some dates: adjustments and what was written off. Never changed. */
export type EntryStore = {
  /** Adds an entry with its audit entry in one transaction. @returns false if it was there before: nothing written. */
  addEntry(entry: PeriodEntry, audit: AuditRecord): Promise<boolean>;
  /** All of these dates, strongly consistent, ordered by id. */
  entries(dates: CloseDates): Promise<PeriodEntry[]>;
};

/** Everything a close keeps in the finance table. */
export type CloseStore = CloseRecords &
  AccountStore &
  ExceptionStore &
  EntryStore &
  ManifestStore &
  TokenStore &
  DocumentStore;
