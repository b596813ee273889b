import { Duration, Validations } from 'aws-cdk-lib';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  ObjectLockRetention,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../lambdas/platform/domain-events.ts';
import { DeadLetterQueue } from '../constructs/dead-lettered-consumer.ts';
import { MeterbridgeStack } from '../constructs/meterbridge-stack.ts';
import { People } from '../constructs/people.ts';
import { capitalised, makeTables, type Tables } from '../constructs/tables.ts';
import { type Deployment, nameOf } from '../deployment.ts';

/** So many days a walk may be late and still find what the one before it left. */
const WALKS_MARGIN_DAYS = 30;
/** A year and a month. */
const PREVIEW_DAYS = 396;

/** What is kept when everything else is replaced: data, the stream, the bus, the people, and who hears of alarms. */
export class FoundationStack extends MeterbridgeStack {
  readonly tables: Tables;
  readonly archive: Bucket;
  readonly data: Bucket;
  /** Signed roots of the ledger, which nobody can remove. */
  readonly proofs: Bucket;
  /** Signs them. */
  readonly proofKey: Key;
  readonly stream: Stream;
  readonly bus: EventBus;
  readonly people: People;
  readonly alarmTopic: Topic;
  /** Where asynchronous calls and stream batches end that failed for good. */
  readonly asyncFailures: DeadLetterQueue;

  constructor(scope: Construct, deployment: Deployment) {
    super(scope, 'Foundation', deployment, {
      description: 'Meterbridge: tables, buckets, stream, bus and people (kept)',
      terminationProtection: deployment.config.protection.terminationProtection,
    });
    const { config } = deployment;

    this.tables = makeTables(this, config.capacity, this.onDelete);
    const logs = this.#bucket('AccessLogs', {
      lifecycleRules: [{ expiration: Duration.days(config.retention.logDays) }],
    });
    Validations.of(logs).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds the access logs of the other buckets; logging it into itself would never end.',
    });
    this.archive = this.#bucket('Archive', {
      versioned: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'archive/',
      lifecycleRules: [
        {
          expiration: Duration.days(config.retention.archiveDays),
          noncurrentVersionExpiration: Duration.days(90),
          transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
        },
      ],
    });
    this.data = this.#bucket('Data', {
      versioned: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'data/',
      lifecycleRules: [
        { noncurrentVersionExpiration: Duration.days(90) },
        // What a walk leaves for the next ones: ids up to the horizon, with a margin for walks that were missed.
        {
          prefix: 'ids/',
          expiration: Duration.days(config.ledger.sameIdHorizonDays + WALKS_MARGIN_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // What was only tried: kept until the year after, so that last year's can be looked at beside this one's.
        { prefix: 'previews/', expiration: Duration.days(PREVIEW_DAYS), noncurrentVersionExpiration: Duration.days(1) },
        // Ids of quiet slots: most late events come soon, and the few that come later read the chain.
        {
          prefix: 'sealed/',
          expiration: Duration.days(config.ledger.sameIdHorizonDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          prefix: 'walks/',
          expiration: Duration.days(WALKS_MARGIN_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          prefix: 'journal/',
          expiration: Duration.days(config.retention.archiveDays),
          transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
        },
      ],
    });
    const proofDays = Duration.days(config.ledger.proofDays);
    this.proofs = this.#bucket('Proofs', {
      versioned: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 'proofs/',
      objectLockDefaultRetention:
        config.ledger.proofLock === 'compliance'
          ? ObjectLockRetention.compliance(proofDays)
          : ObjectLockRetention.governance(proofDays),
    });
    this.proofKey = new Key(this, 'ProofKey', {
      description: 'Signs the daily root of the ledger',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: this.onDelete,
    });
    this.stream = new Stream(this, 'Usage', {
      streamName: nameOf(deployment, 'usage'),
      ...(config.capacity.streamShards === 0
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: config.capacity.streamShards }),
      encryption: StreamEncryption.MANAGED,
      retentionPeriod: Duration.days(config.retention.streamDays),
      removalPolicy: this.onDelete,
    });
    this.bus = new EventBus(this, 'Bus', { eventBusName: `meterbridge-${config.name}` });
    // Domain events can be replayed to a consumer that is added or mended later.
    new Archive(this, 'BusArchive', {
      sourceEventBus: this.bus,
      eventPattern: { source: [EVENT_SOURCE] },
      retention: Duration.days(config.retention.logDays),
    });
    this.people = new People(this, 'People', { deployment, onDelete: this.onDelete });

    this.alarmTopic = this.#alarmTopic();
    for (const email of config.alarms.emails) this.alarmTopic.addSubscription(new EmailSubscription(email));
    this.asyncFailures = new DeadLetterQueue(this, 'AsyncFailures', {
      deployment,
      name: 'async-failures',
      heading: 'Async failures',
      says: 'A scheduled call or a stream batch failed for good.',
      topic: this.alarmTopic,
    });

    for (const [name, table] of Object.entries(this.tables)) this.output(`${capitalised(name)}Table`, table.tableName);
    this.output('ArchiveBucket', this.archive.bucketName);
    this.output('DataBucket', this.data.bucketName);
    this.output('ProofsBucket', this.proofs.bucketName);
    this.output('ProofKeyId', this.proofKey.keyId);
    this.output('StreamName', this.stream.streamName);
    this.output('EventBusName', this.bus.eventBusName);
    this.output('UserPoolId', this.people.userPool.userPoolId);
    this.output('HostedUiDomain', this.people.domain.baseUrl());
    this.output('AlarmTopicArn', this.alarmTopic.topicArn);
    this.output('AsyncFailuresQueueUrl', this.asyncFailures.queue.queueUrl);
  }

  #alarmTopic(): Topic {
    const topic = new Topic(this, 'Alarms', { topicName: nameOf(this.deployment, 'alarms'), enforceSSL: true });
    // A policy of its own takes the place of the one that lets the whole account publish, alarms among it.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarms',
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return topic;
  }

  #bucket(id: string, props: BucketProps): Bucket {
    return new Bucket(this, id, {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      removalPolicy: this.onDelete,
      ...props,
    });
  }
}
