/** The delivery frame: everything about reaching a vendor that is not the vendor. */

/** How a try can end. The first two are success; the rest are error classes. */
export type DeliveryOutcome =
  | { readonly outcome: 'posted' | 'accepted'; readonly vendorId: string; readonly total?: string }
  | {
      readonly outcome: 'transient' | 'throttled' | 'auth' | 'closed-period' | 'rejected' | 'ambiguous';
      readonly code: string;
      readonly message: string;
    };

/** An end that is not success: one of the six error classes, the vendor's (or our) code, and a sentence. */
export type DeliveryFailure = Exclude<DeliveryOutcome, { readonly vendorId: string }>;

/** What waits in an adapter's queue. The payload was pinned when it was approved and is fetched by hash. */
export type DeliveryJob = {
  readonly format: 1;
  readonly adapter: string;
  /** Deterministic external id; the vendor sees the same. */
  readonly deliveryId: string;
  /** Vendor record: `invoice`, `creditMemo`, `cta`. */
  readonly record: string;
  readonly payloadKey: string;
  readonly payloadHash: string;
  readonly correlationId: string;
  /** For logs. */
  readonly salesRegion?: string;
  /** What must be equal before an existing vendor record is adopted. `total` is net of tax and never negative. */
  readonly expect: { readonly currency?: string; readonly total?: string; readonly customerId?: string };
};

/** Where a delivery stands. `void`: a person gave it up, so it is never sent, whatever is redriven. */
export type DeliveryState =
  | 'queued'
  | 'sending'
  | 'posted'
  | 'accepted'
  | 'parked'
  | 'failed'
  | 'waiting'
  | 'unknown'
  | 'void';

export type DeliveryStatus = {
  readonly adapter: string;
  readonly deliveryId: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly vendorId?: string;
  readonly lastError?: { readonly class: string; readonly code: string; readonly message: string };
  readonly updatedAt: string;
  readonly correlationId: string;
};

/** One journal entry: one step of a try. Steps of the same try have the same `number`. */
export type DeliveryAttempt = {
  readonly number: number;
  readonly at: string;
  readonly step: 'lookup' | 'create' | 'adopt' | 'token';
  /** `found` and `absent` are how a lookup ends that got its answer. */
  readonly outcome: DeliveryOutcome['outcome'] | 'found' | 'absent' | 'renewed';
  readonly code?: string;
  readonly message?: string;
  readonly millis: number;
};

/** What a lookup found under the external id. Amounts are decimal strings, net of the vendor's tax. */
export type VendorRecord = {
  readonly found: true;
  readonly vendorId: string;
  readonly total?: string;
  readonly currency?: string;
  readonly customerId?: string;
  /** False when the vendor has voided or deleted it: such a record is never adopted. */
  readonly live: boolean;
};

/** How a lookup ends: it found a record, there is none, or it could not be said (an error class). */
export type LookupResult = { readonly found: false } | VendorRecord | DeliveryFailure;

/**
 * What an adapter must do. `lookup` finds the record by external id; `create` makes it. Both classify their own errors
 * and never throw for an answer of the vendor. A create that the vendor refuses because the id exists already is
 * `ambiguous`: the frame looks again. `renew` forgets token and credentials, so that the next call fetches new ones.
 */
export type AdapterClient = {
  lookup(job: DeliveryJob): Promise<LookupResult>;
  create(job: DeliveryJob, payload: string): Promise<DeliveryOutcome>;
  renew(): void;
};

/** Whether an adapter can be used. `auth`: its credentials are refused; deliveries wait until someone mends them. */
export type AdapterState = {
  readonly adapter: string;
  readonly state: 'ok' | 'auth';
  readonly since: string;
  readonly message?: string;
};
