import { describe, expect, it } from 'vitest';
import { runbookLink } from '../../lib/constructs/alarm-with-runbook.ts';
import { at, refersTo, runbook, synthesize } from './synthesize.ts';

const app = synthesize('prod');
const alarms = app.ofType('AWS::CloudWatch::Alarm');
const headings = runbook();
const headingOf = (name: unknown): string => String(name).replace('meterbridge-prod/', '');

describe('alarms', () => {
  it.each(alarms.map(({ Properties }) => [String(Properties.AlarmName), Properties] as const))(
    '%s has a heading in the runbook, links to it and tells somebody',
    (name, properties) => {
      const heading = headingOf(name);
      expect([...headings.keys()]).toContain(heading);
      expect(properties.AlarmDescription).toContain(runbookLink(heading));
      expect(properties.AlarmActions).toHaveLength(1);
    },
  );

  it('may tell: the topic, which has a policy of its own, lets alarms of this account publish', () => {
    const [policy] = app.ofType('AWS::SNS::TopicPolicy');
    const statements = at(policy?.Properties, 'PolicyDocument', 'Statement') as unknown[];
    expect(statements).toContainEqual({
      Sid: 'AllowAlarms',
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Resource: { Ref: app.ofType('AWS::SNS::Topic')[0]?.id },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  it('of the sweep can ring: a period of it holds a sweep', () => {
    const alarm = alarms.find(({ Properties }) => headingOf(Properties.AlarmName) === 'Settle errors');
    const [sweep] = app
      .ofType('AWS::Events::Rule')
      .filter(({ Properties }) => Properties.Name === 'meterbridge-prod-settle-sweep');
    expect(sweep?.Properties.ScheduleExpression).toBe(`rate(${Number(alarm?.Properties.Period) / 60} minutes)`);
  });

  it('are one per heading: the runbook has no heading without an alarm', () => {
    expect(alarms.map(({ Properties }) => headingOf(Properties.AlarmName)).sort()).toEqual([...headings.keys()].sort());
  });

  it.each([...headings])('%s says what it is, how to look and how to mend it, with a command', (_heading, text) => {
    const parts = [...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Description', 'Investigation', 'Resolution']);
    expect(text).toContain('npm run ops -- ');
  });
});

describe('queues', () => {
  const queues = app.ofType('AWS::SQS::Queue');
  const isDeadLetterQueue = (id: string) =>
    queues.some((queue) => refersTo(at(queue.Properties, 'RedrivePolicy', 'deadLetterTargetArn')) === id);
  /** Where asynchronous calls and stream batches end: a destination, so a dead-letter queue by use. */
  const isDestination = (name: unknown) => name === 'meterbridge-prod-async-failures';
  const ends = queues.filter(({ id, Properties }) => isDeadLetterQueue(id) || isDestination(Properties.QueueName));
  const sources = queues.filter((queue) => !ends.includes(queue));

  it('are the four that feed functions, and an end for each and for asynchronous calls', () => {
    const names = (list: typeof queues) => list.map(({ Properties }) => Properties.QueueName).sort();
    expect(names(sources)).toEqual(
      ['gainsight', 'netsuite', 'signals', 'spill'].map((name) => `meterbridge-prod-${name}`),
    );
    expect(names(ends)).toEqual(
      ['async-failures', 'gainsight-dlq', 'netsuite-dlq', 'signals-dlq', 'spill-dlq'].map(
        (name) => `meterbridge-prod-${name}`,
      ),
    );
  });

  it.each(sources.map(({ Properties }) => [Properties.QueueName, Properties] as const))(
    '%s has a dead-letter queue',
    (_name, properties) => {
      expect(refersTo(at(properties, 'RedrivePolicy', 'deadLetterTargetArn'))).toBeDefined();
      expect(at(properties, 'RedrivePolicy', 'maxReceiveCount')).toBeGreaterThan(1);
    },
  );

  it.each(ends.map(({ id, stack, Properties }) => [Properties.QueueName, stack, id] as const))(
    '%s has an alarm as soon as something is in it',
    (_name, stack, id) => {
      const own = alarms.filter(
        (alarm) =>
          alarm.stack === stack &&
          alarm.Properties.MetricName === 'ApproximateNumberOfMessagesVisible' &&
          refersTo(at(alarm.Properties, 'Dimensions', 0, 'Value')) === id,
      );
      expect(own).toHaveLength(1);
      expect(own[0]?.Properties.Threshold).toBe(1);
    },
  );

  it.each(queues.map(({ id, stack, Properties }) => [Properties.QueueName, stack, id, Properties] as const))(
    '%s is encrypted and takes no plain connection',
    (_name, stack, id, properties) => {
      expect(properties.SqsManagedSseEnabled).toBe(true);
      const policies = app
        .ofType('AWS::SQS::QueuePolicy')
        .filter((policy) => policy.stack === stack && refersTo(at(policy.Properties, 'Queues', 0)) === id);
      expect(JSON.stringify(policies.map(({ Properties }) => Properties.PolicyDocument))).toContain(
        'aws:SecureTransport',
      );
    },
  );
});

describe('metrics', () => {
  it('never carry an account as a dimension', () => {
    const known = ['service', 'salesRegion', 'QueueName', 'FunctionName', 'StateMachineArn', 'ApiName'];
    const used = new Set(
      alarms.flatMap(({ Properties }) => {
        const metrics = [
          Properties,
          ...((Properties.Metrics as unknown[]) ?? []).map((metric) => at(metric, 'MetricStat', 'Metric')),
        ];
        return metrics.flatMap((metric) =>
          ((at(metric, 'Dimensions') as unknown[]) ?? []).map((one) => String(at(one, 'Name'))),
        );
      }),
    );
    expect(known).toEqual(expect.arrayContaining([...used]));
    const dashboard = JSON.stringify(app.ofType('AWS::CloudWatch::Dashboard'));
    const searched = [...dashboard.matchAll(/SEARCH\('\{([^}]*)\}/g)].map(([, dimensions]) => dimensions);
    expect([...new Set(searched)]).toEqual(['Meterbridge,service,salesRegion']);
    expect(dashboard).not.toMatch(/account(Id)?\\+"/i);
  });

  it('of breaks are watched in every sales region, and where there is none', () => {
    const alarm = alarms.find(({ Properties }) => headingOf(Properties.AlarmName) === 'Reconciliation breaks');
    const regions = (at(alarm?.Properties, 'Metrics') as unknown[]).flatMap((metric) => {
      const dimensions = (at(metric, 'MetricStat', 'Metric', 'Dimensions') ?? []) as unknown[];
      return dimensions.filter((one) => at(one, 'Name') === 'salesRegion').map((one) => at(one, 'Value'));
    });
    expect(regions.sort()).toEqual(['ap', 'eu', 'none', 'us']);
  });

  it('of what finance disputes stand on the dashboard by sales region', () => {
    const dashboard = JSON.stringify(app.ofType('AWS::CloudWatch::Dashboard'));
    for (const name of ['DocumentsDisputed', 'ExceptionsOpen', 'ReconciliationBreaks']) {
      expect(dashboard).toMatch(new RegExp(`SEARCH\\([^)]*salesRegion[^)]*MetricName=\\\\+"${name}`));
    }
  });
});
