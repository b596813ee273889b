import { LRUCache } from 'lru-cache';
import { addDays } from '../platform/period.ts';
import { type Archive, type ArchiveLine, beyondFurthest } from './archive.ts';
import type { ExpectedEvents } from './counted-days.ts';
import { bodyHashOf, idHashOf } from './event-identity.ts';
import { normalTime, slotStart } from './event-time.ts';
import { QUARANTINE_CODES, type QuarantineStore } from './quarantine.ts';
import { partitionKey, utcDay } from './slot.ts';
import type { Position, QuarantineCode } from './types.ts';
import { readEnvelope } from './validate.ts';

/** What the archive and the quarantine say of a period. */
export type ArchiveTotals = {
  /** Distinct lines that belong to the period. */
  readonly received: number;
  /** Lines that repeat an earlier one of the same slot, id and body. */
  readonly duplicate: number;
  readonly quarantined: Readonly<Partial<Record<QuarantineCode, number>>>;
  /** Distinct events that are not in quarantine, by subject and UTC day: what the ledger must come to hold. */
  readonly expected: ExpectedEvents;
};

/** A period would need more lines read than one request may. */
export class TooManyLines extends RangeError {
  override readonly name = 'TooManyLines';
}

/** Lines that one count reads at most, and that a warm process keeps in digested form. */
const MAX_LINES = 2_000_000;
const KEPT_LINES = 600_000;
const PAGE = 500;

/** What is needed of a line to count it. Without `identity` it is no readable event. */
type Digest = {
  readonly position: Position;
  readonly receivedAt: string;
  readonly identity?: {
    readonly time: string;
    readonly partition: string;
    readonly chainId: string;
    readonly bodyHash: string;
  };
};

const digestOf = ({ position, receivedAt, encoding, line }: ArchiveLine): Digest => {
  const envelope = encoding === 'utf8' ? readEnvelope(line) : undefined;
  if (envelope === undefined || 'rejection' in envelope) return { position, receivedAt };
  const { event } = envelope;
  const time = normalTime(event.time);
  if (time === undefined) return { position, receivedAt };
  return {
    position,
    receivedAt,
    identity: {
      time,
      partition: partitionKey(event.subject, utcDay(time)),
      chainId: `${event.subject}#${slotStart(time)}#${idHashOf(event)}`,
      bodyHash: bodyHashOf({ ...event, time }),
    },
  };
};

const positionText = ({ stream, shard, sequence, index }: Position): string =>
  `${stream}/${shard}/${sequence}/${index}`;

/** The code of every quarantined line that arrived from an instant on, by its position. */
const quarantinedFrom = async (
  quarantine: Pick<QuarantineStore, 'list'>,
  from: string,
): Promise<Map<string, QuarantineCode>> => {
  const codes = new Map<string, QuarantineCode>();
  await Promise.all(
    QUARANTINE_CODES.map(async (code) => {
      let after: string | undefined;
      do {
        const page = await quarantine.list({ code, from, ...(after === undefined ? {} : { after }) }, PAGE);
        for (const { position } of page.entries) codes.set(positionText(position), code);
        after = page.next;
      } while (after !== undefined);
    }),
  );
  return codes;
};

/** Counts what arrived. Objects of the archive never change, so a counter that lives on reads each of them once. */
export type ArchiveCounter = (period: {
  /** UTC dates, half open. */
  readonly start: string;
  readonly end: string;
  /** The UTC date of today: nothing has arrived after it. */
  readonly today: string;
}) => Promise<ArchiveTotals>;

/**
 * Counts by distinct positions in the archive, whatever was delivered twice. An event belongs to the period in which its
 * time is. A quarantined line belongs to every period that had begun when it arrived: nobody can say yet whose usage it
 * would be, and a person who looks at a period must see it.
 * @throws {TooManyLines} from the counter, for a period that one request cannot count.
 */
export const archiveCounter = (
  archive: Pick<Archive, 'shards' | 'read'>,
  quarantine: Pick<QuarantineStore, 'list'>,
): ArchiveCounter => {
  const kept = new LRUCache<string, readonly Digest[]>({
    maxSize: KEPT_LINES,
    sizeCalculation: (lines) => Math.max(1, lines.length),
  });
  const digests = async (key: string): Promise<readonly Digest[]> => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const lines = (await archive.read(key)).map(digestOf);
    kept.set(key, lines);
    return lines;
  };

  return async ({ start, end, today }) => {
    const from = `${start}T00:00:00.000Z`;
    const to = `${end}T00:00:00.000Z`;
    const codes = await quarantinedFrom(quarantine, from);
    const quarantined: Partial<Record<QuarantineCode, number>> = {};
    const bodies = new Map<string, string>();
    const expected = new Map<string, number>();
    let [received, duplicate, read] = [0, 0, 0];
    // Usage of a period may arrive until now, and from a clock that is ahead a little before it began.
    for (const keys of await archive.shards(addDays(start, -1), addDays(today, 1))) {
      const isNew = beyondFurthest();
      for (const key of keys) {
        for (const { position, receivedAt, identity } of await digests(key)) {
          read += 1;
          if (read > MAX_LINES) throw new TooManyLines(`more than ${MAX_LINES} lines arrived since ${start}`);
          if (!isNew(position)) continue;
          const code = codes.get(positionText(position));
          if (code !== undefined || identity === undefined) {
            // Without a code it is about to get one.
            if (receivedAt >= from) received += 1;
            if (code !== undefined) quarantined[code] = (quarantined[code] ?? 0) + 1;
          } else if (identity.time >= from && identity.time < to) {
            received += 1;
            const body = bodies.get(identity.chainId);
            if (body === undefined) {
              bodies.set(identity.chainId, identity.bodyHash);
              expected.set(identity.partition, (expected.get(identity.partition) ?? 0) + 1);
            } else if (body === identity.bodyHash) duplicate += 1;
          }
        }
      }
    }
    return { received, duplicate, quarantined, expected };
  };
};
