import { canonicalJson } from '../../platform/canonical-json.ts';
import type { ArchiveLine } from '../archive/archive.ts';
import { readEnvelope } from '../events/envelope.ts';
import { bodyHashOf, idHashOf } from '../events/event-identity.ts';
import { normalTime } from '../events/event-time.ts';
import type { UsageEvent } from '../types.ts';

/**
 * The event of a line that the ledger accepted, as it was sent, its times normalised, before upcasting.
 * @throws {Error} if the line is not the event of that id and body: the archive is not what was accepted.
 */
export const acceptedEvent = (
  { line, position }: ArchiveLine,
  accepted: { readonly idHash: string; readonly bodyHash: string },
): UsageEvent => {
  const envelope = readEnvelope(line);
  const time = 'event' in envelope ? normalTime(envelope.event.time) : undefined;
  if (!('event' in envelope) || time === undefined) {
    throw new Error(`the line at ${canonicalJson(position)} is not the event that was accepted from there`);
  }
  const { replacestime } = envelope.event;
  const replaced = replacestime === undefined ? undefined : normalTime(replacestime);
  const event = { ...envelope.event, time, ...(replaced === undefined ? {} : { replacestime: replaced }) };
  if (idHashOf(event) !== accepted.idHash || bodyHashOf(event) !== accepted.bodyHash) {
    throw new Error(`the line at ${canonicalJson(position)} is not event ${accepted.idHash} as it was accepted`);
  }
  return event;
};
