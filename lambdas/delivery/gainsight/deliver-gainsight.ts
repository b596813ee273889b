import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { cachedCatalog } from '../../catalog/cached-catalog.ts';
import { dynamoCatalog } from '../../catalog/catalog-store.ts';
import { dynamo, s3, secretsManager, sqs, ssm } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { METRICS } from '../../platform/metric-names.ts';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { adapterHandler } from '../adapter-handler.ts';
import { adapterObserver } from '../observe.ts';
import type { AdapterClient } from '../types.ts';
import { connectGainsight } from './gainsight-client.ts';
import { gainsightJobOf, raisedSignalOf } from './gainsight-job.ts';

const SERVICE = 'deliver-gainsight';
/** One batch is one message or a few; the vendor allows 100 calls a minute. */
const CONCURRENCY = 2;

/** Wires the Gainsight adapter from the environment. `around` is for tests; the product passes nothing. */
export const wireGainsight = (around: (client: AdapterClient) => AdapterClient = (client) => client) => {
  const logger = makeLogger(SERVICE);
  const metrics = makeMetrics(SERVICE);
  const catalog = cachedCatalog(dynamoCatalog(dynamo(), env('CATALOG_TABLE')), systemClock);
  /** When the signals of the running batch were raised, for the latency. */
  const raisedAt = new Map<string, string>();
  const observe = adapterObserver(logger, metrics, { succeeded: METRICS.successUpdates }, ({ deliveryId }) => {
    const raised = raisedAt.get(deliveryId);
    if (raised === undefined) return;
    const seconds = Math.max(0, (systemClock.nowMillis() - Date.parse(raised)) / 1000);
    metrics.addMetric(METRICS.successUpdateLatency, MetricUnit.Seconds, seconds);
    raisedAt.delete(deliveryId);
  });
  return adapterHandler({
    dynamo: dynamo(),
    s3: s3(),
    sqs: sqs(),
    clock: systemClock,
    metrics,
    observe,
    tables: { delivery: env('DELIVERY_TABLE'), bucket: env('DATA_BUCKET'), dlqUrl: env('DLQ_URL') },
    concurrency: CONCURRENCY,
    client: (timeLeft) =>
      around(
        connectGainsight(
          {
            secrets: secretsManager(),
            ssm: ssm(),
            clock: systemClock,
            timeLeft,
            log: (call) => logger.info('called Gainsight', call),
          },
          { endpointParameter: env('GAINSIGHT_ENDPOINT_PARAMETER'), secretId: env('GAINSIGHT_SECRET_ID') },
        ),
      ),
    jobOf: async (body, payloads) => {
      const raised = raisedSignalOf(body);
      raisedAt.set(raised.signalId, raised.raisedAt);
      return gainsightJobOf(catalog, payloads, raised, systemClock.now());
    },
  });
};
