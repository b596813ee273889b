import { mapBounded } from '../../platform/bounded.ts';
import type { QuarantineCode, QuarantineCount, QuarantineState, QuarantineSummary } from '../types.ts';
import { type QuarantinePage, type QuarantineQuery, STATES } from './quarantine.ts';
import { decodeSummary, partitionOf, SHARDS } from './quarantine-item.ts';
import { cursorOf, isMeant, placeOf, readCursor, type Section, sectionsOf } from './quarantine-places.ts';

/** A stretch of one partition of the index, both ends inclusive. */
export type KeyRange = { readonly partition: string; readonly from: string; readonly to: string };

/** Reads a stretch of the index in order, at most `limit` items. */
type ReadRange = (range: KeyRange, limit: number, keysOnly: boolean) => Promise<readonly Record<string, unknown>[]>;

/** One request looks at so many entries, however few of them match. */
const MOST_LOOKED_AT = 4_000;
/** Entries read at a time where many may not match. */
const STRIDE = 500;
/** Nobody needs to know of more entries of a code than this, and counting them would cost more than it tells. */
const MOST_COUNTED = 10_000;
const QUERIES_AT_ONCE = 16;

/** All partitions of a state: format 1 had one, without a number. */
const partitions = (state: QuarantineState): string[] => [
  state,
  ...Array.from({ length: SHARDS }, (_, shard) => partitionOf(state, shard)),
];

/** The first `limit` entries of a stretch over all partitions, in order. */
const merged = async (read: ReadRange, { state, from, to }: Section, limit: number): Promise<QuarantineSummary[]> => {
  const parts = await mapBounded(partitions(state), QUERIES_AT_ONCE, (partition) =>
    read({ partition, from, to }, limit, false),
  );
  return parts
    .flat()
    .map(decodeSummary)
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    .slice(0, limit);
};

/** A page of the index that a query asks for. */
export const indexedPage = async (
  read: ReadRange,
  { after, ...filter }: QuarantineQuery,
  limit: number,
): Promise<QuarantinePage> => {
  const found: QuarantineSummary[] = [];
  const start = after === undefined ? undefined : readCursor(after);
  const looksInside = Object.keys(filter).some((name) => !['state', 'code', 'from', 'to'].includes(name));
  const stride = looksInside ? STRIDE : limit + 1;
  let looked = 0;
  const pageTo = (entry: QuarantineSummary | undefined) =>
    entry === undefined ? {} : { next: cursorOf({ state: entry.state, place: placeOf(entry) }) };
  for (const section of sectionsOf(filter, start)) {
    let { from } = section;
    for (;;) {
      const some = await merged(read, { ...section, from }, stride);
      for (const entry of some) {
        // The index may show an entry where it was a moment ago.
        if (isMeant(entry, filter)) found.push(entry);
        if (found.length > limit) return { entries: found.slice(0, limit), ...pageTo(found[limit - 1]) };
      }
      const last = some.at(-1);
      looked += some.length;
      if (last === undefined || some.length < stride) break;
      if (looked >= MOST_LOOKED_AT) return { entries: found, ...pageTo(last) };
      from = `${placeOf(last)} `;
    }
  }
  return { entries: found };
};

type Tally = { count: number; more: boolean; oldest: string };

/** Counts one partition: code by code, each only so far, then on to the next code. */
const tally = async (read: ReadRange, partition: string, tallies: Map<string, Tally>): Promise<void> => {
  let from = ' ';
  for (;;) {
    const items = await read({ partition, from, to: '~' }, STRIDE, true);
    let skip: string | undefined;
    for (const { gsi1sk } of items) {
      const [code = '', receivedAt = ''] = String(gsi1sk).split('#');
      if (code === skip) continue;
      const known = tallies.get(code) ?? { count: 0, more: false, oldest: receivedAt };
      tallies.set(code, known);
      if (receivedAt < known.oldest) known.oldest = receivedAt;
      if (known.count >= MOST_COUNTED) {
        known.more = true;
        skip = code;
      } else known.count += 1;
    }
    const last = items.at(-1);
    if (last === undefined || items.length < STRIDE) return;
    const place = String(last.gsi1sk);
    from = place.startsWith(`${skip}#`) ? `${skip}#~` : `${place} `;
  }
};

/** How many entries the index has by state and code, counted up to a bound. */
export const indexedCounts = async (read: ReadRange): Promise<QuarantineCount[]> => {
  const counted = await mapBounded(STATES, STATES.length, async (state) => {
    const tallies = new Map<string, Tally>();
    await mapBounded(partitions(state), QUERIES_AT_ONCE, (partition) => tally(read, partition, tallies));
    return [...tallies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { count, more, oldest }]) => ({ state, code: code as QuarantineCode, count, more, oldest }));
  });
  return counted.flat();
};
