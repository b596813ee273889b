import type { CatalogEntry, CatalogReader, Meter } from '../catalog/types.ts';
import type { DeliveryJob, DeliveryStatus } from '../delivery/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Interval, Period } from '../platform/period.ts';
import type { Opening } from '../rating/types.ts';
import type { DetailedUsage, DetailsWanted } from '../usage/read/usage-details.ts';
import type { SlotPin } from '../usage/types.ts';
import type { CloseStore } from './close-store.ts';
import type { DataFiles } from './data-files.ts';
import type { CloseDates } from './names.ts';
import type { WaitingCount } from './quarantine-count.ts';
import type { PlannedSubject } from './records.ts';

/** What a close needs of the rest of the house, small enough to stand in for by hand. */

/** Usage of an account's subjects, read strongly from the ledger, with what it was made from. */
export type UsageReading = {
  readonly usage: readonly DetailedUsage[];
  readonly pins: readonly SlotPin[];
  readonly usageHash: string;
  readonly carryOut: Opening['carryIn'];
  /** Accepted events that no key counts yet. */
  readonly overflow: readonly { readonly meter: string }[];
  /** Meters that the ledger knows and the catalog does not. */
  readonly unknownMeters: readonly string[];
};

/** A subject without an owner in (a part of) an interval, and how many of its events lie there. */
export type OwnerlessSubject = { readonly subject: string; readonly events: number };

/** One id counted at two times, found by a walk and not settled: nobody decided, or the cancellations are under way. */
export type TwiceCounted = {
  readonly idHash: string;
  readonly state: 'open' | 'cancelling';
  readonly slots: readonly { readonly subject: string; readonly start: string }[];
};

/** How a finding stands: not there or settled means that it holds nobody; and who decided it last. */
export type FindingStands = { readonly isSettled: boolean; readonly by?: string };

/** Last values by the key of a carried value: `[meter, dimensions, subject]` as canonical JSON. */
export type LastValues = Opening['carryIn'];

export type UsageRequest = {
  readonly subjects: readonly PlannedSubject[];
  /** The part of the period that the contract covers: averages are over exactly this. */
  readonly period: Period;
  readonly carryIn: Opening['carryIn'];
  readonly meters: readonly CatalogEntry<Meter>[];
  /** What prices need of some meters beside the quantity. */
  readonly details?: DetailsWanted;
};

export type UsagePort = {
  read(request: UsageRequest): Promise<UsageReading>;
  /**
   * The usage as it was when it was pinned; of the pins those of the subjects count.
   * @throws {PinnedSlotError} if the ledger is not what was pinned.
   */
  readPinned(request: UsageRequest & { readonly pins: readonly SlotPin[] }): Promise<UsageReading>;
  /**
   * The last values of a subject's meters that go on, before `until` and from `from` on (absent: from its first event).
   */
  lastValues(request: {
    readonly subject: string;
    readonly from?: string;
    readonly until: string;
    readonly meters: readonly CatalogEntry<Meter>[];
  }): Promise<LastValues>;
  /** Days with late usage that may not be settled yet. */
  dirtyDays(interval: Interval): Promise<number>;
  ownerless(interval: Interval): Promise<OwnerlessSubject[]>;
  /** The ids of these subjects that are counted at two times, with a place in the interval; at most `limit`. */
  twiceCounted(subjects: readonly string[], interval: Interval, limit: number): Promise<TwiceCounted[]>;
  twiceCountedStands(idHash: string): Promise<FindingStands>;
  /** Who decided that ids of a subject count once or several times, with a place in the interval. */
  twiceCountedDeciders(subject: string, interval: Interval): Promise<string[]>;
};

/** What the ERP answers about a posting period and about its own totals. Throws if it cannot be asked. */
export type ErpPort = {
  readPeriod(
    date: string,
    correlationId: string,
  ): Promise<{ readonly name: string; readonly open: boolean } | undefined>;
  readTotals(
    externalIds: readonly string[],
    correlationId: string,
  ): Promise<
    readonly {
      readonly externalId: string;
      readonly vendorId: string;
      readonly kind: 'invoice' | 'credit-memo' | 'deposit-application';
      readonly currency: string;
      readonly total: string;
    }[]
  >;
};

/** The delivery frame as a close uses it. */
export type DeliveryPort = {
  enqueue(jobs: readonly DeliveryJob[]): Promise<void>;
  statuses(adapter: string, deliveryIds: readonly string[]): Promise<readonly DeliveryStatus[]>;
};

/** Counts by sales region; never by account. */
export type CloseMetrics = {
  exceptionsOpen(salesRegion: string, count: number): void;
  documentsDisputed(salesRegion: string, count: number): void;
  reconciliationBreaks(salesRegion: string, count: number): void;
};

/** Which corrections the company makes no document of: too small to bill or credit, and too old for it. */
export type CorrectionSettings = {
  /** In minor units of each currency, e.g. 50 cents or 50 yen; 0: none is too small. */
  readonly carryBelowMinorUnits: number;
  readonly writeOffAfterDays: number;
};

export type ClosePorts = {
  readonly clock: Clock;
  readonly store: CloseStore;
  readonly files: DataFiles;
  readonly catalog: CatalogReader;
  readonly usage: UsagePort;
  readonly erp: ErpPort;
  readonly delivery: DeliveryPort;
  readonly quarantine: { waiting(): Promise<WaitingCount> };
  readonly metrics: CloseMetrics;
  readonly graceHours: number;
  readonly corrections: CorrectionSettings;
  /**
   * Starts another run of dates that are done, limited to some accounts (absent: all). Nothing happens while a close of
   * them is open or failed: it looks at its own opening when it ends.
   */
  readonly rateAgain: (
    request: CloseDates & { readonly accounts?: readonly string[]; readonly startedBy?: string },
  ) => Promise<void>;
};

/** How a step ends: always a value. The state machine branches on `ok` and `code`, never on the name of an error. */
export type StepResult =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A step that ends well, with what the next states need. */
export const ok = (values: Readonly<Record<string, unknown>> = {}): StepResult => ({ ok: true, ...values });
/** A step that cannot go on, and why, in words. */
export const refused = (code: string, message: string): StepResult => ({ ok: false, code, message });
