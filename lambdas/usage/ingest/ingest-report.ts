import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../platform/metric-names.ts';
import type { IngestSummary } from './ingest.ts';

/** Tells what became of a batch: one log line and one set of metrics, however many events it held. */
export const reportIngest = (summary: IngestSummary, logger: Logger, metrics: Metrics): void => {
  const quarantined = Object.values(summary.quarantined).reduce((sum, count) => sum + count, 0);
  if (summary.spilled > 0) logger.warn('batch taken, in part spilled', { ...summary });
  else logger.info('batch taken', { ...summary });
  metrics.addMetric(METRICS.eventsReceived, MetricUnit.Count, summary.received);
  metrics.addMetric(METRICS.eventsAccepted, MetricUnit.Count, summary.accepted);
  metrics.addMetric(METRICS.eventsDuplicate, MetricUnit.Count, summary.duplicate);
  metrics.addMetric(METRICS.eventsLate, MetricUnit.Count, summary.late);
  metrics.addMetric(METRICS.transformationFailures, MetricUnit.Count, quarantined);
  metrics.addMetric(METRICS.ingestionLag, MetricUnit.Seconds, summary.lagSeconds);
  if (summary.largestAppend > 0) metrics.addMetric(METRICS.appendBytes, MetricUnit.Bytes, summary.largestAppend);
  metrics.publishStoredMetrics();
};
