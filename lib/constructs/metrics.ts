import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
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
    period: ALARM_PERIOD,
  });

/** The sales regions there are; a metric by region is one metric for each, and one for what has none. */
const SALES_REGIONS = ['us', 'eu', 'ap'] as const;

type Terms = { readonly expression: string; readonly metrics: Record<string, IMetric> };

/** A metric of one service summed over the sales regions, as terms of an expression. Missing data counts as 0. */
const summed = (prefix: string, metricName: MetricName, service: string): Terms => {
  const metrics: Record<string, IMetric> = { [`${prefix}_none`]: serviceMetric(metricName, service, 'Sum') };
  for (const salesRegion of SALES_REGIONS) {
    metrics[`${prefix}_${salesRegion}`] = new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service, salesRegion },
      statistic: 'Sum',
      period: ALARM_PERIOD,
    });
  }
  const terms = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
  return { expression: `(${terms.join(' + ')})`, metrics };
};

/** A metric of one service over all sales regions; `prefix` tells two of them in one graph apart. Arithmetic, so only on AWS. */
export const overRegions = (metricName: MetricName, service: string, prefix = 'ok'): MathExpression => {
  const { expression, metrics } = summed(prefix, metricName, service);
  return new MathExpression({ label: metricName, expression, usingMetrics: metrics, period: ALARM_PERIOD });
};

/** The share of tries at the ERP that succeed, in percent; 100 while nothing is tried. Arithmetic, so only on AWS. */
export const erpSuccessRate = (): MathExpression => {
  const ok = summed('ok', METRICS.erpDeliveries, ERP_SERVICE);
  const failed = summed('failed', METRICS.erpDeliveryFailures, ERP_SERVICE);
  const tries = `(${ok.expression} + ${failed.expression})`;
  return new MathExpression({
    label: 'ERP success rate, %',
    expression: `IF(${tries} > 0, 100 * ${ok.expression} / ${tries}, 100)`,
    usingMetrics: { ...ok.metrics, ...failed.metrics },
    period: ALARM_PERIOD,
  });
};

/** The service that delivers to the ERP. */
export const ERP_SERVICE = 'deliver-netsuite';
