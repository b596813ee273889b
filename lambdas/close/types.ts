import type { Recognition } from '../catalog/types.ts';
import type { DeliveryStatus } from '../delivery/types.ts';
import type { Period } from '../platform/period.ts';
import type { RatedLine, Schedule } from '../rating/types.ts';
import type { ArchivePointer, Position, UsageEvent } from '../usage/types.ts';

/** The words of a period close. Amounts are decimal strings with the currency's decimals. */

/** The ten steps, in order, as finance says them. */
export const CLOSE_STEPS = [
  'readiness',
  'prepare',
  'rate',
  'judge',
  'exceptions',
  'freeze',
  'approve',
  'post',
  'reconcile',
  'done',
] as const;
export type CloseStep = (typeof CLOSE_STEPS)[number];

export type StepState = 'open' | 'running' | 'needs you' | 'waiting' | 'done' | 'failed';

/** Totals by currency, e.g. `{ "USD": "1234.50" }`. */
export type Totals = Readonly<Record<string, string>>;

export type CloseRecord = {
  readonly format: 1;
  readonly closeId: string;
  /** Local dates; each contract's zone makes them instants. */
  readonly start: string;
  readonly end: string;
  /** The 1st, 2nd, ... close of these dates. Later ones bill what is new and correct what changed. */
  readonly run: number;
  readonly status: 'running' | 'needs you' | 'done' | 'failed';
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly executionArn?: string;
  /** Only these accounts are rated: what the period before leaves them has changed. Absent: all. */
  readonly accounts?: readonly string[];
  /** Counts the starts of this close: a failed one is started again and goes on where it stopped. Absent = 1. */
  readonly attempt?: number;
  /** Who had what waited for approval superseded: the next run is started in this name. */
  readonly supersededBy?: string;
  /** Who started it again; makers like who started it. */
  readonly restartedBy?: readonly string[];
  readonly steps: Readonly<Record<CloseStep, StepProgress>>;
  readonly failure?: { readonly step: CloseStep; readonly code: string; readonly message: string };
};

export type StepProgress = {
  readonly state: StepState;
  readonly done: number;
  readonly total: number;
  readonly totals?: Totals;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Reasons in words, e.g. why the gate is not open. */
  readonly notes?: readonly string[];
};

export type ExceptionKind =
  | 'missing-price'
  | 'missing-mapping'
  | 'missing-meter'
  | 'missing-fx-rate'
  | 'superseding-book'
  | 'engine-differs'
  | 'disputed-line'
  | 'unattributed-usage'
  | 'same-id-at-two-times'
  | 'anomaly'
  | 'rating-failed'
  | 'reconciliation-break'
  | 'posting-failed';

/** Something a person must decide before money moves. An open one with an account holds that account, or what of it is named. */
export type CloseException = {
  readonly format: 1;
  /** Deterministic: (kind, account or subject, period, evidence), so a later close finds the decision. */
  readonly exceptionId: string;
  readonly kind: ExceptionKind;
  readonly account?: string;
  /** It is about one contract of the account, or one line: only that contract, or the line's coupled group, is held. */
  readonly contract?: string;
  readonly lineId?: string;
  readonly subject?: string;
  readonly start: string;
  readonly end: string;
  /** What happened and what to do, in words. */
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly amountAtStake?: { readonly currency: string; readonly amount: string };
  readonly state: 'open' | 'resolved';
  readonly raisedAt: string;
  readonly resolution?: {
    readonly decision: string;
    readonly reason: string;
    readonly by: string;
    readonly at: string;
  };
};

export type DocumentKind = 'invoice' | 'debit-memo' | 'credit-memo';

/** A document in Meterbridge's own shape, before an adapter maps it. */
export type ErpDocument = {
  readonly format: 1;
  /** The external id: `mb-<payer>-<yyyymmdd of start>-<kind>-<part>-<generation>`; letters, digits, `-`, `_`. */
  readonly documentId: string;
  readonly closeId: string;
  readonly manifestId: string;
  readonly kind: DocumentKind;
  /** 0 for the first document of account and period; corrections count up. */
  readonly generation: number;
  readonly account: string;
  readonly accountName: string;
  readonly customerId: string;
  readonly entity: string;
  readonly subsidiaryId: string;
  readonly currency: string;
  readonly period: Period;
  readonly documentDate: string;
  readonly lines: readonly DocumentLine[];
  readonly total: string;
  /** Prepaid credit that pays for it after tax: the ERP applies at most its own total. Absent: none. */
  readonly payments?: readonly DocumentPayment[];
  /** The document that a memo corrects. */
  readonly corrects?: string;
};

/** What a wallet of prepaid credit pays, or gives back where it is negative; the difference to earlier documents. */
export type DocumentPayment = {
  readonly contract: string;
  readonly credit: string;
  readonly description: string;
  readonly amount: string;
  /** The customer's deposit in the ERP that the wallet is, as the contract names it. */
  readonly deposit?: string;
  /** Whether the deposit is applied to the document once that is posted, or a person does it in the ERP. */
  readonly appliedBy?: 'deposit' | 'hand';
};

/** A deposit that is applied to a document, and where that stands; without a delivery it was not sent yet. */
export type PaymentDelivery = {
  readonly paymentId: string;
  readonly deposit: string;
  readonly description: string;
  readonly amount: string;
  readonly delivery?: DeliveryStatus;
};

/** A payment of a manifest: what is sent when its document is posted, pinned. */
export type PinnedPayment = {
  /** The external id, `<documentId>-pay-<hash of contract and credit>`. */
  readonly paymentId: string;
  readonly amount: string;
  readonly mapping: string;
  readonly mappingVersion: number;
  readonly payloadKey: string;
  readonly payloadHash: string;
};

/** A line of a document. `amount` is the difference to what was billed before; for a first invoice all of it. */
export type DocumentLine = {
  readonly lineId: string;
  readonly product: string;
  readonly description: string;
  readonly quantity: string;
  readonly unit: string;
  readonly amount: string;
  /** How the amount becomes revenue; its parts sum to it. Absent in documents that were made before they said so. */
  readonly revenue?: readonly RevenuePart[];
  readonly rated: RatedLine;
};

/**
 * What of a document's line is recognized over some days, the last one included, as ERPs take them. The quantity is the
 * line's own for each service period, and split where the usage of one is recognized month by month.
 */
export type RevenuePart = {
  readonly recognition: Recognition;
  readonly from: string;
  readonly through: string;
  readonly quantity: string;
  readonly amount: string;
};

export type ManifestStatus =
  | 'awaiting approval'
  | 'approved'
  | 'returned'
  /** Newer knowledge took its place before anybody decided it. */
  | 'superseded'
  | 'expired'
  | 'posting'
  | 'posted'
  | 'failed';

/** What one approval decides: the documents of one entity, frozen. */
export type Manifest = {
  readonly format: 1;
  readonly manifestId: string;
  readonly closeId: string;
  readonly entity: string;
  readonly status: ManifestStatus;
  readonly totals: Totals;
  readonly documents: readonly {
    readonly documentId: string;
    readonly account: string;
    readonly kind: DocumentKind;
    readonly currency: string;
    readonly total: string;
    readonly mapping: string;
    readonly mappingVersion: number;
    readonly payloadKey: string;
    readonly payloadHash: string;
    /** Deposits that are applied to it; absent: none. */
    readonly payments?: readonly PinnedPayment[];
  }[];
  /** Content hash of period, entity, totals and documents: what an approver signs. */
  readonly hash: string;
  /** Everyone who changed or overrode an input; none of them may approve. */
  readonly makers: readonly string[];
  readonly decision?: {
    readonly decision: 'approve' | 'return';
    readonly by: string;
    readonly at: string;
    readonly reason?: string;
  };
};

/**
 * A line as its newest close rated it, how its amount becomes revenue over time, and every document that carries it,
 * oldest first.
 */
export type ExplainedLine = RatedLine & {
  readonly schedule: Schedule;
  readonly documents: readonly {
    readonly lineId: string;
    readonly closeId: string;
    readonly documentId: string;
    readonly account: string;
    readonly amount: string;
    readonly currency: string;
    /** What the delivery of this document logs, and the ERP is sent as `x-correlation-id`. */
    readonly correlationId: string;
  }[];
};

/** One event behind a line: where it lies, which append counted it, and which batch brought it. */
export type LineEvent = {
  readonly subject: string;
  readonly slot: string;
  /** Version of the append in its slot, and its hash. */
  readonly version: number;
  readonly hash: string;
  readonly idHash: string;
  readonly pointer: ArchivePointer;
  readonly position: Position;
  readonly receivedAt: string;
  /** What ingest logged for the batch. */
  readonly correlationId: string;
  /** The event after upcasting. */
  readonly event: UsageEvent;
};
