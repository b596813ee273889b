/**
 * The words of the usage ledger (docs/architecture.md). Instants are ISO 8601 UTC with milliseconds; values are
 * decimal strings; hashes are hex unless said otherwise.
 */

/** A usage event as the product sent it: CloudEvents 1.0 structured JSON. */
export type UsageEvent = {
  readonly specversion: '1.0';
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly dataschema: string;
  /** When the producer recorded the event (CloudEvents extension "recordedtime"); lateness is measured against it. */
  readonly recordedtime?: string;
  /** Id of the event (of the same source) that this one takes the place of; with `replacestime` if that had another time. */
  readonly replaces?: string;
  readonly replacestime?: string;
  /** The backfill that the event belongs to: it counts when that is closed. */
  readonly backfill?: string;
  /** The quarantine entry that the line was released from. */
  readonly releasedfrom?: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Where a line came from: a place in the stream. Two deliveries of the same line have the same position. */
export type Position = {
  readonly stream: string;
  readonly shard: string;
  readonly sequence: string;
  /** Index of the line inside its packed record. */
  readonly index: number;
};

/** An event after validation and upcasting, stamped with what ingest knew. Money never relies on the stamp. */
export type CanonicalUsage = {
  /** `cancellation`: says nothing of usage by itself. */
  readonly kind: 'usage' | 'cancellation';
  readonly event: UsageEvent;
  /** 16 bytes, hex: hash of (source, id). */
  readonly idHash: string;
  /** 8 bytes, hex: hash of the canonical event; differs when the same id comes with another body. */
  readonly bodyHash: string;
  readonly slot: Slot;
  /**
   * The event that this line cancels (a cancellation or a replacement): its id hash and its slot, in the same overlay as
   * this line's.
   */
  readonly cancels?: { readonly idHash: string; readonly slot: Slot };
  /** Arrived later than the environment's `lateAfter` behind its time. */
  readonly late: boolean;
  readonly stamp?: { readonly account: string; readonly plan: string; readonly salesRegion: string };
  readonly position: Position;
  readonly pointer: ArchivePointer;
};

/** 15 minutes of event time of a subject, for everyone and for ever. */
export type Slot = {
  readonly subject: string;
  /** Start of the slot, e.g. `2026-10-01T00:15:00.000Z`. */
  readonly start: string;
  /** The backfill whose overlay this chain is; absent for the live chain. */
  readonly overlay?: string;
};

/** A line in the archive: object key and line number in it. */
export type ArchivePointer = { readonly key: string; readonly line: number };

/**
 * What one append does to one state key (meter, meter version, dimensions).
 * Scalars are *running* for the slot; sets and points are *deltas*, unioned on read.
 */
export type KeyState =
  | {
      readonly class: 'scalar';
      readonly count: number;
      readonly sum: string;
      readonly min: string;
      readonly max: string;
      readonly latest: Point;
    }
  | { readonly class: 'set'; readonly values: readonly string[] }
  | { readonly class: 'points'; readonly points: readonly Point[] };

/** A sampled value. Ties in time are ordered by id hash, so order of arrival never matters. */
export type Point = { readonly time: string; readonly value: string; readonly idHash: string };

/** The text of a state key: canonical JSON of `[meter, meterVersion, {dimension: value}]`. */
export type StateKey = string;

/** One append of a slot's chain, as read. */
export type Append = {
  /** 2: with `cancels`, restating, or of an overlay. All others are 1. */
  readonly format: 1 | 2;
  readonly slot: Slot;
  /** 1, 2, 3, ... within the slot. */
  readonly version: number;
  readonly ids: readonly { readonly idHash: string; readonly bodyHash: string }[];
  /** The events that this append cancels for ever, whether they came before or come later. Absent: none. */
  readonly cancels?: readonly Tombstone[];
  readonly states: Readonly<Record<StateKey, KeyState>>;
  readonly pointers: readonly ArchivePointer[];
  readonly late: number;
  /** Newest event time in the slot so far. */
  readonly newestTime: string;
  readonly stamp?: CanonicalUsage['stamp'];
  readonly appendedAt: string;
  /** True for a restating append: `states` are the whole truth of the chain so far, readers ignore those before it. */
  readonly full: boolean;
  /** Hash of the previous append of the slot; 64 zeros for the first. */
  readonly previousHash: string;
  readonly hash: string;
};

/** That an event of the slot is cancelled, for ever. */
export type Tombstone = {
  readonly idHash: string;
  /** Index in the append's `ids` of the line that asked. */
  readonly line: number;
  /** That line is no usage of this slot: a cancellation, or a replacement whose own usage lies in another slot. */
  readonly alone: boolean;
};

/** What was read of a ledger range: each slot's version then. Absent slots are version 0. */
export type SlotPin = {
  readonly subject: string;
  readonly start: string;
  /** Version and hash of the live chain. */
  readonly version: number;
  readonly hash: string;
  /**
   * The overlay chains of closed backfills that count in the slot too, in the order in which they were closed: an event in
   * two counts where it was first. Absent: none.
   */
  readonly overlays?: readonly { readonly backfill: string; readonly version: number; readonly hash: string }[];
};

/** Usage of one meter and one set of dimension values over an interval, ready to be rated or shown. */
export type MeteredUsage = {
  readonly meter: string;
  readonly meterVersion: number;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** The aggregate over the whole interval: count, sum, distinct values, time-weighted average, latest. */
  readonly quantity: string;
  /** The value in force at the end of each local day, for meters that are prorated by day (LATEST). */
  readonly daily?: readonly { readonly day: string; readonly value: string }[];
};

/** A quarantine entry: the rejected line, whole, and why. */
export type QuarantineEntry = {
  readonly id: string;
  readonly position: Position;
  readonly code: QuarantineCode;
  /** JSON pointer of what was wrong, `""` for the whole line. */
  readonly path: string;
  /** What was wrong and how to mend it, one sentence. */
  readonly message: string;
  /** The line, whole: text, or base64 if it is not UTF-8. */
  readonly body: string;
  readonly bodyEncoding: 'utf8' | 'base64';
  /** Set if the line is too large for the table: `body` is its beginning, the whole lies in the archive at `pointer`. */
  readonly bodyCut?: true;
  /** Where the line lies in the archive. */
  readonly pointer: ArchivePointer;
  /** For `CONFLICT`: where the event lies that was accepted first under the same id. */
  readonly accepted?: ArchivePointer;
  readonly receivedAt: string;
  readonly state: QuarantineState;
  /** What the line says of itself, as far as it can be read. */
  readonly subject?: string;
  readonly eventId?: string;
  readonly type?: string;
  readonly source?: string;
  readonly dataschema?: string;
  /** The time of the event, as it was sent. */
  readonly time?: string;
  /** The entry that this line was released from, when it was refused again. */
  readonly releasedFrom?: string;
  readonly release?: QuarantineRelease;
  readonly writeOff?: QuarantineWriteOff;
};

/**
 * How a line in quarantine stands. `releasing`: a person has decided, and the line is on its way to the stream; what was
 * decided is finished by releasing it once more.
 */
export type QuarantineState = 'waiting' | 'releasing' | 'released' | 'written-off';

/** That a line was put on the stream again: who said so, when, why, and what was changed. */
export type QuarantineRelease = {
  readonly by: string;
  readonly at: string;
  readonly note: string;
  /** The line as it was edited; absent if it went as it came. */
  readonly body?: string;
  /** It was put although it was expected to be refused again. */
  readonly forced?: true;
  /** The job that released it among others. */
  readonly job?: string;
  /** Where the released line lies in the stream. */
  readonly position?: Position;
};

/** That a line will never be counted: who said so, when and why. */
export type QuarantineWriteOff = {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  readonly job?: string;
};

/** An entry without the line itself, as lists give it. */
export type QuarantineSummary = Omit<QuarantineEntry, 'body' | 'bodyEncoding' | 'bodyCut' | 'release'> & {
  readonly release?: Omit<QuarantineRelease, 'body'>;
};

/** How many entries there are of a code in a state. `more`: it was counted no further. */
export type QuarantineCount = {
  readonly state: QuarantineState;
  readonly code: QuarantineCode;
  readonly count: number;
  readonly more: boolean;
  /** When the oldest of them arrived. */
  readonly oldest: string;
};

/** Why a line is in quarantine. */
export type QuarantineCode =
  | 'BAD_ENCODING'
  | 'NOT_JSON'
  | 'NOT_CLOUDEVENT'
  | 'UNKNOWN_TYPE'
  | 'UNKNOWN_VERSION'
  | 'SCHEMA'
  | 'NUMBER_PRECISION'
  | 'BAD_TIME'
  | 'IN_FUTURE'
  | 'TOO_OLD'
  | 'TOO_LARGE'
  | 'CONFLICT'
  | 'UNKNOWN_BACKFILL'
  | 'BACKFILL_NOT_OPEN'
  | 'UNFORESEEN';

/** Who did something, and when. */
export type Deed = { readonly by: string; readonly at: string };

/**
 * Corrections that count together or not at all: events, cancellations and replacements that name it. Open, it takes them;
 * sealed, its content is fixed and can be looked at; closed, it counts; reverted, it never does again.
 */
export type Backfill = {
  readonly backfillId: string;
  /** `sealing`: its content is being fixed. */
  readonly state: 'open' | 'sealing' | 'sealed' | 'closed' | 'reverted';
  /** What it corrects and why, one sentence. */
  readonly reason: string;
  readonly opened: Deed;
  readonly sealed?: Deed;
  readonly closed?: Deed;
  readonly reverted?: Deed & { readonly reason: string };
  /** What was fixed when it was sealed. */
  readonly content?: BackfillContent;
};

/** What is fixed of a backfill, and what it would change. */
export type BackfillContent = {
  readonly subjects: number;
  /** UTC days of subjects, slots of them, and lines: events and cancellations. */
  readonly days: number;
  readonly slots: number;
  readonly lines: number;
  /** Figures that change, of so many accounts (subjects that belong to nobody count as one each). */
  readonly changes: number;
  readonly accounts: number;
};

/** What closing a backfill changes: one figure of an account in a calendar month of its zone. */
export type BackfillChange = {
  /** Absent for a subject that belongs to nobody. */
  readonly account?: string;
  readonly subject?: string;
  readonly period: { readonly start: string; readonly end: string; readonly zone: string };
  readonly meter: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Absent: there is no such figure. */
  readonly before?: string;
  readonly after?: string;
  /** Days of the period on which a value that goes on (seats) is another one at their end, if there are any. */
  readonly days?: number;
};
