import { mapBounded } from '../../platform/bounded.ts';
import { firstKeyOf, type RunEntry, type RunReader } from './id-run.ts';
import { type Sighting, slotKey } from './same-id.ts';
import { commonKeys, keyList, keySieve, repeatedKeys } from './sorted-keys.ts';

/** A run that can be opened. */
export type Run = () => Promise<RunReader>;

/** The runs that a sweep looks at. */
export type SweepRuns = {
  /** Those of this walk, with all ids in them. */
  readonly fresh: readonly Run[];
  /** Those of the walks before it, up to the horizon. */
  readonly earlier: readonly Run[];
};

/** The ids whose hash begins with the bytes `first` to `last`. */
export type Prefix = { readonly first: number; readonly last: number };

const BYTES = 256;
/** New ids looked at in one pass: their keys take 8 bytes each, and as much again while they are put together. */
const IDS_PER_PASS = 2 ** 25;
/** Ids of interest whose places are gathered at a time. */
const SIGHTINGS_AT_A_TIME = 100_000;
const RUNS_AT_A_TIME = 4;

/** How many passes so many new ids take: a power of two. The runs are not ordered by it, so it may differ at every walk. */
export const passesFor = (newIds: number, perPass = IDS_PER_PASS): number =>
  Math.min(BYTES, 2 ** Math.ceil(Math.log2(Math.max(1, newIds / perPass))));

/** The prefix of one of some passes. */
export const prefixOf = (pass: number, passes: number): Prefix => ({
  first: (pass * BYTES) / passes,
  last: ((pass + 1) * BYTES) / passes - 1,
});

/** All keys of some runs, sorted. */
const sortedKeys = async (readers: readonly RunReader[], { first, last }: Prefix): Promise<Float64Array> => {
  const parts = await mapBounded(readers, RUNS_AT_A_TIME, async (reader) => (await reader.keys(first, last)).keys);
  const all = new Float64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
};

/** What a sweep is to look up: keys, and the runs that have them. */
type Wanted = { readonly keys: Float64Array; readonly readers: readonly RunReader[] };

/** The keys that came again (twice in this walk, or in it and before it), and those that were cancelled in it. */
const wantedOf = async ({ fresh, earlier }: SweepRuns, prefix: Prefix): Promise<Wanted> => {
  const found = keyList();
  const readers = await mapBounded(fresh, RUNS_AT_A_TIME, (run) => run());
  const keys = await sortedKeys(readers, prefix);
  repeatedKeys(keys, found.add);
  await mapBounded(readers, RUNS_AT_A_TIME, async (reader) => {
    for (const key of await reader.cancelledKeys(prefix.first, prefix.last)) found.add(key);
  });
  if (keys.length > 0 && earlier.length > 0) {
    const sieve = keySieve(keys, firstKeyOf(prefix.first), firstKeyOf(prefix.last + 1));
    const olds = await mapBounded(earlier, RUNS_AT_A_TIME, async (run) => {
      const reader = await run();
      let some = false;
      commonKeys(sieve((await reader.keys(prefix.first, prefix.last)).keys), keys, (_, key) => {
        found.add(key);
        some = true;
      });
      return some ? [reader] : [];
    });
    readers.push(...olds.flat());
  }
  return { keys: found.sorted(), readers };
};

/** The first byte of the hash of a key. */
const byteOf = (key: number): number => Math.floor(key / firstKeyOf(1));

/** Wanted keys, cut between two bytes where they become too many to gather at once. */
const stretchesOf = (keys: Float64Array): (Prefix & { readonly keys: Float64Array })[] => {
  const cut: (Prefix & { readonly keys: Float64Array })[] = [];
  for (let from = 0, to = 0; from < keys.length; from = to) {
    const first = byteOf(keys[from] ?? 0);
    let last = first;
    while (to < keys.length && (to - from < SIGHTINGS_AT_A_TIME || byteOf(keys[to] ?? 0) === last)) {
      last = byteOf(keys[to] ?? 0);
      to += 1;
    }
    cut.push({ first, last, keys: keys.slice(from, to) });
  }
  return cut;
};

const sightingsOf = (entries: readonly RunEntry[]): Sighting[] =>
  [...Map.groupBy(entries, ({ idHash }) => idHash)].map(([idHash, same]) => ({
    idHash,
    accepted: same.filter(({ cancels }) => !cancels).map(({ place }) => place),
    cancelled: new Set(same.filter(({ cancels }) => cancels).map(({ place }) => slotKey(place))),
  }));

/** What was seen of the ids up to those whose hash begins with the byte `last`. */
export type Stretch = { readonly last: number; readonly sightings: readonly Sighting[] };

/**
 * Finds the ids of a prefix that came again, one list after another: each id with every append of the horizon that accepted
 * or cancelled it. An id that is new and alone is not among them.
 *
 * Held at a time: the keys of the new ids of the prefix, one earlier run's keys, and the places of a hundred thousand ids
 * that came again; never the ids of the earlier walks.
 */
export async function* sweepPrefix(runs: SweepRuns, prefix: Prefix): AsyncGenerator<Stretch> {
  const wanted = await wantedOf(runs, prefix);
  for (const { first, last, keys } of stretchesOf(wanted.keys)) {
    const entries = await mapBounded(wanted.readers, RUNS_AT_A_TIME, async (reader) => {
      const own = await reader.keys(first, last);
      const indexes: number[] = [];
      commonKeys(own.keys, keys, (index) => indexes.push(own.index + index));
      return reader.entries(indexes);
    });
    yield { last, sightings: sightingsOf(entries.flat()) };
  }
}
