import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { Archive, ArchiveLine } from '../archive/archive.ts';
import { bodyHashOf, idHashOf } from '../events/event-identity.ts';
import { normalTime } from '../events/event-time.ts';
import { upcast } from '../events/upcasters.ts';
import { readEnvelope } from '../events/validate.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import { partitionKey, utcDay } from '../ledger/slot.ts';
import { classOf, parseStateKey } from '../ledger/state.ts';
import type { Append, ArchivePointer, SlotPin, StateKey, UsageEvent } from '../types.ts';

/** One event behind a number: as it was sent, where it lies, and which append counted it. */
export type ExplainedEvent = {
  readonly subject: string;
  readonly slot: string;
  /** Version of the append in its slot, and its hash. */
  readonly version: number;
  readonly hash: string;
  readonly idHash: string;
  readonly pointer: ArchivePointer;
  readonly archived: ArchiveLine;
  /** The event after upcasting. */
  readonly event: UsageEvent;
};

export type ExplainRequest = {
  /** What the number was made from, ordered by subject and start. */
  readonly pins: readonly SlotPin[];
  /** Every version of every meter. */
  readonly meters: readonly CatalogEntry<Meter>[];
  /** Only events that this meter measured; with `dimensions`, only those with these values. */
  readonly meter?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Where the page before ended. */
  readonly after?: string;
  readonly limit: number;
};

export type Explanation = { readonly items: readonly ExplainedEvent[]; readonly next?: string };

const LINES_AT_A_TIME = 16;
/** A page ends after about so many lines were looked at, however few of them it shows: a request has 29 seconds. */
const LINES_PER_PAGE = 5_000;

/** A place among the pins: subject, slot, version and index, padded so that text order is place order. */
const place = ({ subject, start }: SlotPin, version: number, index: number): string =>
  [subject, start, String(version).padStart(8, '0'), String(index).padStart(6, '0')].join('|');

/** The event of a line that was accepted, as it was sent. @throws {Error} if the line is none: the archive is not what was written. */
const eventOf = ({ line, position }: ArchiveLine): UsageEvent => {
  const envelope = readEnvelope(line);
  const time = 'event' in envelope ? normalTime(envelope.event.time) : undefined;
  if (!('event' in envelope) || time === undefined) {
    throw new Error(`the line at ${canonicalJson(position)} is not the event that was accepted from there`);
  }
  return { ...envelope.event, time };
};

/**
 * From pins to the very events: pins → appends up to the pinned version → their archive pointers → lines. In order of
 * subject, slot, append and place in it, page by page; a page may be short, or empty, and yet have a `next`.
 * @throws {Error} if a chain does not end, at its pinned version, in the append that was pinned, or a line holds another
 *   event than its append says.
 */
export const explain = async (
  { ledger, archive }: { readonly ledger: LedgerStore; readonly archive: Pick<Archive, 'line'> },
  { pins, meters, meter, dimensions, after = '', limit }: ExplainRequest,
): Promise<Explanation> => {
  const index = meterIndex(meters);
  const matches = (key: StateKey): boolean => {
    const parts = parseStateKey(key);
    if (parts === undefined || parts.meter !== meter) return false;
    return Object.entries(dimensions ?? {}).every(([name, value]) => parts.dimensions[name] === value);
  };
  const wanted = (event: UsageEvent, idHash: string): boolean =>
    meter === undefined || index.contributions({ event, idHash }).some(({ key }) => matches(key));
  // An append names the keys it touches, but of a set only when a value is new: then every line must be looked at.
  const isSet = meters.some(({ id, body }) => id === meter && classOf(body.aggregation) === 'set');
  const mayHold = ({ states }: Append): boolean => meter === undefined || isSet || Object.keys(states).some(matches);

  const items: ExplainedEvent[] = [];
  let looked = 0;
  let day: { readonly key: string; readonly chains: ReadonlyMap<string, readonly Append[]> } | undefined;
  /** The appends of a pinned slot, read with its whole day: a month of pins takes 31 queries, not one per slot. */
  const chainOf = async ({ subject, start, version }: SlotPin): Promise<readonly Append[]> => {
    const key = partitionKey(subject, utcDay(start));
    if (day?.key !== key) {
      const { appends } = await ledger.day(subject, utcDay(start));
      day = { key, chains: Map.groupBy(appends, ({ slot }) => slot.start) };
    }
    return (day.chains.get(start) ?? []).filter((append) => append.version <= version);
  };
  for (const pin of pins) {
    if (place(pin, 99_999_999, 999_999) <= after) continue;
    const chain = await chainOf(pin);
    if (chain.at(-1)?.hash !== pin.hash) throw new Error(`slot ${pin.start} of ${pin.subject} is not what was pinned`);
    for (const append of chain.filter(mayHold)) {
      const places = append.ids
        .map((id, n) => ({ ...id, at: place(pin, append.version, n), pointer: append.pointers[n] }))
        .filter(({ at }) => at > after);
      const explained = await mapBounded(places, LINES_AT_A_TIME, async ({ idHash, bodyHash, at, pointer }) => {
        if (pointer === undefined) throw new Error(`append ${at} does not say where its event lies`);
        const archived = await archive.line(pointer);
        const sent = eventOf(archived);
        if (idHashOf(sent) !== idHash || bodyHashOf(sent) !== bodyHash) {
          throw new Error(`${pointer.key} line ${pointer.line} is not event ${idHash} as it was accepted`);
        }
        const event = upcast(sent);
        const { version, hash } = append;
        return { at, item: { subject: pin.subject, slot: pin.start, version, hash, idHash, pointer, archived, event } };
      });
      for (const { at, item } of explained) {
        if (!wanted(item.event, item.idHash)) continue;
        items.push(item);
        if (items.length === limit) return { items, next: at };
      }
      looked += places.length;
      const last = places.at(-1);
      if (looked >= LINES_PER_PAGE && last !== undefined) return { items, next: last.at };
    }
  }
  return { items };
};
