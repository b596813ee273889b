import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS, type MetricName } from '../platform/metric-names.ts';
import type { Observer } from './consume.ts';
import type { DeliveryJob } from './types.ts';

/** Which metrics an adapter counts its ends by. */
export type ObservedMetrics = { readonly succeeded: MetricName; readonly failed?: MetricName };

/** Tells the ends of deliveries to log and metrics. Never a body or a secret; a failure's message is the vendor's. */
export const adapterObserver = (
  logger: Logger,
  metrics: Metrics,
  names: ObservedMetrics,
  succeeded: (job: DeliveryJob) => void = () => undefined,
): Observer => {
  const count = (name: MetricName | undefined) => {
    if (name !== undefined) metrics.addMetric(name, MetricUnit.Count, 1);
  };
  return {
    ended: (job, verdict) => {
      const { adapter, deliveryId, record, correlationId, salesRegion } = job;
      const about = { adapter, deliveryId, record, correlationId, salesRegion };
      if (verdict.verdict === 'done') {
        logger.info('delivery ended', { ...about, state: verdict.state, repeat: verdict.repeat });
        if (verdict.repeat) return;
        count(verdict.state === 'parked' ? names.failed : names.succeeded);
        if (verdict.state !== 'parked') succeeded(job);
        return;
      }
      if (verdict.verdict === 'busy') {
        logger.info('left to the worker that holds it', { ...about, until: verdict.until });
        return;
      }
      logger.warn('not delivered', { ...about, verdict: verdict.verdict, failure: verdict.failure });
      count(names.failed);
      if (verdict.failure.outcome === 'auth') count(METRICS.adapterAuthFailures);
    },
    undeliverable: (message, reason) => {
      logger.error('undeliverable', { messageId: message.messageId, reason });
      count(names.failed);
    },
    broke: (message, error) => {
      logger.error('a dependency failed; the message comes again', {
        messageId: message.messageId,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    },
  };
};
