import { LRUCache } from 'lru-cache';
import { KNOWN_SLOTS_BYTES, type KnownSlots, knownSlots } from './known-slots.ts';

/** No run of a writer lasts longer: the limit of a Lambda. */
export const LONGEST_RUN_MILLIS = 15 * 60_000;
/** A writer trusts a mark that it set so short a time ago, instead of setting it again at each batch. */
export const MARK_TRUST_MILLIS = 5 * 60_000;
/** How far the clocks of two workers may differ. */
export const CLOCK_SKEW_MILLIS = 60_000;
/** A mark may be cleared when it is older: by then every writer that relied on it has ended. */
export const MARK_CLEARABLE_MILLIS = LONGEST_RUN_MILLIS + MARK_TRUST_MILLIS + CLOCK_SKEW_MILLIS;

/** A day is settled early when a writer has appended so often to its open slots. */
export const EARLY_AFTER_APPENDS = 32;

/** What a warm writer remembers between batches. Losing it costs reads, never an event. */
export type WriterMemory = {
  readonly slots: KnownSlots;
  /** Subjects known to be registered. */
  readonly registered: { has(subject: string): boolean; add(subject: string): void };
  /** Days known to be noted as touched by a backfill (`placeText`). */
  readonly touched: { has(place: string): boolean; add(place: string): void };
  /** Slots, by their start, that this writer marked dirty a short time ago. */
  readonly marks: {
    holds(subject: string, start: string, nowMillis: number): boolean;
    note(subject: string, start: string, atMillis: number): void;
  };
  /** Days with appends to open slots since they were last asked for here: what a reader must read from the ledger. */
  readonly unsettled: {
    count(subject: string, day: string): void;
    /** The days that have come to have many; they begin anew. */
    takeDue(): { readonly subject: string; readonly day: string }[];
  };
  /** The newest slot of a subject that this writer appended to. */
  readonly newestSlot: { get(subject: string): string | undefined; raise(subject: string, start: string): void };
};

/** A bounded map. Bounded by size, because a bound by count would take all its memory at once, at every cold start. */
const bounded = <V extends NonNullable<unknown>>() =>
  new LRUCache<string, V>({ maxSize: 50_000, sizeCalculation: () => 1 });

/** A new worker's memory. */
export const writerMemory = (
  slotBytes: number = KNOWN_SLOTS_BYTES,
  earlyAfter: number = EARLY_AFTER_APPENDS,
): WriterMemory => {
  const registered = bounded<true>();
  const touched = bounded<true>();
  const marked = bounded<number>();
  const newest = bounded<string>();
  const unsettled = bounded<number>();
  return {
    slots: knownSlots(slotBytes),
    registered: {
      has: (subject) => registered.has(subject),
      add: (subject) => {
        registered.set(subject, true);
      },
    },
    touched: {
      has: (place) => touched.has(place),
      add: (place) => {
        touched.set(place, true);
      },
    },
    marks: {
      holds: (subject, start, nowMillis) => {
        const at = marked.get(`${subject}#${start}`);
        return at !== undefined && nowMillis - at < MARK_TRUST_MILLIS;
      },
      note: (subject, start, atMillis) => {
        marked.set(`${subject}#${start}`, atMillis);
      },
    },
    unsettled: {
      count: (subject, day) => {
        const key = `${subject}#${day}`;
        unsettled.set(key, (unsettled.get(key) ?? 0) + 1);
      },
      takeDue: () => {
        const due = [...unsettled.entries()].filter(([, appends]) => appends >= earlyAfter);
        return due.map(([key]) => {
          unsettled.delete(key);
          const at = key.lastIndexOf('#');
          return { subject: key.slice(0, at), day: key.slice(at + 1) };
        });
      },
    },
    newestSlot: {
      get: (subject) => newest.get(subject),
      raise: (subject, start) => {
        if (start > (newest.get(subject) ?? '')) newest.set(subject, start);
      },
    },
  };
};
