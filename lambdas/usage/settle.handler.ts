import type { Context } from 'aws-lambda';
import { dynamoCatalog } from '../catalog/catalog-store.ts';
import { dynamo, eventBridge, s3 } from '../platform/aws.ts';
import { systemClock } from '../platform/clock.ts';
import { env } from '../platform/env.ts';
import { eventBridgePublisher } from '../platform/event-publisher.ts';
import { systemIds } from '../platform/ids.ts';
import { makeLogger } from '../platform/observability.ts';
import { dynamoDirtyMarks } from './dirty-marks.ts';
import { dynamoLedger } from './ledger-store.ts';
import { type SweepResult, settleSweep } from './settle-sweep.ts';
import { dynamoSettled } from './settled-store.ts';
import { dynamoSubjects } from './subjects.ts';

const logger = makeLogger('settle');
const projection = env('PROJECTION_TABLE');
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const ports = {
  ledger: dynamoLedger(dynamo(), env('LEDGER_TABLE')),
  settled: dynamoSettled(dynamo(), projection, s3(), env('DATA_BUCKET')),
  marks: dynamoDirtyMarks(dynamo(), projection),
  subjects: dynamoSubjects(dynamo(), projection),
  publisher: eventBridgePublisher(eventBridge(), env('EVENT_BUS')),
  clock: systemClock,
  ids: systemIds,
};

/** Runs the settle sweep: by schedule, or at once when the operations API invokes it. Answers what it did. */
export const handler = async (_event: unknown, context: Context): Promise<SweepResult> => {
  logger.appendKeys({ correlationId: context.awsRequestId });
  const result = await settleSweep(ports, await catalog.history('meter'));
  logger.info('settled', { ...result });
  return result;
};
