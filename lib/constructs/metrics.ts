import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, METRICS, type MetricName } from '../../lambdas/platform/metric-names.ts';
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

/** A graph of a metric, one line per sales region (a search, which alarms may not use). */
export const byRegion = (metricName: MetricName, statistic: Statistic): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},service,salesRegion} MetricName="${metricName}"', '${statistic}')`,
    label: '',
    usingMetrics: {},
    period: ALARM_PERIOD,
  });

/** Successful share of all tries at the ERP, in percent; 100 while nothing is tried. Arithmetic, so only on AWS. */
export const erpSuccessRate = (): MathExpression =>
  new MathExpression({
    label: 'ERP success rate, %',
    expression: 'IF(ok + failed > 0, 100 * ok / (ok + failed), 100)',
    usingMetrics: {
      ok: serviceMetric(METRICS.erpDeliveries, 'deliver-netsuite', 'Sum'),
      failed: serviceMetric(METRICS.erpDeliveryFailures, 'deliver-netsuite', 'Sum'),
    },
    period: ALARM_PERIOD,
  });
