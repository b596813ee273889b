import { LRUCache } from 'lru-cache';
import type { CatalogReader } from '../../catalog/types.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import { type Archive, type ArchiveLine, beyondFurthest } from '../archive/archive.ts';
import type { Stamper } from '../events/canonical-usage.ts';
import { correctionOf, slotOfEvent } from '../events/corrections.ts';
import { readEnvelope } from '../events/envelope.ts';
import { bodyHashOf, idHashOf } from '../events/event-identity.ts';
import { normalTime } from '../events/event-time.ts';
import { makeAppendEvents } from '../ingest/append-events.ts';
import { type IngestSettings, makeRespill } from '../ingest/ingest.ts';
import type { AppendPorts } from '../ledger/append-batch.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { OverlayStatus } from '../ledger/overlays.ts';
import { shiftDay, slotText, utcDay } from '../ledger/slot.ts';
import { writerMemory } from '../ledger/writer-memory.ts';
import { positionText } from '../quarantine/quarantined-positions.ts';
import type { ArchivePointer, Position, QuarantineEntry, Slot, UsageEvent } from '../types.ts';

/** What replaying the archive needs. */
export type ReplayPorts = {
  readonly archive: Pick<Archive, 'shards' | 'read' | 'lines'>;
  /** Where the lines are appended: a shadow, or a ledger that was lost. */
  readonly target: LedgerStore;
  /** What the ledger decided, for ids that came with two bodies; absent: the first to arrive stands. */
  readonly decided?: Pick<LedgerStore, 'day'> | undefined;
  /** Positions that are in quarantine (`positionText`): what was refused then is not taken now. */
  readonly quarantined: { has(position: string): boolean };
  readonly catalog: Pick<CatalogReader, 'history'>;
  readonly settings: IngestSettings;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What appending writes beside the ledger; `nothingBeside` for a shadow. */
  readonly beside: Beside;
  readonly stamper: () => Stamper;
};

/** What appending writes beside the ledger: marks of settled days, days that a backfill touches, new subjects. */
type Beside = Pick<AppendPorts, 'marks' | 'touched' | 'subjects'>;

/** Writes nothing; `registered` is told of each subject. */
export const nothingBeside = (registered: (subject: string) => void): Beside => ({
  marks: { mark: async () => undefined, marksOf: async () => [], clear: async () => false },
  touched: { touch: async () => undefined },
  subjects: {
    register: async ({ subject }) => registered(subject),
    get: async () => undefined,
    list: async () => [],
    announce: async () => false,
    announced: async () => undefined,
    walked: async () => undefined,
  },
});

/** What is replayed: lines whose slot, or whose cancelled slot, lies on these UTC days, and that arrived up to an instant. */
export type ReplayRange = {
  readonly start: string;
  readonly end: string;
  readonly subject?: string | undefined;
  readonly until: string;
};

/** Where a replay is: the last object that was done, of which shard, and the furthest position in it. JSON. */
export type ReplayPlace = { readonly objects: number; readonly key: string; readonly furthest?: Position };

/** What a replay did so far. */
export type Replayed = {
  readonly lines: number;
  /** Lines of the range that are refused now although they are not in quarantine: whoever accepted them then judged otherwise. */
  readonly refused: number;
};

/** More objects than this are no range for one job. */
const MOST_OBJECTS = 2_000_000;
/** Lines appended together: many small objects make few appends, as their batches did. */
const LINES_AT_ONCE = 10_000;
const MEMORY_BYTES = 64 * 1024 * 1024;
/** Days of decided ids that are remembered, by ids. */
const DECIDED_IDS = 400_000;

/** The event of a line, its times normalised as at its append; `undefined` if it is none. */
const eventOf = ({ encoding, line }: ArchiveLine): UsageEvent | undefined => {
  const envelope = encoding === 'utf8' ? readEnvelope(line) : undefined;
  if (envelope === undefined || 'rejection' in envelope) return undefined;
  const { event } = envelope;
  const time = normalTime(event.time);
  if (time === undefined) return undefined;
  const replaced = event.replacestime === undefined ? undefined : normalTime(event.replacestime);
  return { ...event, time, ...(replaced === undefined ? {} : { replacestime: replaced }) };
};

/** Whether the body of an event is the one that the ledger decided for, as far as it knows the id in its slot. */
const decisions = (ledger: Pick<LedgerStore, 'day'>) => {
  const known = new LRUCache<string, ReadonlyMap<string, string>>({
    maxSize: DECIDED_IDS,
    sizeCalculation: (ids) => ids.size + 1,
    fetchMethod: async (key) => {
      const [day = '', subject = ''] = key.split('#');
      const { appends, overlays } = await ledger.day(subject, day);
      const decided = [...appends, ...overlays].flatMap(({ slot, ids }) =>
        ids.map(({ idHash, bodyHash }): [string, string] => [`${slotText(slot)}#${idHash}`, bodyHash]),
      );
      return new Map(decided);
    },
  });
  return async (event: UsageEvent, slot: Slot): Promise<boolean> => {
    const day = await known.forceFetch(`${utcDay(slot.start)}#${slot.subject}`);
    const body = day.get(`${slotText(slot)}#${idHashOf(event)}`);
    return body === undefined || body === bodyHashOf(event);
  };
};

/** What a backfill refused is in quarantine: of the lines that are replayed each was taken, so every backfill takes them. */
const ALL_OPEN: OverlayStatus = {
  overlays: async (backfills) =>
    new Map(backfills.map((backfill) => [backfill, { backfill, state: 'open', isFixed: false }])),
  pinned: async () => new Map(),
};

/** Appends lines of the archive as ingest does: the same judging, the same appends; nothing but the target is written. */
const makeAppender = (ports: ReplayPorts) => {
  const { archive, target, beside, catalog, settings, clock, ids } = ports;
  const held = new Map<string, ArchiveLine>();
  let refused = 0;
  const nameOf = ({ key, line }: ArchivePointer): string => `${key}#${line}`;
  const append = makeAppendEvents(
    {
      ledger: target,
      archive,
      ...beside,
      backfills: ALL_OPEN,
      memory: writerMemory(MEMORY_BYTES),
      clock,
      ids,
    },
    catalog,
  );
  const respill = makeRespill(
    {
      archive: {
        write: () => Promise.reject(new Error('a replay archives nothing')),
        line: async (pointer) => {
          const line = held.get(nameOf(pointer));
          if (line === undefined) throw new RangeError(`${nameOf(pointer)} was not read`);
          return line;
        },
      },
      quarantine: {
        put: async (entries: readonly QuarantineEntry[]) => {
          refused += entries.length;
        },
      },
      append,
      spill: { send: () => Promise.reject(new Error('a replay spills nothing')) },
      thresholds: async () => [],
      settleEarly: async () => ({ settled: 0, failures: [] }),
      stamper: ports.stamper,
      clock,
    },
    settings,
  );
  return {
    take: (pointer: ArchivePointer, line: ArchiveLine): void => {
      held.set(nameOf(pointer), line);
    },
    size: () => held.size,
    /** Appends what was taken. Answers how many lines that were, and how many of them were refused. */
    flush: async (): Promise<Replayed> => {
      const pointers = [...held.keys()].map((name): ArchivePointer => {
        const at = name.lastIndexOf('#');
        return { key: name.slice(0, at), line: Number(name.slice(at + 1)) };
      });
      refused = 0;
      if (pointers.length > 0) await respill(pointers, 'replay');
      held.clear();
      return { lines: pointers.length, refused };
    },
  };
};

const shardOf = (key: string): string => key.slice(0, key.lastIndexOf('/')).replace(/\/\d{4}\/\d\d\/\d\d\//, '/');

/**
 * Replays lines of the archive into a ledger, shard by shard in order of positions, each position once. Repeating a part
 * changes nothing: what is appended is a duplicate then. After every so many lines `saved` is told where it is and what
 * was done since; it answers whether to go on.
 * @returns whether it came to the end
 */
export const replayArchive = async (
  ports: ReplayPorts,
  { start, end, subject, until }: ReplayRange,
  from: ReplayPlace | undefined,
  saved: (place: ReplayPlace, of: number, done: Replayed) => Promise<boolean>,
): Promise<boolean> => {
  const { archive, quarantined, decided } = ports;
  const isDecided = decided === undefined ? async () => true : decisions(decided);
  const appender = makeAppender(ports);
  const inRange = (slot: Slot): boolean =>
    utcDay(slot.start) >= start && utcDay(slot.start) < end && (subject === undefined || slot.subject === subject);
  const isWanted = async (line: ArchiveLine): Promise<boolean> => {
    if (line.receivedAt > until || quarantined.has(positionText(line.position))) return false;
    const event = eventOf(line);
    if (event === undefined) return false;
    const own = slotOfEvent(event, event.time);
    const cancelled = correctionOf(event).cancels?.slot ?? own;
    return (inRange(own) || inRange(cancelled)) && (await isDecided(event, own));
  };
  // Clocks of producers may be ahead by minutes: what belongs to the first day may have arrived the day before.
  const shards = await archive.shards(shiftDay(start, -1), shiftDay(utcDay(until), 1), MOST_OBJECTS);
  const keys = shards.flat();
  let objects = from === undefined ? 0 : keys.indexOf(from.key) + 1;
  let isNew = beyondFurthest();
  if (from?.furthest !== undefined) isNew(from.furthest);
  let furthest = from?.furthest;
  while (objects < keys.length) {
    const key = keys[objects] ?? '';
    if (objects > 0 && shardOf(keys[objects - 1] ?? '') !== shardOf(key)) {
      isNew = beyondFurthest();
      furthest = undefined;
    }
    for (const [n, line] of (await archive.read(key)).entries()) {
      if (!isNew(line.position)) continue;
      furthest = line.position;
      if (await isWanted(line)) appender.take({ key, line: n }, line);
    }
    objects += 1;
    if (appender.size() < LINES_AT_ONCE && objects < keys.length && objects % 200 !== 0) continue;
    const done = await appender.flush();
    const place: ReplayPlace = { objects, key, ...(furthest === undefined ? {} : { furthest }) };
    if (!(await saved(place, keys.length, done)) && objects < keys.length) return false;
  }
  return true;
};
