import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { DeadLetteredConsumer } from '../constructs/dead-lettered-consumer.ts';
import {
  addItems,
  changeItems,
  publishEvents,
  readItems,
  readObjects,
  removeItems,
  sendMessages,
  writeObjects,
} from '../constructs/grants.ts';
import { HandlerFunction } from '../constructs/handler-function.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { tableNames } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';
import type { FoundationStack } from './foundation-stack.ts';

/** Lambda repeats a stream batch for at most a week. */
const LONGEST_RETRY_DAYS = 7;

/** From the stream to the ledger, and from the ledger to settled usage. */
export class IngestStack extends MeterbridgeStack {
  readonly ingest: HandlerFunction;
  readonly settle: HandlerFunction;
  readonly spillQueue: DeadLetteredConsumer;

  constructor(scope: Construct, deployment: Deployment, foundation: FoundationStack) {
    super(scope, 'Ingest', deployment, { description: 'Meterbridge: ingest, spill and settle' });
    const { config } = deployment;
    const { tables, archive, data, bus, stream, alarmTopic, asyncFailures } = foundation;

    this.spillQueue = new DeadLetteredConsumer(this, 'SpillQueue', {
      deployment,
      queueName: 'spill',
      title: 'Spill',
      says: 'Accepted events could not be appended to their chain; they are counted nowhere yet.',
      topic: alarmTopic,
    });
    const environment = {
      ...tableNames(tables, 'ledger', 'projection', 'quarantine', 'catalog'),
      ARCHIVE_BUCKET: archive.bucketName,
      DATA_BUCKET: data.bucketName,
      EVENT_BUS: bus.eventBusName,
      SPILL_QUEUE_URL: this.spillQueue.queue.queueUrl,
      LATE_AFTER_HOURS: String(config.ingest.lateAfterHours),
      HORIZON_DAYS: String(config.ingest.horizonDays),
    };
    const grants = () => [
      readItems(tables.ledger),
      addItems(tables.ledger),
      readItems(tables.projection),
      changeItems(tables.projection),
      readItems(tables.quarantine),
      addItems(tables.quarantine),
      readItems(tables.catalog),
      ...readObjects(archive),
      writeObjects(archive, 'events/'),
      writeObjects(data, 'ledger/'),
      // Thresholds read balances and busy days are settled early; large settled days lie there.
      ...readObjects(data),
      writeObjects(data, 'settled/'),
      writeObjects(data, 'sealed/'),
      publishEvents(bus),
      sendMessages(this.spillQueue.queue),
    ];
    this.ingest = new HandlerFunction(this, 'Ingest', {
      deployment,
      description: 'Stream to archive, quarantine and ledger',
      memoryMegabytes: 1769,
      tracedByCaller: true,
      timeout: Duration.minutes(5),
      environment,
      grants: grants(),
    });
    // The handler sorts out bad records by itself; these settings are for a failure that it could not foresee.
    this.ingest.function.addEventSource(
      new KinesisEventSource(stream, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: config.ingest.batchSize,
        maxBatchingWindow: Duration.seconds(config.ingest.batchingWindowSeconds),
        bisectBatchOnError: true,
        // Given up a day before the stream forgets: until then the range that Async failures names can be read again.
        maxRecordAge: Duration.days(Math.min(config.retention.streamDays - 1, LONGEST_RETRY_DAYS)),
        onFailure: new SqsDlq(asyncFailures.queue),
      }),
    );

    const spill = new HandlerFunction(this, 'Spill', {
      deployment,
      description: 'Appends what a contended chain refused',
      memoryMegabytes: 1024,
      timeout: this.spillQueue.timeout,
      environment,
      grants: grants(),
    });
    this.spillQueue.consumeBy(spill.function);

    this.settle = new HandlerFunction(this, 'Settle', {
      deployment,
      description: 'Settles days that ended or changed',
      patient: true,
      memoryMegabytes: 1024,
      tracedByCaller: true,
      timeout: Duration.minutes(15),
      environment: {
        ...tableNames(tables, 'ledger', 'projection', 'catalog'),
        ARCHIVE_BUCKET: archive.bucketName,
        DATA_BUCKET: data.bucketName,
        EVENT_BUS: bus.eventBusName,
      },
      grants: [
        readItems(tables.ledger),
        readItems(tables.projection),
        changeItems(tables.projection),
        removeItems(tables.projection),
        readItems(tables.catalog),
        ...readObjects(data),
        ...readObjects(archive),
        writeObjects(data, 'settled/'),
        writeObjects(data, 'sealed/'),
        writeObjects(data, 'effective/'),
        publishEvents(bus),
      ],
      onFailure: asyncFailures.queue,
    });
    new Rule(this, 'SettleSweep', {
      ruleName: nameOf(deployment, 'settle-sweep'),
      description: 'A sweep guarantees that nothing stays unsettled',
      schedule: Schedule.rate(Duration.minutes(config.ingest.settleSweepMinutes)),
      targets: [new LambdaFunction(this.settle.function, { event: RuleTargetInput.fromObject({ sweep: true }) })],
    });

    this.output('IngestFunctionName', this.ingest.functionName);
    this.output('SpillFunctionName', spill.functionName);
    this.output('SettleFunctionName', this.settle.functionName);
    this.output('SpillQueueUrl', this.spillQueue.queue.queueUrl);
    this.output('SpillDlqUrl', this.spillQueue.dlq.queueUrl);
  }
}
