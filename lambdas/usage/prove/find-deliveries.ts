import type { Clock } from '../../platform/clock.ts';
import type { Archive, ArchiveLine } from '../archive/archive.ts';
import { readEnvelope } from '../events/envelope.ts';
import { shiftDay, utcDay } from '../ledger/slot.ts';
import type { ArchivePointer, Position } from '../types.ts';

/** Which event is asked for: its identity, and whose it is and when, which say where it must be. */
export type EventQuestion = {
  readonly source: string;
  readonly id: string;
  readonly subject: string;
  /** ISO 8601 UTC, normalised. */
  readonly time: string;
};

/** A line of the archive that is the event. */
export type Delivery = { readonly position: Position; readonly receivedAt: string; readonly pointer: ArchivePointer };

/** Deliveries among the lines that arrived between two instants; `complete`: all of those were looked at. */
export type Deliveries = {
  readonly from: string;
  readonly to: string;
  readonly complete: boolean;
  /** In order of arrival, each position once. */
  readonly found: readonly Delivery[];
};

/** Deliveries are looked for so long around an arrival. */
const AROUND_MILLIS = 60 * 60_000;
/** A look at the archive ends after so many objects, or so long: somebody waits for it. */
const MOST_OBJECTS = 300;
const PATIENCE_MILLIS = 12_000;

const isTheEvent = ({ encoding, line }: ArchiveLine, { source, id, subject }: EventQuestion): boolean => {
  // Most lines are another event: only those that hold the id are parsed.
  if (encoding !== 'utf8' || !line.includes(JSON.stringify(id).slice(1, -1))) return false;
  const envelope = readEnvelope(line);
  if ('rejection' in envelope) return false;
  const { event } = envelope;
  return event.id === id && event.source === source && event.subject === subject;
};

/** The index of the first key whose lines do not all lie before an instant. Lines of a shard are in order of arrival. */
const firstFrom = async (
  keys: readonly string[],
  from: string,
  lines: (key: string) => Promise<readonly ArchiveLine[]>,
): Promise<number> => {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const last = (await lines(keys[middle] ?? '')).at(-1)?.receivedAt ?? '';
    if (last < from) low = middle + 1;
    else high = middle;
  }
  // Objects may overlap after a reshard.
  return Math.max(0, low - 1);
};

/** Finds the deliveries of an event among what arrived within an hour of an instant. */
export const findDeliveries = async (
  { archive, clock }: { readonly archive: Pick<Archive, 'shards' | 'lines'>; readonly clock: Clock },
  question: EventQuestion,
  arrivedAt: string,
): Promise<Deliveries> => {
  const deadline = clock.nowMillis() + PATIENCE_MILLIS;
  const around = (millis: number): string => new Date(Date.parse(arrivedAt) + millis).toISOString();
  const [from, to] = [around(-AROUND_MILLIS), around(AROUND_MILLIS)];
  const found = new Map<string, Delivery>();
  let looked = 0;
  const lines = (key: string): Promise<readonly ArchiveLine[]> => {
    looked += 1;
    return archive.lines(key);
  };
  let complete = true;
  for (const keys of await archive.shards(utcDay(from), shiftDay(utcDay(to), 1), Number.POSITIVE_INFINITY)) {
    for (const key of keys.slice(await firstFrom(keys, from, lines))) {
      if (looked > MOST_OBJECTS || clock.nowMillis() > deadline) {
        complete = false;
        break;
      }
      const all = await lines(key);
      if ((all[0]?.receivedAt ?? '') > to) break;
      for (const [n, line] of all.entries()) {
        if (line.receivedAt < from || line.receivedAt > to || !isTheEvent(line, question)) continue;
        const { position, receivedAt } = line;
        const delivery = { position, receivedAt, pointer: { key, line: n } };
        if (!found.has(JSON.stringify(position))) found.set(JSON.stringify(position), delivery);
      }
    }
  }
  return { from, to, complete, found: [...found.values()].sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1)) };
};
