import { dynamo, s3, secretsManager, sqs, ssm } from '../../platform/aws.ts';
import { systemClock } from '../../platform/clock.ts';
import { env } from '../../platform/env.ts';
import { systemIds } from '../../platform/ids.ts';
import { METRICS } from '../../platform/metric-names.ts';
import { makeLogger, makeMetrics } from '../../platform/observability.ts';
import { adapterHandler } from '../adapter-handler.ts';
import { adapterObserver } from '../observe.ts';
import type { AdapterClient } from '../types.ts';
import { connectNetSuite } from './netsuite-client.ts';
import { netSuiteJobOf } from './netsuite-job.ts';

const SERVICE = 'deliver-netsuite';

/**
 * Wires the NetSuite adapter from the environment. `around` lets a test put itself between the frame and the vendor;
 * the product passes nothing.
 */
export const wireNetSuite = (around: (client: AdapterClient) => AdapterClient = (client) => client) => {
  const logger = makeLogger(SERVICE);
  const metrics = makeMetrics(SERVICE);
  return adapterHandler({
    dynamo: dynamo(),
    s3: s3(),
    sqs: sqs(),
    clock: systemClock,
    metrics,
    observe: adapterObserver(logger, metrics, {
      succeeded: METRICS.erpDeliveries,
      failed: METRICS.erpDeliveryFailures,
    }),
    tables: { delivery: env('DELIVERY_TABLE'), bucket: env('DATA_BUCKET'), dlqUrl: env('DLQ_URL') },
    concurrency: Number(env('NETSUITE_CONCURRENCY')),
    client: (timeLeft) =>
      around(
        connectNetSuite(
          {
            secrets: secretsManager(),
            ssm: ssm(),
            clock: systemClock,
            ids: systemIds,
            timeLeft,
            log: (call) => logger.info('called NetSuite', call),
          },
          { endpointParameter: env('NETSUITE_ENDPOINT_PARAMETER'), secretId: env('NETSUITE_SECRET_ID') },
        ),
      ),
    jobOf: async (body) => netSuiteJobOf(body),
  });
};
