import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type DomainEventPublisher, EVENT_SOURCE } from './domain-events.ts';

/** The bus takes at most 10 entries in one call. */
const BATCH = 10;

/** Publishes domain events on an EventBridge bus. */
export const eventBridgePublisher = (client: EventBridgeClient, bus: string): DomainEventPublisher => ({
  publish: async (type, details) => {
    for (let from = 0; from < details.length; from += BATCH) {
      const batch = details.slice(from, from + BATCH);
      const { FailedEntryCount = 0, Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: batch.map((detail) => ({
            EventBusName: bus,
            Source: EVENT_SOURCE,
            DetailType: type,
            Detail: JSON.stringify(detail),
          })),
        }),
      );
      if (FailedEntryCount > 0) {
        const codes = Entries.flatMap((entry) => (entry.ErrorCode ? [entry.ErrorCode] : []));
        throw new Error(`${FailedEntryCount} of ${batch.length} ${type} events were not taken: ${codes.join(', ')}`);
      }
    }
  },
});
