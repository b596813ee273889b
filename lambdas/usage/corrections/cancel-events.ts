import { mapBounded } from '../../platform/bounded.ts';
import { contentHash } from '../../platform/hash.ts';
import { CANCELLATION_TYPE } from '../events/corrections.ts';
import { idHashOf } from '../events/event-identity.ts';
import { slotStart } from '../events/event-time.ts';
import { tombstonesOf, usageEntries } from '../ledger/chain.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { packBySubject } from '../receive/receive-events.ts';
import type { UsageStream } from '../receive/usage-stream.ts';

/** An event that is to be cancelled: what names it, and its time, which tells where it lies. */
export type EventToCancel = {
  readonly subject: string;
  readonly source: string;
  readonly id: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly time: string;
};

/** How the ledger has an event when its cancellation is sent: one that it does not know counts nothing if it comes later. */
export type CancelledEvent = { readonly id: string; readonly known: 'counted' | 'cancelled' | 'unknown' };

/** In whose name people cancel. */
const SOURCE = '//meterbridge.dev/operations';
const SCHEMA = `https://schemas.meterbridge.dev/${CANCELLATION_TYPE}/1`;

/**
 * The line that cancels an event of the live ledger. All of it follows from what is cancelled and why, so a line that is
 * sent again is a duplicate.
 */
const lineOf = ({ subject, source, id, time }: EventToCancel, reason: string): string =>
  JSON.stringify({
    specversion: '1.0',
    source: SOURCE,
    id: `cancel-${contentHash([subject, source, id, time, reason]).slice(0, 32)}`,
    type: CANCELLATION_TYPE,
    subject,
    time,
    dataschema: SCHEMA,
    data: { id, source, reason },
  });

/** Slots that are looked into at a time. */
const CONCURRENCY = 8;

const knownAs = async (
  ledger: Pick<LedgerStore, 'slotAbove'>,
  { subject, source, id, time }: EventToCancel,
): Promise<CancelledEvent['known']> => {
  const { appends } = await ledger.slotAbove({ subject, start: slotStart(time) }, 0);
  const idHash = idHashOf({ source, id });
  if (tombstonesOf(appends).has(idHash)) return 'cancelled';
  return usageEntries(appends).some((entry) => entry.idHash === idHash) ? 'counted' : 'unknown';
};

/**
 * Puts cancellations on the stream, and tells how the ledger had each event before. When this returns they are durable.
 * @throws {StreamBusy} if the stream did not take all of them; send them again, repeats change nothing.
 */
export const cancelEvents = async (
  { ledger, stream }: { readonly ledger: Pick<LedgerStore, 'slotAbove'>; readonly stream: UsageStream },
  events: readonly EventToCancel[],
  reason: string,
): Promise<CancelledEvent[]> => {
  const known = await mapBounded(events, CONCURRENCY, async (event) => ({
    id: event.id,
    known: await knownAs(ledger, event),
  }));
  await stream.put(packBySubject(events.map((event) => ({ subject: event.subject, line: lineOf(event, reason) }))));
  return known;
};
