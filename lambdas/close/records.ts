import type { Interval, Period } from '../platform/period.ts';
import type { PinnedFxRate } from '../rating/types.ts';
import type { CloseException, DocumentLine, ErpDocument, Manifest, Totals } from './types.ts';

/** What a close keeps beside the words of types.ts: progress per account, stored documents, reconciliation. */

/** One billing period of a contract as it is to be rated, or the part of it that one version holds: the exact versions, chosen once. */
export type PlannedContract = {
  readonly contract: string;
  readonly contractVersion: number;
  readonly priceBook: string;
  readonly priceBookVersion: number;
  readonly policy: string;
  readonly payer: string;
  readonly entity: string;
  readonly currency: string;
  readonly period: Period;
  /** The part of the period in which this version of the contract holds, when it was amended within; absent: all. */
  readonly part?: Period;
  /** What of the period the contract covers by this version, as dates and as instants. */
  readonly covered: Period;
  readonly active: Interval;
  /** The period before the contract's first: only what is charged in advance is rated. */
  readonly ahead?: true;
  /** Children whose usage it prices too. */
  readonly covers?: readonly string[];
  /** The rate of exchange, when the price book has another currency than the contract. */
  readonly fx?: PinnedFxRate;
  /** True when an earlier billing of the period pinned the price book and the rate of exchange. */
  readonly pinned: boolean;
};

/** A subject of an account and when it was so, with the attribution version that says it. `account`: the child it belongs to. */
export type PlannedSubject = Interval & {
  readonly subject: string;
  readonly attributionVersion: number;
  readonly account?: string;
};

/** What is known about one account in one close. */
export type AccountProgress = {
  readonly format: 1;
  readonly closeId: string;
  readonly account: string;
  readonly accountName: string;
  readonly salesRegion: string;
  readonly state: 'open' | 'rated' | 'excepted';
  readonly contracts: readonly PlannedContract[];
  readonly subjects: readonly PlannedSubject[];
  /** Catalog knowledge was taken as of this instant. */
  readonly knownAt: string;
  /** Contracts that could not be rated while others of the account were: their lines stay as they are billed. */
  readonly unrated?: readonly string[];
  readonly rated?: RatedOutcome;
  readonly exceptionId?: string;
};

/** Where the result of rating an account lies; the hashes are of the stored JSON values. */
export type RatedOutcome = {
  readonly lines: number;
  readonly totals: Totals;
  readonly linesKey: string;
  readonly linesHash: string;
  readonly pinsKey: string;
  readonly pinsHash: string;
  /** The closes whose results it opened with; absent in results that do not say so. */
  readonly openedWith?: readonly string[];
  readonly at: string;
};

/** A document as the finance table keeps it: the lines without their arithmetic, and where the whole of it is. */
export type StoredDocument = {
  readonly format: 1;
  readonly document: SlimDocument;
  readonly bodyKey: string;
  readonly bodyHash: string;
};

/** A document for lists: lines without the rated line behind them. */
export type SlimLine = Omit<DocumentLine, 'rated'> & {
  readonly account: string;
  /** Of its rated line; absent in documents that were made before they said so. */
  readonly contract?: string;
  readonly group?: string;
};
export type SlimDocument = Omit<ErpDocument, 'lines'> & { readonly lines: readonly SlimLine[] };

/** Which documents carry a line: the newest is last. */
export type LineReference = {
  readonly lineId: string;
  readonly closeId: string;
  readonly documentId: string;
  readonly account: string;
  readonly amount: string;
  readonly currency: string;
  /** Where the rated line and its pins are. */
  readonly linesKey: string;
  readonly linesHash: string;
  readonly pinsKey: string;
  readonly pinsHash: string;
};

/** What a close rated of an account, for what passes on; `totals` are of contracts of months, for anomaly checks. */
export type PeriodResult = {
  readonly account: string;
  readonly start: string;
  readonly end: string;
  readonly closeId: string;
  readonly totals: Totals;
  readonly linesKey: string;
  readonly linesHash: string;
};

/** What a person decided about a line beside its rating (`correction.ts`). An entry of the period; never changed. */
export type Adjustment = {
  readonly format: 1;
  readonly entryId: string;
  readonly kind: 'goodwill' | 'excluded-line' | 'repair';
  readonly start: string;
  readonly end: string;
  /** The line that it is about, and what a line of a document needs of it. */
  readonly about: string;
  readonly account: string;
  readonly payer: string;
  readonly entity: string;
  readonly contract: string;
  readonly currency: string;
  readonly product: string;
  readonly description: string;
  readonly period: Period;
  /** Negative for what the customer gets; absent for an excluded line, which is whatever the line comes to. */
  readonly amount?: string;
  /** The document in the ERP that was made by hand, for a repair. */
  readonly document?: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
};

/** Differences of a payer that are too old for a document by the policy of then: settled for good. */
export type WriteOff = {
  readonly format: 1;
  readonly entryId: string;
  readonly kind: 'written-off';
  readonly start: string;
  readonly end: string;
  readonly closeId: string;
  readonly payer: string;
  readonly entity: string;
  readonly currency: string;
  readonly lines: readonly { readonly lineId: string; readonly account: string; readonly amount: string }[];
  readonly by: string;
  readonly at: string;
};

/** What stands beside the rating of a period. */
export type PeriodEntry = Adjustment | WriteOff;

/** What a person decided about a manifest. */
export type ManifestDecision = NonNullable<Manifest['decision']>;

/** What a person decided about an exception. */
export type Resolution = NonNullable<CloseException['resolution']>;

export type ReconciledDocument = {
  readonly documentId: string;
  readonly account: string;
  readonly currency: string;
  readonly ours: string;
  readonly theirs: string | null;
  readonly vendorId?: string;
  readonly equal: boolean;
};

/** What the ERP's books say about a close, next to ours. */
export type Reconciliation = {
  readonly format: 1;
  readonly closeId: string;
  readonly at: string;
  readonly documents: readonly ReconciledDocument[];
  /** Deposits that are applied to documents, by their own ids; absent: none. They are in no sum of the currencies. */
  readonly payments?: readonly ReconciledDocument[];
  readonly currencies: readonly {
    readonly currency: string;
    readonly ours: string;
    readonly theirs: string;
    readonly equal: boolean;
  }[];
  readonly breaks: number;
};
