import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { type DomainEvents, EVENT_SOURCE } from '../../lambdas/platform/domain-events.ts';
import { Adapter } from '../constructs/adapter.ts';
import { DeadLetteredConsumer } from '../constructs/dead-lettered-consumer.ts';
import { addItems, changeItems, publishEvents, readItems, readObjects, writeObjects } from '../constructs/grants.ts';
import { API_TIMEOUT, HandlerFunction } from '../constructs/handler-function.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { tableNames } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FoundationStack } from './foundation-stack.ts';

/** From settled usage to signals and to customer success's own system. */
export class SuccessStack extends MeterbridgeStack {
  readonly api: HandlerFunction;
  readonly gainsight: Adapter;
  readonly signals: DeadLetteredConsumer;

  constructor(scope: Construct, deployment: Deployment, foundation: FoundationStack) {
    super(scope, 'Success', deployment, { description: 'Meterbridge: signals and customer success' });
    const { tables, archive, data, bus, alarmTopic } = foundation;

    this.signals = new DeadLetteredConsumer(this, 'SignalsQueue', {
      deployment,
      queueName: 'signals',
      title: 'Signals',
      says: 'Settled usage could not be judged: customer success may miss a signal.',
      topic: alarmTopic,
    });
    const detect = new HandlerFunction(this, 'Signals', {
      deployment,
      description: 'Judges settled usage and raises signals',
      timeout: this.signals.timeout,
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'catalog', 'success'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        EVENT_BUS: bus.eventBusName,
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        readItems(tables.catalog),
        readItems(tables.success),
        changeItems(tables.success),
        ...readObjects(data),
        // What backfills correct is computed from the events themselves.
        ...readObjects(archive),
        publishEvents(bus),
      ],
    });
    this.signals.consumeBy(detect.function);
    this.#route('usage.settled', bus, this.signals);

    this.gainsight = new Adapter(this, 'Gainsight', {
      deployment,
      vendor: 'gainsight',
      title: 'Gainsight',
      functionId: 'DeliverGainsight',
      environment: {
        ...tableNames(tables, 'delivery', 'audit', 'catalog'),
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.delivery),
        changeItems(tables.delivery),
        readItems(tables.audit),
        addItems(tables.audit),
        readItems(tables.catalog),
        ...readObjects(data),
        writeObjects(data, 'payloads/'),
      ],
      topic: alarmTopic,
    });
    this.#route('signal.raised', bus, this.gainsight.consumer);

    this.api = new HandlerFunction(this, 'SuccessApi', {
      deployment,
      description: 'Accounts, usage and signals',
      timeout: API_TIMEOUT,
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'catalog', 'success'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        readItems(tables.catalog),
        readItems(tables.success),
        ...readObjects(data),
        ...readObjects(archive),
      ],
    });

    this.output('SignalsFunctionName', detect.functionName);
    this.output('SuccessApiFunctionName', this.api.functionName);
    this.output('DeliverGainsightFunctionName', this.gainsight.handler.functionName);
    this.output('SignalsQueueUrl', this.signals.queue.queueUrl);
    this.output('SignalsDlqUrl', this.signals.dlq.queueUrl);
    this.output('GainsightQueueUrl', this.gainsight.consumer.queue.queueUrl);
    this.output('GainsightDlqUrl', this.gainsight.consumer.dlq.queueUrl);
    this.output('GainsightEndpointParameter', this.gainsight.endpoint.parameterName);
    this.output('GainsightSecretId', this.gainsight.secretId);
  }

  /** Sends one kind of domain event to a queue; what the bus cannot put there goes to the queue's dead letters. */
  #route(detailType: keyof DomainEvents, eventBus: IEventBus, consumer: DeadLetteredConsumer): void {
    new Rule(this, `To${consumer.queueName}`, {
      ruleName: nameOf(this.deployment, `to-${consumer.queueName}`),
      eventBus,
      description: `${detailType} to the ${consumer.queueName} queue`,
      eventPattern: { source: [EVENT_SOURCE], detailType: [detailType] },
      targets: [new SqsQueue(consumer.queue, { deadLetterQueue: consumer.dlq })],
    });
  }
}
