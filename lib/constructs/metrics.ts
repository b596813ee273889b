import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, METRICS, type MetricName, NO_REGION } from '../../lambdas/platform/metric-names.ts';
import { ALARM_PERIOD } from './alarm-with-runbook.ts';

export type Statistic = 'Sum' | 'Maximum' | 'p95';

/** A metric of one service: what an alarm may watch. */
export const serviceMetric = (metricName: MetricName, service: string, statistic: Statistic): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { service },
    statistic,
    period: ALARM_PERIOD,
  });

/** A metric that is told in milliseconds, in seconds. */
export const inSeconds = (millis: Metric, label: string): MathExpression =>
  new MathExpression({ expression: 'millis / 1000', usingMetrics: { millis }, label, period: ALARM_PERIOD });

/** A graph of a metric, one line per sales region (a search, which alarms may not use). */
export const byRegion = (metricName: MetricName, statistic: Statistic): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},service,salesRegion} MetricName="${metricName}"', '${statistic}')`,
    label: '',
    period: ALARM_PERIOD,
  });

/** The sales regions there are, and none. A metric by region is one metric for each. */
const SALES_REGIONS = ['us', 'eu', 'ap', NO_REGION] as const;

/** A metric of one service summed over the sales regions; missing data counts as 0. Arithmetic, so only on AWS. */
export const overRegions = (metricName: MetricName, service: string): MathExpression =>
  new MathExpression({
    label: metricName,
    expression: SALES_REGIONS.map((region) => `FILL(${region}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(
      SALES_REGIONS.map((salesRegion) => [
        salesRegion,
        serviceMetric(metricName, service, 'Sum').with({ dimensionsMap: { service, salesRegion } }),
      ]),
    ),
    period: ALARM_PERIOD,
  });

/** The share of tries at the ERP that succeed, in percent; 100 while nothing is tried. Arithmetic, so only on AWS. */
export const erpSuccessRate = (): MathExpression =>
  new MathExpression({
    label: 'ERP success rate, %',
    expression: 'IF(FILL(ok, 0) + FILL(failed, 0) > 0, 100 * FILL(ok, 0) / (FILL(ok, 0) + FILL(failed, 0)), 100)',
    usingMetrics: {
      ok: serviceMetric(METRICS.erpDeliveries, ERP_SERVICE, 'Sum'),
      failed: serviceMetric(METRICS.erpDeliveryFailures, ERP_SERVICE, 'Sum'),
    },
    period: ALARM_PERIOD,
  });

/**
 * The share of lines that ingest refuses, in percent; 0 while they are fewer than ten in a period, which say nothing.
 * Arithmetic, so only on AWS.
 */
export const refusedShare = (): MathExpression =>
  new MathExpression({
    label: 'Refused lines, %',
    expression: 'IF(FILL(refused, 0) >= 10, 100 * FILL(refused, 0) / FILL(received, 1), 0)',
    usingMetrics: {
      refused: serviceMetric(METRICS.transformationFailures, 'ingest', 'Sum'),
      received: serviceMetric(METRICS.eventsReceived, 'ingest', 'Sum'),
    },
    period: ALARM_PERIOD,
  });

/** The services that deliver to the ERP and to customer success. */
export const ERP_SERVICE = 'deliver-netsuite';
export const SUCCESS_SERVICE = 'deliver-gainsight';
