import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { cachedCatalog } from '../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamo, eventBridge } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import type { DomainEvents } from '../platform/domain-events.ts';
import { env } from '../platform/env.ts';
import { eventBridgePublisher } from '../platform/event-publisher.ts';
import { makeLogger } from '../platform/observability.ts';
import { usageToRead } from '../usage/settle/usage-wiring.ts';
import { dynamoSignals } from './signal-store.ts';
import { raiseSignals } from './signals.ts';

const logger = makeLogger('signals');
const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);
const ports = {
  usage: usageToRead(catalog),
  catalog,
  signals: dynamoSignals(dynamo(), env('SUCCESS_TABLE')),
  publisher: eventBridgePublisher(eventBridge(), env('EVENT_BUS')),
  clock: systemClock,
};

/** Raises signals from settled usage. A message that fails comes again; the others do not. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    try {
      const { detail } = JSON.parse(body) as { detail: DomainEvents['usage.settled'] };
      const told = await raiseSignals(ports, detail);
      const { subject, days, correlationId } = detail;
      logger.info('evaluated', { subject, days: days.length, told, correlationId });
    } catch (error) {
      logger.error('not evaluated; the message comes again', { messageId, error: error as Error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
