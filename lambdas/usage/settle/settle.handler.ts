import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo, eventBridge } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { eventBridgePublisher } from '../../platform/event-publisher.ts';
import { systemIds } from '../../platform/ids.ts';
import { METRICS } from '../../platform/metric-names.ts';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { dynamoJobs } from '../jobs/job-store.ts';
import { runJob } from '../jobs/run-job.ts';
import { type SweepResult, settleSweep } from './settle-sweep.ts';
import { usageToRead } from './usage-wiring.ts';

const logger = makeLogger('settle');
const metrics = makeMetrics('settle');
const projection = env('PROJECTION_TABLE');
const catalog = dynamoCatalog(dynamo(), env('CATALOG_TABLE'));
const ports = {
  ...usageToRead(catalog, { keeps: true }),
  publisher: eventBridgePublisher(eventBridge(), env('EVENT_BUS')),
  ids: systemIds,
};

const jobs = { jobs: dynamoJobs(dynamo(), projection), clock: systemClock };

const sweep = async (): Promise<SweepResult> => settleSweep(ports, await catalog.history('meter'));

/** What starts a sweep; with `jobId`, somebody asked for it and wants to see how it stands. */
type SettleEvent = { readonly sweep: true; readonly jobId?: string };

/** A sweep with its lag as a metric: how long usage stayed unsettled that could have been settled for good. */
const measured = async (): Promise<SweepResult> => {
  const result = await sweep();
  metrics.addMetric(METRICS.settleLag, MetricUnit.Seconds, result.lagSeconds);
  metrics.publishStoredMetrics();
  logger.info('settled', { ...result });
  return result;
};

/** Runs the settle sweep: by schedule, or as a job. */
export const handler = async ({ jobId }: SettleEvent, context: Context): Promise<void> => {
  logger.appendKeys({ correlationId: jobId ?? context.awsRequestId });
  if (jobId === undefined) await measured();
  else await runJob(jobs, jobId, context.getRemainingTimeInMillis(), measured);
};
