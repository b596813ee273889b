import { Duration, Validations } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { QueueName } from '../config/types.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import { ALARM_PERIOD, AlarmWithRunbook, runbookLink } from './alarm-with-runbook.ts';

/** How long a message is kept: the service's most, so that a long weekend loses nothing. */
const KEPT = Duration.days(14);

export type DeadLetterQueueProps = {
  readonly deployment: Deployment;
  /** e.g. `netsuite-dlq`. */
  readonly name: string;
  /** The heading in docs/runbook.md. */
  readonly heading: string;
  /** What it means that something is in it. */
  readonly says: string;
  readonly topic: ITopic;
};

/** A queue for what failed for good, with an alarm as soon as something is in it. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;
  readonly heading: string;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.heading = props.heading;
    this.queue = new Queue(this, 'Queue', {
      queueName: nameOf(props.deployment, props.name),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: KEPT,
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where failures end; the redrive empties it.',
    });
    new AlarmWithRunbook(this, 'NotEmpty', {
      ...props,
      metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: 1,
    });
  }
}

export type DeadLetteredConsumerProps = {
  readonly deployment: Deployment;
  readonly queueName: QueueName;
  /** The queue's name as people say it, e.g. `NetSuite`. */
  readonly title: string;
  readonly says: string;
  readonly topic: ITopic;
};

/** The entry of QUEUES_JSON: a queue as the redrive knows it. `url` is absent where nothing can be put back. */
export type QueueEntry = {
  readonly name: string;
  readonly url?: string;
  readonly dlqUrl: string;
  readonly runbook: string;
};

/** A queue, its dead-letter queue, and the alarm on that. `consumeBy` makes a function its consumer. */
export class DeadLetteredConsumer extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;
  readonly queueName: QueueName;
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, props: DeadLetteredConsumerProps) {
    super(scope, id);
    this.queueName = props.queueName;
    this.#deployment = props.deployment;
    const { visibilitySeconds, maxReceiveCount } = props.deployment.config.queues[props.queueName];
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      ...props,
      name: `${props.queueName}-dlq`,
      heading: `${props.title} dead letters`,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: nameOf(props.deployment, props.queueName),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: KEPT,
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount },
    });
  }

  /** The dead-letter queue itself. */
  get dlq(): IQueue {
    return this.deadLetters.queue;
  }

  /** The time that one invocation of the consumer may take. */
  get timeout(): Duration {
    return Duration.seconds(this.#deployment.config.queues[this.queueName].timeoutSeconds);
  }

  /** Lets a function consume the queue; it answers with the messages that failed. */
  consumeBy(consumer: IFunction): void {
    const { concurrency, batchSize } = this.#deployment.config.queues[this.queueName];
    consumer.addEventSource(
      new SqsEventSource(this.queue, { batchSize, maxConcurrency: concurrency, reportBatchItemFailures: true }),
    );
  }

  get entry(): QueueEntry {
    return {
      name: this.queueName,
      url: this.queue.queueUrl,
      dlqUrl: this.dlq.queueUrl,
      runbook: runbookLink(this.deadLetters.heading),
    };
  }
}
