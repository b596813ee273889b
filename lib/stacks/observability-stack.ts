import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { METRICS } from '../../lambdas/platform/metric-names.ts';
import { ALARM_PERIOD, AlarmWithRunbook, type AlarmWithRunbookProps } from '../constructs/alarm-with-runbook.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { erpSuccessRate, overRegions, refusedShare, serviceMetric } from '../constructs/metrics.ts';
import { OverviewDashboard } from '../constructs/overview-dashboard.ts';
import type { Deployment } from '../deployment.ts';
import type { ConsoleStack, Parts } from './console-stack.ts';

/** An hour in milliseconds: far from the stream's retention of a week or more, and not a passing delay. */
const ITERATOR_AGE_LIMIT = 3_600_000;
/** DynamoDB refuses items above 400 KB; appends are split long before, so this size means that a bound failed. */
const APPEND_BYTES_LIMIT = 300_000;

/** Two hours in seconds: eight sweeps that settled other days and not this one, or did not come. */
const SETTLE_LAG_LIMIT = 7_200;

/** One dashboard, and the alarms that are about the whole rather than one queue. */
export class ObservabilityStack extends MeterbridgeStack {
  readonly #topic: AlarmWithRunbookProps['topic'];

  constructor(scope: Construct, deployment: Deployment, parts: Parts & { readonly console: ConsoleStack }) {
    super(scope, 'Observability', deployment, { description: 'Meterbridge: dashboard and alarms' });
    const { ingest, finance, console, foundation } = parts;
    this.#topic = foundation.alarmTopic;

    this.#alarm('IteratorAge', {
      heading: 'Ingest iterator age',
      says: 'Ingest is far behind the stream; what leaves the stream unread is lost.',
      metric: ingest.ingest.function.metric('IteratorAge', { statistic: 'Maximum', period: ALARM_PERIOD }),
      threshold: ITERATOR_AGE_LIMIT,
      periods: 3,
    });
    this.#alarm('IngestErrors', {
      heading: 'Ingest errors',
      says: 'Ingest fails as a whole: something that it depends on is down.',
      metric: ingest.ingest.function.metricErrors({ period: ALARM_PERIOD }),
      threshold: 1,
      periods: 2,
    });
    this.#alarm('IngestionLag', {
      heading: 'Ingestion lag',
      says: 'Events take longer from receipt to ledger than the freshness dial allows.',
      metric: serviceMetric(METRICS.ingestionLag, 'ingest', 'Maximum'),
      threshold: deployment.config.ingest.batchingWindowSeconds + 600,
      periods: 3,
    });
    this.#alarm('RefusedEvents', {
      heading: 'Refused events',
      says: 'More than one event in twenty goes to quarantine: a producer sends what cannot be counted.',
      metric: refusedShare(),
      threshold: 5,
      periods: 3,
    });
    this.#alarm('AppendSize', {
      heading: 'Append size',
      says: 'An append of the ledger nears the largest item that DynamoDB takes.',
      metric: serviceMetric(METRICS.appendBytes, 'ingest', 'Maximum'),
      threshold: APPEND_BYTES_LIMIT,
    });
    this.#alarm('BrokenChains', {
      heading: 'Broken chains',
      says: 'The nightly walk found a chain of the ledger that was changed, cut off or is not whole.',
      metric: serviceMetric(METRICS.brokenChains, 'ledger-walk', 'Maximum'),
      threshold: 1,
    });
    this.#alarm('SettleErrors', {
      heading: 'Settle errors',
      says: 'The sweep that settles usage failed twice in a row.',
      // A sweep per period: in shorter ones the pause between two sweeps would end every row of failures.
      metric: ingest.settle.function.metricErrors({
        period: Duration.minutes(deployment.config.ingest.settleSweepMinutes),
      }),
      threshold: 1,
      periods: 2,
    });
    this.#alarm('SettleLag', {
      heading: 'Settle lag',
      says: 'Usage of days that are over stays unsettled for hours.',
      metric: serviceMetric(METRICS.settleLag, 'settle', 'Maximum'),
      threshold: SETTLE_LAG_LIMIT,
    });
    this.#alarm('CloseFailed', {
      heading: 'Close failed',
      says: 'A period close ended in failure.',
      metric: finance.closeMachine.machine.metricFailed({ period: ALARM_PERIOD }),
      threshold: 1,
    });
    this.#alarm('ManifestFailed', {
      heading: 'Manifest failed',
      says: 'A manifest expired, got stuck in posting or failed.',
      metric: finance.manifestMachine.machine.metricFailed({ period: ALARM_PERIOD }),
      threshold: 1,
    });
    this.#alarm('ErpSuccessRate', {
      heading: 'ERP success rate',
      says: 'At most nine in ten tries at the ERP succeed.',
      metric: erpSuccessRate(),
      threshold: 90,
      below: true,
      periods: 3,
    });
    this.#alarm('ReconciliationBreaks', {
      heading: 'Reconciliation breaks',
      says: 'Totals read back from the ERP differ from what was approved.',
      metric: overRegions(METRICS.reconciliationBreaks, 'close-step'),
      threshold: 1,
    });
    this.#alarm('ApiErrors', {
      heading: 'API server errors',
      says: 'The API answers with server errors.',
      metric: console.edge.api.metricServerError({ period: ALARM_PERIOD, statistic: 'Sum' }),
      threshold: 5,
      periods: 2,
    });
    new OverviewDashboard(this, 'Overview', { deployment, ...parts });
  }

  #alarm(id: string, props: Omit<AlarmWithRunbookProps, 'deployment' | 'topic'>): void {
    new AlarmWithRunbook(this, id, { ...props, deployment: this.deployment, topic: this.#topic });
  }
}
