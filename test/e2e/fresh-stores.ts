import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { systemIds } from '../../lambdas/platform/ids.ts';

/** The index `gsi1` as a table has it: none, of whole items, or of some attributes. */
export type Index = boolean | readonly string[];

const undo: (() => Promise<unknown>)[] = [];

const keys = (pk: string, sk: string) => [
  { AttributeName: pk, KeyType: 'HASH' as const },
  { AttributeName: sk, KeyType: 'RANGE' as const },
];

/** A table of its own for each test, as the app has it: `pk`, `sk`, and where it has one the index `gsi1`. */
export const makeTable = async (client: DynamoDBDocumentClient, index: Index = false): Promise<string> => {
  const TableName = `contract-${systemIds.next()}`;
  const names = ['pk', 'sk', ...(index ? ['gsi1pk', 'gsi1sk'] : [])];
  const gsi1 = {
    IndexName: 'gsi1',
    KeySchema: keys('gsi1pk', 'gsi1sk'),
    Projection:
      typeof index === 'boolean'
        ? { ProjectionType: 'ALL' as const }
        : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index] },
  };
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: keys('pk', 'sk'),
      ...(index ? { GlobalSecondaryIndexes: [gsi1] } : {}),
    }),
  );
  undo.push(() => client.send(new DeleteTableCommand({ TableName })));
  await waitUntilTableExists({ client, minDelay: 1, maxDelay: 3, maxWaitTime: 120 }, { TableName });
  return TableName;
};

/** A bucket of its own for each test. */
export const makeBucket = async (client: S3Client): Promise<string> => {
  const Bucket = `contract-${systemIds.next()}`;
  const region = await client.config.region();
  await client.send(
    new CreateBucketCommand({
      Bucket,
      // The first region is the one that must not be named.
      ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
    }),
  );
  undo.push(async () => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }));
    await client.send(new DeleteBucketCommand({ Bucket }));
  });
  return Bucket;
};

/** Removes every table and bucket that was made here. An emulator forgets them by itself; AWS does not. */
export const removeAll = async (): Promise<void> => {
  for (const each of undo.splice(0)) await each();
};
