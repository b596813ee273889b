import { readEnvelope } from '../events/envelope.ts';
import { withMembers } from '../quarantine/json-text.ts';
import { type EventResult, packBySubject } from '../receive/receive-events.ts';
import type { UsageStream } from '../receive/usage-stream.ts';

/** A line that may go to the stream for a backfill. */
type Good = { readonly index: number; readonly id: string; readonly subject: string; readonly line: string };

const check = (text: string, index: number, backfillId: string): Good | EventResult => {
  const refuse = (id: string, code: string, path: string, message: string): EventResult => ({
    index,
    id,
    status: 'rejected',
    code,
    path,
    message,
  });
  const envelope = readEnvelope(text);
  if ('rejection' in envelope) {
    const { code, path, message, eventId = '' } = envelope.rejection;
    return refuse(eventId, code, path, message);
  }
  const { id, subject, backfill, releasedfrom } = envelope.event;
  if (backfill !== undefined && backfill !== backfillId) {
    const message = `The line names the backfill ${backfill}, and is loaded into ${backfillId}: leave the attribute out.`;
    return refuse(id, 'OTHER_BACKFILL', '/backfill', message);
  }
  if (releasedfrom !== undefined) {
    const message = 'Only a release from quarantine sets releasedfrom: leave it out.';
    return refuse(id, 'ATTRIBUTE_NOT_ALLOWED', '/releasedfrom', message);
  }
  const line = withMembers(text, ['backfill'], { backfill: backfillId });
  return line === undefined
    ? refuse(id, 'NOT_CLOUDEVENT', '', 'The line must be a JSON object: one CloudEvent.')
    : { index, id, subject, line };
};

/**
 * Puts lines on the stream for a backfill: events, replacements and cancellations, each as its text. When this returns,
 * every line with the status `received` is durable; ingest judges it, and keeps in quarantine what it refuses.
 * @throws {StreamBusy} if the stream did not take everything; load the same lines again, repeats are not counted.
 */
export const loadLines = async (
  stream: UsageStream,
  backfillId: string,
  lines: readonly string[],
): Promise<EventResult[]> => {
  const checked = lines.map((text, index) => check(text, index, backfillId));
  await stream.put(packBySubject(checked.filter((each): each is Good => 'line' in each)));
  return checked.map((each) =>
    'line' in each ? { index: each.index, id: each.id, status: 'received' as const } : each,
  );
};
