import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** The link from an alarm to what to do: a heading of the runbook. */
export const runbookLink = (heading: string): string =>
  `docs/runbook.md#${heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')}`;

export type AlarmWithRunbookProps = {
  readonly deployment: Deployment;
  /** The heading in docs/runbook.md; the alarm's name is the environment's prefix and this. */
  readonly heading: string;
  /** What the alarm says, one sentence. */
  readonly says: string;
  readonly metric: IMetric;
  /** The alarm rings at this value and above (or at it and below, with `below`). */
  readonly threshold: number;
  readonly below?: boolean;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  readonly topic: ITopic;
};

/** The period of every alarm's metric. */
export const ALARM_PERIOD = Duration.minutes(5);

/** An alarm whose name is a heading of the runbook and whose text links to it. */
export class AlarmWithRunbook extends Construct {
  readonly heading: string;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: AlarmWithRunbookProps) {
    super(scope, id);
    this.heading = props.heading;
    this.alarm = new Alarm(this, 'Alarm', {
      alarmName: `meterbridge-${props.deployment.config.name}/${props.heading}`,
      alarmDescription: `${props.says} See ${runbookLink(props.heading)}`,
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods ?? 1,
      comparisonOperator: props.below
        ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(props.topic);
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }
}
