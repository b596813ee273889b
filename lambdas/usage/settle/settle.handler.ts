import type { Context } from 'aws-lambda';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo, eventBridge, s3 } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { eventBridgePublisher } from '../../platform/event-publisher.ts';
import { systemIds } from '../../platform/ids.ts';
import { makeLogger } from '../../platform/observability.ts';
import { dynamoDirtyMarks } from '../ledger/dirty-marks.ts';
import { dynamoLedger } from '../ledger/ledger-store.ts';
import { dynamoSubjects } from '../ledger/subjects.ts';
import { type SweepResult, settleSweep } from './settle-sweep.ts';
import { dynamoSettled } from './settled-store.ts';
import { dynamoSettlements, runSettlement } from './settlements.ts';

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

const settlements = dynamoSettlements(dynamo(), projection);

/** What starts a sweep; with `settlementId`, somebody asked for it and wants to see how it stands. */
type SettleEvent = { readonly sweep: true; readonly settlementId?: string };

/** Runs the settle sweep: by schedule, or when the operations API asks for it. */
export const handler = async ({ settlementId }: SettleEvent, context: Context): Promise<SweepResult> => {
  logger.appendKeys({ correlationId: settlementId ?? context.awsRequestId });
  const sweep = async () => settleSweep(ports, await catalog.history('meter'));
  const result = await (settlementId === undefined
    ? sweep()
    : runSettlement(settlements, systemClock, settlementId, sweep));
  logger.info('settled', { ...result });
  return result;
};
