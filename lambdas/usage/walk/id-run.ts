import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * A run: the ids of many appends, sorted by hash, as one object whose parts can be read by themselves.
 *
 * ```
 *        0  257 × uint32   index of the first id whose hash begins with byte 0, 1, ... 255; last: how many ids there are
 *     1028  uint32         how many of them are cancelled
 *     1032  n × float64    key of each id: the first 52 bits of its hash, exact as a number, sorted
 *          n × 16 bytes    the hashes
 *          n × uint32      place of each id, as an index of the table below; highest bit: the id is cancelled there
 *          gzip of NDJSON  the table of places: [subject, slot start, overlay or "", version, appended at]
 * ```
 * Numbers are little-endian. Comparing keys first is what makes millions of ids sort and merge fast; two ids that share a
 * key by chance (one in 4.5 × 10^15) are told apart by their hashes.
 */

/** Where ids were accepted: an append. */
export type RunPlace = {
  readonly subject: string;
  readonly start: string;
  readonly overlay?: string;
  readonly version: number;
  readonly appendedAt: string;
};

/** An id in a run. `cancels`: not accepted there, but cancelled. */
export type RunEntry = { readonly idHash: string; readonly place: RunPlace; readonly cancels: boolean };

const PREFIXES = 256;
/** Numbers before the keys. */
const NUMBERS = PREFIXES + 2;
const KEYS_AT = 1032;
const KEY_BYTES = 8;
const HASH_BYTES = 16;
const PLACE_BYTES = 4;
const CANCELS = 0x8000_0000;

/** The first 52 bits of a hash, as a number. */
export const keyOf = (hashes: Uint8Array, at: number): number => {
  const byte = (n: number): number => hashes[at + n] ?? 0;
  const high = byte(0) * 0x100_0000 + byte(1) * 0x1_0000 + byte(2) * 0x100 + byte(3);
  const low = byte(4) * 0x1000 + byte(5) * 0x10 + (byte(6) >> 4);
  return high * 0x10_0000 + low;
};

/** The smallest key of the hashes that begin with a byte. */
export const firstKeyOf = (prefix: number): number => prefix * 2 ** 44;

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Gathers ids until they are packed as a run. */
export type RunBuilder = {
  /** Adds an append's place; the ids that are added next lie there. */
  at(place: RunPlace): void;
  /** Adds an id by its 16 bytes, which begin at `offset`. */
  add(hashes: Uint8Array, offset: number, cancels: boolean): void;
  count(): number;
  /** The run's body; the builder is empty then. */
  pack(): Uint8Array;
  clear(): void;
};

/** A builder that takes this many ids, and all its memory (40 bytes per id) at once. */
export const runBuilder = (capacity: number): RunBuilder => {
  const keys = new Float64Array(capacity);
  const hashes = new Uint8Array(capacity * HASH_BYTES);
  const places = new Uint32Array(capacity);
  let table: string[] = [];
  let n = 0;
  let cancelled = 0;
  const clear = (): void => {
    table = [];
    [n, cancelled] = [0, 0];
  };
  return {
    at: ({ subject, start, overlay = '', version, appendedAt }) => {
      table.push(JSON.stringify([subject, start, overlay, version, appendedAt]));
    },
    add: (bytes, offset, cancels) => {
      if (n === capacity) throw new RangeError(`a run takes at most ${capacity} ids`);
      keys[n] = keyOf(bytes, offset);
      hashes.set(bytes.subarray(offset, offset + HASH_BYTES), n * HASH_BYTES);
      places[n] = table.length - 1 + (cancels ? CANCELS : 0);
      n += 1;
      if (cancels) cancelled += 1;
    },
    count: () => n,
    pack: () => {
      const order = new Uint32Array(n).map((_, at) => at);
      order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
      const sortedKeys = new Float64Array(n);
      const sortedHashes = Buffer.alloc(n * HASH_BYTES);
      const sortedPlaces = new Uint32Array(n);
      order.forEach((from, to) => {
        sortedKeys[to] = keys[from] ?? 0;
        sortedPlaces[to] = places[from] ?? 0;
        sortedHashes.set(hashes.subarray(from * HASH_BYTES, (from + 1) * HASH_BYTES), to * HASH_BYTES);
      });
      const firsts = new Uint32Array(NUMBERS).fill(n);
      firsts[PREFIXES + 1] = cancelled;
      for (let prefix = PREFIXES - 1, at = n; prefix >= 0; prefix -= 1) {
        while (at > 0 && (sortedKeys[at - 1] ?? 0) >= firstKeyOf(prefix)) at -= 1;
        firsts[prefix] = at;
      }
      const body = Buffer.concat([
        bytesOf(firsts),
        bytesOf(sortedKeys),
        sortedHashes,
        bytesOf(sortedPlaces),
        gzipSync(table.map((line) => `${line}\n`).join('')),
      ]);
      clear();
      return body;
    },
    clear,
  };
};

/** Reads a part of an object: bytes `from` to before `to`; to its end without `to`. */
export type ReadPart = (from: number, to?: number) => Promise<Uint8Array>;

/** A run that is read in parts. */
export type RunReader = {
  /** The keys of the hashes whose first byte is `first` to `last`, sorted, and the index of the first of them. */
  keys(first: number, last: number): Promise<{ readonly keys: Float64Array; readonly index: number }>;
  /** Of the same ids, the keys of those that are cancelled. */
  cancelledKeys(first: number, last: number): Promise<number[]>;
  /** The ids at some indexes, which are in ascending order. */
  entries(indexes: readonly number[]): Promise<RunEntry[]>;
};

const copied = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** Opens a run. */
export const openRun = async (read: ReadPart): Promise<RunReader> => {
  const firsts = new Uint32Array(copied(await read(0, KEYS_AT)));
  const [count = 0, cancelled = 0] = firsts.subarray(PREFIXES);
  const hashesAt = KEYS_AT + count * KEY_BYTES;
  const placesAt = hashesAt + count * HASH_BYTES;
  const tableAt = placesAt + count * PLACE_BYTES;
  const table = async (): Promise<(index: number) => RunPlace> => {
    const lines = gunzipSync(await read(tableAt))
      .toString('utf8')
      .split('\n');
    const known = new Map<number, RunPlace>();
    return (index) => {
      const parsed = known.get(index) ?? placeOf(lines[index] ?? '');
      known.set(index, parsed);
      return parsed;
    };
  };
  const part = async (at: number, bytes: number, from: number, to: number): Promise<ArrayBuffer> =>
    from === to ? new ArrayBuffer() : copied(await read(at + from * bytes, at + to * bytes));
  const keys: RunReader['keys'] = async (first, last) => {
    const [from, to] = [firsts[first] ?? 0, firsts[last + 1] ?? count];
    return { keys: new Float64Array(await part(KEYS_AT, KEY_BYTES, from, to)), index: from };
  };
  return {
    keys,
    cancelledKeys: async (first, last) => {
      if (cancelled === 0) return [];
      const own = await keys(first, last);
      const places = new Uint32Array(await part(placesAt, PLACE_BYTES, own.index, own.index + own.keys.length));
      return [...own.keys].filter((_, n) => (places[n] ?? 0) >= CANCELS);
    },
    entries: async (indexes) => {
      const [first, last] = [indexes[0], indexes.at(-1)];
      if (first === undefined || last === undefined) return [];
      const [hashes, places, placeAt] = await Promise.all([
        part(hashesAt, HASH_BYTES, first, last + 1),
        part(placesAt, PLACE_BYTES, first, last + 1),
        table(),
      ]);
      const [bytes, numbers] = [Buffer.from(hashes), new Uint32Array(places)];
      return indexes.map((index) => {
        const at = index - first;
        const place = numbers[at] ?? 0;
        return {
          idHash: bytes.toString('hex', at * HASH_BYTES, (at + 1) * HASH_BYTES),
          place: placeAt(place % CANCELS),
          cancels: place >= CANCELS,
        };
      });
    },
  };
};

const placeOf = (line: string): RunPlace => {
  const [subject, start, overlay, version, appendedAt] = JSON.parse(line) as [string, string, string, number, string];
  return { subject, start, ...(overlay === '' ? {} : { overlay }), version, appendedAt };
};
