import { LRUCache } from 'lru-cache';
import { mapBounded } from '../../platform/bounded.ts';
import type { Clock } from '../../platform/clock.ts';
import { addDays } from '../../platform/period.ts';
import { slotOfEvent } from '../events/corrections.ts';
import { readEnvelope } from '../events/envelope.ts';
import { bodyHashOf, idHashOf } from '../events/event-identity.ts';
import { normalTime } from '../events/event-time.ts';
import { MAX_AHEAD_MILLIS } from '../events/times.ts';
import { partitionKey, slotText, utcDay } from '../ledger/slot.ts';
import type { QuarantineStore } from '../quarantine/quarantine.ts';
import { positionText, type Refused, refusedFrom } from '../quarantine/quarantined-positions.ts';
import type { Position, QuarantineCode, UsageEvent } from '../types.ts';
import { type Archive, type ArchiveLine, beyondFurthest } from './archive.ts';
import type { ExpectedEvents } from './counted-days.ts';

/** What the archive and the quarantine say of a period. */
export type ArchiveTotals = {
  /** Distinct lines that belong to the period. */
  readonly received: number;
  /** Lines that repeat an earlier one of the same slot, id and body. */
  readonly duplicate: number;
  /** Lines in quarantine that nobody has seen to, or whose release is not finished. */
  readonly quarantined: Readonly<Partial<Record<QuarantineCode, number>>>;
  /** Lines that were put on the stream again: the new lines are received by themselves. */
  readonly released: number;
  readonly writtenOff: number;
  /** Distinct lines that are not in quarantine, by subject and UTC day: what the ledger must come to hold. */
  readonly expected: ExpectedEvents;
  /** How many of these are but the tombstones that replacements leave in other slots than their own. */
  readonly elsewhere: number;
};

/** A period holds more than one request may look at. */
export class TooMuchToCount extends RangeError {
  override readonly name = 'TooMuchToCount';
}

/** The time is up. What was read is kept: asked again, the same process goes on from there. */
export class NotCountedYet extends Error {
  override readonly name = 'NotCountedYet';
}

/**
 * What one count looks at, at most: listing more objects takes too long, and more lines do not fit into a process of 1 GB
 * (measured: 700 bytes and 20 µs per line; again from memory, 1 µs).
 */
const LIMITS = { objects: 20_000, lines: 600_000 };
/** Objects read at a time; each may be large. */
const READS_AT_ONCE = 8;

/** An id in a chain of the ledger. */
type Place = { readonly time: string; readonly partition: string; readonly chainId: string };

/** What is needed of a line to count it. Without `identity` it is no readable event. */
type Digest = {
  readonly position: Position;
  readonly receivedAt: string;
  readonly identity?: Place & { readonly bodyHash: string };
  /** Where a replacement leaves its tombstone, if that is another slot than its own. */
  readonly elsewhere?: Place;
};

const placeIn = (event: UsageEvent, time: string): Place => ({
  time,
  partition: partitionKey(event.subject, utcDay(time)),
  chainId: `${slotText(slotOfEvent(event, time))}#${idHashOf(event)}`,
});

const digestOf = ({ position, receivedAt, encoding, line }: ArchiveLine): Digest => {
  const envelope = encoding === 'utf8' ? readEnvelope(line) : undefined;
  if (envelope === undefined || 'rejection' in envelope) return { position, receivedAt };
  const { event } = envelope;
  const time = normalTime(event.time);
  if (time === undefined) return { position, receivedAt };
  const replaced = event.replacestime === undefined ? undefined : normalTime(event.replacestime);
  const sent = { ...event, time, ...(replaced === undefined ? {} : { replacestime: replaced }) };
  const identity = { ...placeIn(sent, time), bodyHash: bodyHashOf(sent) };
  const other = sent.replaces === undefined || replaced === undefined ? identity : placeIn(sent, replaced);
  // In the other slot the line is told apart by its id, its body and its own slot (`partElsewhere`).
  const elsewhere = { ...other, chainId: `${other.chainId} ${identity.chainId} ${identity.bodyHash}` };
  return { position, receivedAt, identity, ...(other.chainId === identity.chainId ? {} : { elsewhere }) };
};

/** Counts what arrived. Objects of the archive never change, so a counter that lives on reads each of them once. */
export type ArchiveCounter = (period: {
  /** UTC dates, half open. */
  readonly start: string;
  readonly end: string;
  /** The UTC date of today: nothing has arrived after it. */
  readonly today: string;
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
}) => Promise<ArchiveTotals>;

/**
 * Counts by distinct positions in the archive, whatever was delivered twice. An event belongs to the period in which its
 * time is. A quarantined line belongs to every period that had begun when it arrived: nobody can say yet whose usage it
 * would be, and a person who looks at a period must see it.
 * @throws {TooMuchToCount} from the counter, for a period that no request can count.
 * @throws {NotCountedYet} from the counter, when the time is up.
 */
export const archiveCounter = (
  archive: Pick<Archive, 'shards' | 'read'>,
  quarantine: Pick<QuarantineStore, 'list'>,
  clock: Clock,
  limits: { readonly objects: number; readonly lines: number } = LIMITS,
): ArchiveCounter => {
  const kept = new LRUCache<string, readonly Digest[]>({
    maxSize: limits.lines,
    sizeCalculation: (lines) => Math.max(1, lines.length),
  });
  const digests = async (key: string, deadline: number): Promise<readonly Digest[]> => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (clock.nowMillis() > deadline) throw new NotCountedYet('there is more to read than the time for one request');
    const lines = (await archive.read(key)).map(digestOf);
    kept.set(key, lines);
    return lines;
  };

  return async ({ start, end, today, deadline }) => {
    const from = `${start}T00:00:00.000Z`;
    const to = `${end}T00:00:00.000Z`;
    // Usage of a period may arrive until now, and from a clock that is ahead a little before it began: what arrived
    // earlier than that is of no period that begins then, whatever time it bears.
    const earliest = new Date(Date.parse(from) - MAX_AHEAD_MILLIS).toISOString();
    const shards = await archive.shards(utcDay(earliest), addDays(today, 1), limits.objects);
    const refused = await refusedFrom(quarantine, earliest, limits.lines);
    const quarantined: Partial<Record<QuarantineCode, number>> = {};
    const bodies = new Map<string, string>();
    const tombstones = new Set<string>();
    const expected = new Map<string, number>();
    let [received, duplicate, released, writtenOff, read] = [0, 0, 0, 0, 0];
    const expect = ({ partition }: Place): void => {
      expected.set(partition, (expected.get(partition) ?? 0) + 1);
    };
    const isWithin = ({ time }: Place): boolean => time >= from && time < to;
    const countRefused = ({ code, state }: Refused): void => {
      if (state === 'released') released += 1;
      else if (state === 'written-off') writtenOff += 1;
      else quarantined[code] = (quarantined[code] ?? 0) + 1;
    };
    const count = ({ position, receivedAt, identity, elsewhere }: Digest): void => {
      const line = refused.get(positionText(position));
      if (line !== undefined || identity === undefined) {
        if (receivedAt < from) return;
        // One that is not in quarantine yet is about to be.
        received += 1;
        if (line !== undefined) countRefused(line);
        return;
      }
      if (isWithin(identity)) {
        received += 1;
        const body = bodies.get(identity.chainId);
        if (body === undefined) {
          bodies.set(identity.chainId, identity.bodyHash);
          expect(identity);
        } else if (body === identity.bodyHash) duplicate += 1;
      }
      if (elsewhere !== undefined && isWithin(elsewhere) && !tombstones.has(elsewhere.chainId)) {
        tombstones.add(elsewhere.chainId);
        expect(elsewhere);
      }
    };
    for (const keys of shards) {
      const isNew = beyondFurthest();
      for (let n = 0; n < keys.length; n += READS_AT_ONCE) {
        const some = keys.slice(n, n + READS_AT_ONCE);
        for (const lines of await mapBounded(some, READS_AT_ONCE, (key) => digests(key, deadline))) {
          read += lines.length;
          if (read > limits.lines) throw new TooMuchToCount(`more than ${limits.lines} lines arrived since ${start}`);
          for (const line of lines) if (isNew(line.position) && line.receivedAt >= earliest) count(line);
        }
      }
    }
    return { received, duplicate, quarantined, released, writtenOff, expected, elsewhere: tombstones.size };
  };
};
