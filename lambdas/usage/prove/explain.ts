import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import type { Archive, ArchiveLine } from '../archive/archive.ts';
import { upcast } from '../events/upcasters.ts';
import { acceptedEvent } from '../ledger/accepted-line.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import { classOf, parseStateKey } from '../ledger/state.ts';
import type { Append, ArchivePointer, SlotPin, StateKey, UsageEvent } from '../types.ts';
import { chainLines, pinnedChains } from './counted-lines.ts';

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

/** A place among the pins: subject, slot, layer, version and line, padded so that text order is place order. */
const place = ({ subject, start }: SlotPin, layer: number, version: number, n: number): string => {
  const numbers = [
    [layer, 3],
    [version, 8],
    [n, 6],
  ] as const;
  return [subject, start, ...numbers.map(([number, digits]) => String(number).padStart(digits, '0'))].join('|');
};

/** Whether an append may have brought events under a key. `later` are the appends of its chain from it on. */
const mayHold = (append: Append, later: readonly Append[], matches: (key: StateKey) => boolean): boolean =>
  // A restating append says what all before it come to, by meters that those did not know yet.
  [append, ...later.filter(({ full }) => full)].some(({ states }) => Object.keys(states).some(matches));

/**
 * From pins to the very events: pins → appends up to the pinned version, of closed backfills too → their archive pointers
 * → lines. Only events that count: not what is cancelled or replaced. In order of subject, slot, append and place in it,
 * page by page; a page may be short, or empty, and yet have a `next`.
 * @throws {Error} if a chain does not end, at its pinned version, in the append that was pinned, or a line holds another
 *   event than its append says.
 */
export const explain = async (
  { ledger, archive }: { readonly ledger: Pick<LedgerStore, 'day'>; readonly archive: Pick<Archive, 'line'> },
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
  const chainsOf = pinnedChains(ledger);

  const items: ExplainedEvent[] = [];
  let looked = 0;
  for (const pin of pins) {
    if (place(pin, 999, 99_999_999, 999_999) <= after) continue;
    const chains = await chainsOf(pin);
    const looksAt = new Set(
      chains.flatMap((chain) =>
        chain.filter((append, at) => meter === undefined || isSet || mayHold(append, chain.slice(at), matches)),
      ),
    );
    const lines = chainLines(chains)
      .filter(({ append, role }) => role === 'counted' && looksAt.has(append))
      .map((line) => ({ line, at: place(pin, line.layer, line.append.version, line.n) }))
      .filter(({ at }) => at > after);
    for (let from = 0; from < lines.length; from += LINES_AT_A_TIME) {
      const some = lines.slice(from, from + LINES_AT_A_TIME);
      const explained = await mapBounded(some, LINES_AT_A_TIME, async ({ line, at }) => {
        const archived = await archive.line(line.pointer);
        const event = upcast(acceptedEvent(archived, line));
        const { version, hash } = line.append;
        const { idHash, pointer } = line;
        return { at, item: { subject: pin.subject, slot: pin.start, version, hash, idHash, pointer, archived, event } };
      });
      for (const { at, item } of explained) {
        if (!wanted(item.event, item.idHash)) continue;
        items.push(item);
        if (items.length === limit) return { items, next: at };
      }
      looked += some.length;
      const last = some.at(-1);
      if (looked >= LINES_PER_PAGE && last !== undefined) return { items, next: last.at };
    }
  }
  return { items };
};
