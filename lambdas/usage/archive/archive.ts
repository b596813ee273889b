import { gunzipSync, gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { mapBounded } from '../../platform/bounded.ts';
import { addDays, daysBetween } from '../../platform/period.ts';
import type { Line } from '../events/decode.ts';
import type { ArchivePointer, Position } from '../types.ts';

/**
 * The archive: every line that the stream brought, as it came, before anything is decided about it. One object per batch
 * and shard. Objects may overlap after a retry or a reshard; readers go by position.
 */

/** A line as it stands in the archive. `format` is the version of this layout. */
export type ArchiveLine = {
  readonly format: 1;
  readonly position: Position;
  readonly receivedAt: string;
  readonly encoding: 'utf8' | 'base64';
  /** The line itself; base64 of its bytes if it is not UTF-8 text. */
  readonly line: string;
};

/** What the archive needs of an object store. */
export type ArchiveObjects = {
  /** Writes an object if none of that key exists; an existing one is left as it is. */
  putIfAbsent(key: string, body: Uint8Array): Promise<void>;
  /** @throws {Error} if there is no such object. */
  get(key: string): Promise<Uint8Array>;
  /** Keys with a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** Names of the folders directly below a prefix that ends with `/`, in order. */
  folders(prefix: string): Promise<string[]>;
};

const ROOT = 'events';
/**
 * Bytes of objects kept unpacked in a warm process: an explanation visits the same few again and again. One object of the
 * largest batch there can be takes some 90 MB.
 */
const KEPT_BYTES = 160 * 1024 * 1024;
const LINE_BYTES = 500;
/** Days listed at a time. */
const LISTS_AT_ONCE = 16;
/**
 * An object lies under the day of its first line. The first batch after an outage of ingest holds lines of all the days
 * that it lasted, and the stream keeps a week.
 */
const REACH_DAYS = 8;

/** The lines of one object, as they are to be written, and where it goes. */
type ArchiveObject = { readonly key: string; readonly lines: readonly Line[] };

const keyOf = (lines: readonly Line[]): string => {
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) throw new RangeError('an archive object holds at least one line');
  const { stream, shard, sequence } = first.position;
  // The day of the first record's arrival, not of writing: a redelivered batch goes to the same place.
  const day = first.receivedAt.slice(0, 10).replaceAll('-', '/');
  return `${ROOT}/${stream}/${day}/${shard}/${sequence}-${last.position.sequence}.ndjson.gz`;
};

const bodyOf = (lines: readonly Line[]): Uint8Array => {
  const records = lines.map(({ position, receivedAt, encoding, line }) => {
    const record: ArchiveLine = { format: 1, position, receivedAt, encoding, line };
    return JSON.stringify(record);
  });
  return gzipSync(`${records.join('\n')}\n`);
};

const objectsOf = (lines: readonly Line[]): ArchiveObject[] =>
  [...Map.groupBy(lines, ({ position }) => `${position.stream}/${position.shard}`).values()].map((group) => ({
    key: keyOf(group),
    lines: group,
  }));

/** Reads and writes the archive. */
export type Archive = {
  /**
   * Writes the lines of a batch, one object per shard, and answers each line's pointer, in the order of `lines`.
   * When this returns the lines are durable. Writing the same batch again changes nothing.
   */
  write(lines: readonly Line[]): Promise<ArchivePointer[]>;
  /** @throws {RangeError} if the object has no such line. */
  line(pointer: ArchivePointer): Promise<ArchiveLine>;
  /**
   * The objects that may hold lines which arrived on the days from `start` to before `end` (UTC dates), grouped by shard,
   * each group in the order in which `beyondFurthest` wants them.
   * @throws {TooManyObjects} if there are more than `most`.
   */
  shards(start: string, end: string, most: number): Promise<string[][]>;
  /** All lines of an object, in order. */
  read(key: string): Promise<readonly ArchiveLine[]>;
  /** The same for objects that are looked into again and again: kept for a while in a warm process. */
  lines(key: string): Promise<readonly ArchiveLine[]>;
};

/** A stretch of the archive has more objects than the caller can look at. */
export class TooManyObjects extends RangeError {
  override readonly name = 'TooManyObjects';
}

const parse = (body: Uint8Array): ArchiveLine[] =>
  gunzipSync(body)
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as ArchiveLine);

/** Sequence numbers are decimal integers far beyond 2^53; without leading zeros the longer one is the larger. */
const compareSequence = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

const comparePosition = (a: Position, b: Position): number =>
  compareSequence(a.sequence, b.sequence) || a.index - b.index;

const sequencesOf = (key: string): string[] => (key.split('/').at(-1) ?? '').replace(/\..*$/, '').split('-');
const firstSequence = (key: string): string => sequencesOf(key)[0] ?? '';
const lastSequence = (key: string): string => sequencesOf(key)[1] ?? '';
const inOrder = (a: string, b: string): number => compareSequence(firstSequence(a), firstSequence(b));
/** Stream and shard of a key: `events/<stream>/<yyyy>/<mm>/<dd>/<shard>/<object>`. */
const shardOf = (key: string): string => `${key.split('/')[1]}/${key.split('/').at(-2)}`;

/**
 * Picks the lines of one shard that were in no earlier object. A batch is a contiguous stretch of its shard, so in order
 * of their first sequence, a line that is not beyond the furthest one seen was in an earlier object already: overlaps are
 * recognised without remembering every position.
 */
export const beyondFurthest = (): ((position: Position) => boolean) => {
  let furthest: Position | undefined;
  return (position) => {
    if (furthest !== undefined && comparePosition(position, furthest) <= 0) return false;
    furthest = position;
    return true;
  };
};

/** Of the objects of a shard, in order, those with lines that no later one of them follows. */
const lastOnes = (keys: readonly string[]): string[] => {
  const latest = keys.at(-1);
  return latest === undefined
    ? []
    : keys.filter((key) => compareSequence(lastSequence(key), firstSequence(latest)) >= 0);
};

/** The archive over an object store. */
export const makeArchive = (objects: ArchiveObjects): Archive => {
  const read = async (key: string): Promise<ArchiveLine[]> => parse(await objects.get(key));
  const kept = new LRUCache<string, readonly ArchiveLine[]>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (lines) => lines.reduce((bytes, { line }) => bytes + line.length + LINE_BYTES, 1),
    fetchMethod: read,
  });

  const shards = async (start: string, end: string, most: number): Promise<string[][]> => {
    // Arrival is approximate: the first lines of `start` may lie under the day before.
    const early = addDays(start, -1);
    const first = addDays(start, -REACH_DAYS);
    const days = Array.from({ length: daysBetween(first, end) }, (_, n) => addDays(first, n));
    let listed = 0;
    const collect = async (prefix: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const key of objects.list(prefix)) {
        listed += 1;
        if (listed > most)
          throw new TooManyObjects(`more than ${most} objects of the archive may hold lines since ${start}`);
        found.push(key);
      }
      return found;
    };
    const under = (await objects.folders(`${ROOT}/`)).flatMap((stream) => days.map((day) => ({ stream, day })));
    const keys = await mapBounded(under, LISTS_AT_ONCE, async ({ stream, day }) =>
      (await collect(`${ROOT}/${stream}/${day.replaceAll('-', '/')}/`)).map((key) => ({ key, isEarly: day < early })),
    );
    const byShard = [...Map.groupBy(keys.flat(), ({ key }) => shardOf(key))].sort(([a], [b]) => (a < b ? -1 : 1));
    return byShard.map(([, group]) => {
      const of = (isEarly: boolean) => group.filter((each) => each.isEarly === isEarly).map(({ key }) => key);
      return [...lastOnes(of(true).sort(inOrder)), ...of(false)].sort(inOrder);
    });
  };

  return {
    write: async (lines) => {
      const pointers = new Map<Line, ArchivePointer>();
      await Promise.all(
        objectsOf(lines).map(async ({ key, lines: group }) => {
          await objects.putIfAbsent(key, bodyOf(group));
          group.forEach((line, n) => {
            pointers.set(line, { key, line: n });
          });
        }),
      );
      return lines.flatMap((line) => pointers.get(line) ?? []);
    },
    line: async ({ key, line }) => {
      const found = (await kept.forceFetch(key))[line];
      if (found === undefined) throw new RangeError(`${key} has no line ${line}`);
      return found;
    },
    read,
    lines: (key) => kept.forceFetch(key),
    shards,
  };
};
