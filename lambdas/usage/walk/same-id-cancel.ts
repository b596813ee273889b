import type { Archive, ArchiveLine } from '../archive/archive.ts';
import { CANCELLATION_TYPE } from '../events/corrections.ts';
import { readEnvelope } from '../events/envelope.ts';
import type { StreamLine } from '../quarantine/release-line.ts';
import type { UsageEvent } from '../types.ts';
import { placesToCancel, type SameIdFinding, type SameIdPlace } from './same-id.ts';

/** In whose name the cancellations are. */
const SOURCE = '//meterbridge.dev/same-id';
const SCHEMA = `https://schemas.meterbridge.dev/${CANCELLATION_TYPE}/1`;

/** The event of a line that was accepted. @throws {Error} if it is none: the archive is not what was written. */
const eventOf = ({ line }: ArchiveLine): UsageEvent => {
  const envelope = readEnvelope(line);
  if ('event' in envelope) return envelope.event;
  throw new Error(`the archived line is no event: ${envelope.rejection.message}`);
};

/** The event that was accepted at a place, as it was sent. */
export const eventAt = async (archive: Pick<Archive, 'line'>, { pointer }: SameIdPlace): Promise<UsageEvent> =>
  eventOf(await archive.line(pointer));

/**
 * The line that cancels an event at one place. All of it follows from the finding and the place, so a line that is sent
 * again is a duplicate. It goes to the live chain also where the event lies in an overlay: a slot's tombstones are one.
 */
export const cancellationOf = (findingId: string, { subject, start }: SameIdPlace, event: UsageEvent): StreamLine => ({
  partitionKey: subject,
  line: JSON.stringify({
    specversion: '1.0',
    source: SOURCE,
    id: `${findingId}-${start}`,
    type: CANCELLATION_TYPE,
    subject,
    time: event.time,
    dataschema: SCHEMA,
    data: {
      id: event.id,
      source: event.source,
      reason: 'The same id was accepted before, in another slot or under another subject: the first accepted stands.',
    },
  }),
});

/** The lines that cancel all but the first accepted. */
export const cancellationsOf = (archive: Pick<Archive, 'line'>, finding: SameIdFinding): Promise<StreamLine[]> =>
  Promise.all(
    placesToCancel(finding).map(async (place) =>
      cancellationOf(finding.findingId, place, await eventAt(archive, place)),
    ),
  );
