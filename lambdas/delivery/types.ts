/** The delivery frame (DESIGN section 7): everything about reaching a vendor that is not the vendor. */

/** How a try can end. The first two are success; the rest are error classes. */
export type DeliveryOutcome =
  | { readonly outcome: 'posted' | 'accepted'; readonly vendorId: string; readonly total?: string }
  | {
      readonly outcome: 'transient' | 'throttled' | 'auth' | 'closed-period' | 'rejected' | 'ambiguous';
      readonly code: string;
      readonly message: string;
    };

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
  /** What must be equal before an existing vendor record is adopted. */
  readonly expect: { readonly currency?: string; readonly total?: string; readonly customerId?: string };
};

/** Where a delivery stands. */
export type DeliveryState = 'queued' | 'sending' | 'posted' | 'accepted' | 'parked' | 'failed' | 'waiting' | 'unknown';

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

/** One journal entry: one try. */
export type DeliveryAttempt = {
  readonly number: number;
  readonly at: string;
  readonly step: 'lookup' | 'create' | 'adopt' | 'token';
  readonly outcome: DeliveryOutcome['outcome'];
  readonly code?: string;
  readonly message?: string;
  readonly millis: number;
};

/**
 * What an adapter must do. `lookup` finds the record by external id; `create` makes it. Both classify their own errors
 * and never throw for an answer of the vendor.
 */
export type AdapterClient = {
  lookup(
    job: DeliveryJob,
  ): Promise<
    | { readonly found: false }
    | {
        readonly found: true;
        readonly vendorId: string;
        readonly total?: string;
        readonly currency?: string;
        readonly customerId?: string;
        readonly live: boolean;
      }
    | DeliveryOutcome
  >;
  create(job: DeliveryJob, payload: string): Promise<DeliveryOutcome>;
};
