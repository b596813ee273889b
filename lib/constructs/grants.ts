import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import type { IConstruct } from 'constructs';

/**
 * What a function may do, in the words of the design. The CDK's own grants are wider (`s3:GetObject*`, `Scan`, stream
 * reads); these name each action, so that the ledger and the audit log can be appended to and nothing else.
 */
export const allow = (actions: readonly string[], ...resources: string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources });

/** Look items up by their keys. */
export const getItems = (table: ITableV2): PolicyStatement => allow(['dynamodb:GetItem'], table.tableArn);

/** Look many items up at once. */
export const getManyItems = (table: ITableV2): PolicyStatement => allow(['dynamodb:BatchGetItem'], table.tableArn);

/** Read items of a table, and by its index `gsi1` for those that list by it. */
export const readItems = (table: ITableV2, index?: 'gsi1'): PolicyStatement =>
  allow(
    ['dynamodb:GetItem', 'dynamodb:Query'],
    table.tableArn,
    ...(index === undefined ? [] : [`${table.tableArn}/index/${index}`]),
  );

/** Add items. Conditions keep what is there: an append-only table is granted this and reading. */
export const addItems = (table: ITableV2): PolicyStatement => allow(['dynamodb:PutItem'], table.tableArn);

/** Add and replace items of one partition, e.g. `JOBS#`. */
export const putItemsOf = (table: ITableV2, partition: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['dynamodb:PutItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] } },
  });

/** Write items of some partitions of a table, each a pattern of partition keys, and nothing else of it. */
export const writePartitions = (
  table: ITableV2,
  actions: readonly ('PutItem' | 'UpdateItem' | 'DeleteItem')[],
  ...partitions: readonly string[]
): PolicyStatement =>
  new PolicyStatement({
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  });

/** Decide findings of the same-id sweep: the finding, its places and who decided. */
export const decideFindings = (table: ITableV2): PolicyStatement =>
  writePartitions(table, ['PutItem', 'DeleteItem'], 'SAMEID#*', 'SAMEIDS#*', 'SAMEIDBY#*');

/** Sign with a key, and tell others by which key it can be verified. */
export const signWith = (key: IKey): PolicyStatement => allow(['kms:Sign', 'kms:GetPublicKey'], key.keyArn);

/** Tell others by which key a signature can be verified. */
export const readPublicKey = (key: IKey): PolicyStatement => allow(['kms:GetPublicKey'], key.keyArn);

/** Add many items at once. It knows no conditions, and the same right removes items. */
export const addManyItems = (table: ITableV2): PolicyStatement => allow(['dynamodb:BatchWriteItem'], table.tableArn);

/** Add and change items. */
export const changeItems = (table: ITableV2): PolicyStatement =>
  allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], table.tableArn);

/** Make a transaction depend on an item that it leaves as it is. */
export const dependOnItems = (table: ITableV2): PolicyStatement =>
  allow(['dynamodb:ConditionCheckItem'], table.tableArn);

/** Remove items, e.g. dirty marks and revoked keys. */
export const removeItems = (table: ITableV2): PolicyStatement => allow(['dynamodb:DeleteItem'], table.tableArn);

/** Read objects. Listing is what makes S3 answer "no such key" instead of "forbidden". */
export const readObjects = (bucket: IBucket): PolicyStatement[] => [
  allow(['s3:GetObject'], bucket.arnForObjects('*')),
  allow(['s3:ListBucket'], bucket.bucketArn),
];

/** Write objects below a prefix. */
export const writeObjects = (bucket: IBucket, prefix: string): PolicyStatement =>
  allow(['s3:PutObject'], bucket.arnForObjects(`${prefix}*`));

/** Put a message into a queue. */
export const sendMessages = (queue: IQueue): PolicyStatement => allow(['sqs:SendMessage'], queue.queueArn);

/** Look into a queue, take messages out and put them back: the redrive. */
export const redriveMessages = (...queues: readonly IQueue[]): PolicyStatement =>
  allow(
    [
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:SendMessage',
    ],
    ...queues.map((queue) => queue.queueArn),
  );

/** Put domain events on the bus. */
export const publishEvents = (bus: IEventBus): PolicyStatement => allow(['events:PutEvents'], bus.eventBusArn);

/** Put records into the stream. */
export const putRecords = (stream: IStream): PolicyStatement => allow(['kinesis:PutRecords'], stream.streamArn);

/** The ARN of a secret by its name: the service adds six characters that nobody knows beforehand. */
export const secretArns = (scope: IConstruct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${name}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Read where a vendor is and how to sign in there. */
export const callVendor = (endpoint: IStringParameter, secretArn: string): PolicyStatement[] => [
  allow(['ssm:GetParameter'], endpoint.parameterArn),
  allow(['secretsmanager:GetSecretValue'], secretArn),
];

/** Call a function. */
export const invoke = (target: IFunction): PolicyStatement => allow(['lambda:InvokeFunction'], target.functionArn);

/** See how executions of a state machine stand. */
export const readExecutions = (executionArns: string): PolicyStatement =>
  allow(['states:DescribeExecution'], executionArns);

/** Start executions of a state machine. */
export const startExecutions = (machineArn: string): PolicyStatement => allow(['states:StartExecution'], machineArn);

/** Answer a waiting task of a state machine. */
export const answerTasks = (machineArn: string): PolicyStatement => allow(['states:SendTaskSuccess'], machineArn);
