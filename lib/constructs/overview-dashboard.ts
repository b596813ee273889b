import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS, type MetricName } from '../../lambdas/platform/metric-names.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { Parts } from '../stacks/console-stack.ts';
import { ALARM_PERIOD } from './alarm-with-runbook.ts';
import {
  byRegion,
  ERP_SERVICE,
  erpSuccessRate,
  inSeconds,
  type Statistic,
  SUCCESS_SERVICE,
  serviceMetric,
} from './metrics.ts';

const graph = (title: string, ...left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 8, height: 6 });
const regions = (title: string, name: MetricName, statistic: Statistic): IWidget =>
  graph(title, byRegion(name, statistic));

/** The one dashboard: is usage coming in, does money go out, does customer success hear of it, what waits for a person. */
export class OverviewDashboard extends Construct {
  constructor(scope: Construct, id: string, { deployment, ...parts }: Parts & { readonly deployment: Deployment }) {
    super(scope, id);
    const { ingest, finance, success, foundation } = parts;
    const ofIngest = (name: MetricName, statistic: Statistic = 'Sum') => serviceMetric(name, 'ingest', statistic);
    const deadLetters = [finance.netsuite.consumer, success.gainsight.consumer, success.signals, ingest.spillQueue]
      .map(({ queueName, dlq }) => ({ label: String(queueName), queue: dlq }))
      .concat({ label: 'async-failures', queue: foundation.asyncFailures.queue })
      .map(({ label, queue }) =>
        queue.metricApproximateNumberOfMessagesVisible({ label, statistic: 'Maximum', period: ALARM_PERIOD }),
      );

    new Dashboard(this, 'Dashboard', {
      dashboardName: nameOf(deployment, 'overview'),
      widgets: [
        [new TextWidget({ width: 24, height: 1, markdown: '## Usage in · what to do: docs/runbook.md' })],
        [
          graph(
            'Ingestion lag, seconds',
            ofIngest(METRICS.ingestionLag, 'Maximum').with({ label: 'from receipt to ledger' }),
            inSeconds(
              ingest.ingest.function.metric('IteratorAge', { statistic: 'Maximum', period: ALARM_PERIOD }),
              'age of what was read',
            ),
          ),
          graph(
            'Events',
            ofIngest(METRICS.eventsReceived),
            ofIngest(METRICS.eventsAccepted),
            ofIngest(METRICS.eventsDuplicate),
            ofIngest(METRICS.eventsLate),
          ),
          graph('Transformation failures (quarantined)', ofIngest(METRICS.transformationFailures)),
        ],
        [new TextWidget({ width: 24, height: 1, markdown: '## Money out' })],
        [
          new SingleValueWidget({ title: 'ERP success rate', metrics: [erpSuccessRate()], width: 8, height: 6 }),
          graph(
            'Deliveries to the ERP',
            serviceMetric(METRICS.erpDeliveries, ERP_SERVICE, 'Sum'),
            serviceMetric(METRICS.erpDeliveryFailures, ERP_SERVICE, 'Sum'),
          ),
          graph(
            'Closes',
            finance.closeMachine.machine.metricSucceeded({ period: ALARM_PERIOD }),
            finance.closeMachine.machine.metricFailed({ period: ALARM_PERIOD }),
          ),
        ],
        [
          regions('Disputed documents by sales region', METRICS.documentsDisputed, 'Sum'),
          regions('Exceptions for a person by sales region', METRICS.exceptionsOpen, 'Sum'),
          regions('Reconciliation breaks by sales region', METRICS.reconciliationBreaks, 'Sum'),
        ],
        [new TextWidget({ width: 24, height: 1, markdown: '## Customer success, and what waits in all queues' })],
        [
          graph(
            'From signal to call to action, seconds',
            serviceMetric(METRICS.successUpdateLatency, SUCCESS_SERVICE, 'p95'),
          ),
          graph('Records written', serviceMetric(METRICS.successUpdates, SUCCESS_SERVICE, 'Sum')),
          graph('Dead letters', ...deadLetters),
        ],
      ],
    });
  }
}
