import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../platform/metric-names.ts';
import type { CloseMetrics } from './ports.ts';

/** Counts by sales region in CloudWatch's embedded format; each in a blob of its own, for the region is a dimension. */
export const closeMetrics = (metrics: Metrics): CloseMetrics => {
  const count = (name: string, salesRegion: string, value: number) =>
    metrics.singleMetric().addDimension('salesRegion', salesRegion).addMetric(name, MetricUnit.Count, value);
  return {
    exceptionsOpen: (salesRegion, value) => count(METRICS.exceptionsOpen, salesRegion, value),
    documentsDisputed: (salesRegion, value) => count(METRICS.documentsDisputed, salesRegion, value),
    reconciliationBreaks: (salesRegion, value) => count(METRICS.reconciliationBreaks, salesRegion, value),
  };
};
