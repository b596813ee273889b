/** The words of the emitter. Times are milliseconds since 1970, sizes are bytes. */

/** A usage event: CloudEvents 1.0 in JSON. docs/emitting-events.md says what each attribute means. */
export type UsageEvent = {
  readonly specversion: '1.0';
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** The account, as the product names it. Events of one subject are delivered in the order in which they were emitted. */
  readonly subject: string;
  /** When the usage happened, RFC 3339 with a zone. */
  readonly time: string;
  readonly dataschema: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** CloudEvents extensions: `recordedtime`, `replaces`, `replacestime`, `backfill`. */
  readonly [extension: string]: unknown;
};

/** Events of one subject as they travel: gzip of one event per line, each line ended. */
export type Pack = {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Number of events in it. */
  readonly events: number;
  /** Size when unpacked. */
  readonly rawBytes: number;
};

/** An event that the far side refused by itself; its neighbours in the pack were taken. */
export type Rejection = {
  /** Which event of the pack, from 0. */
  readonly index: number;
  readonly code: string;
  /** JSON pointer of what is wrong. */
  readonly path: string;
  readonly message: string;
};

/**
 * What became of a pack. `delivered`: it is durable, but for the events in `rejections`. `again`: it may or may not have
 * arrived; `afterMillis` says that the far side wants to be left alone for so long. `refused`: another try cannot help.
 */
export type Outcome =
  | { readonly status: 'delivered'; readonly rejections?: readonly Rejection[] }
  | { readonly status: 'again'; readonly reason: string; readonly afterMillis?: number }
  | { readonly status: 'refused'; readonly reason: string };

/** What a transport can carry. */
export type TransportLimits = {
  readonly packEvents: number;
  /** Of a pack, unpacked. */
  readonly packBytes: number;
  readonly callPacks: number;
  readonly callEvents: number;
  /** Of all packs of a call, as sent. */
  readonly callBytes: number;
  /** Of all packs of a call, unpacked. */
  readonly callRawBytes: number;
};

/** The way to Meterbridge. */
export type Transport = {
  readonly limits: TransportLimits;
  /**
   * Sends packs, each of another subject, in one call. Answers one outcome per pack, in order. What it throws means that
   * nobody knows what arrived: all packs are sent again. `signal` ends a call that takes too long.
   */
  send(packs: readonly Pack[], signal: AbortSignal): Promise<readonly Outcome[]>;
};

/** Time, from outside, so that tests can hold it. */
export type Clock = {
  nowMillis(): number;
  /** Runs something once after so many milliseconds; the answer cancels it. */
  after(millis: number, run: () => void): () => void;
};

/** Why events could not be delivered. */
export type UndeliveredReason = {
  /**
   * `REJECTED`: the far side refused this event. `REFUSED`: it refused the whole call, for good. `GAVE_UP`: it did not
   * take them in `giveUpAfterMillis`. `CLOSED`: the deadline of `close` passed. After the last two, they may have arrived
   * all the same; to send them again does no harm, because an event is counted once.
   */
  readonly code: 'REJECTED' | 'REFUSED' | 'GAVE_UP' | 'CLOSED';
  readonly message: string;
  /** For `REJECTED`: what is wrong with the event. */
  readonly rejection?: Omit<Rejection, 'index'>;
};
