import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { beforeAll } from 'vitest';
import { dynamoAuditLog } from '../../lambdas/platform/audit-log.ts';
import { dynamo, s3 } from '../../lambdas/platform/aws.ts';
import { manualClock } from '../../lambdas/platform/clock.ts';
import { systemIds } from '../../lambdas/platform/ids.ts';
import { dynamoAccess } from '../../lambdas/usage/access-store.ts';
import { s3ArchiveObjects } from '../../lambdas/usage/archive-store.ts';
import { dynamoQuarantine } from '../../lambdas/usage/quarantine-store.ts';
import { accessStoreContract } from '../contract/access-store.ts';
import { archiveObjectsContract } from '../contract/archive-objects.ts';
import { quarantineContract } from '../contract/quarantine.ts';

/** The same contracts as the twins, against the emulator. Each test has tables and buckets of its own. */
beforeAll(() => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: process.env.MB_TEST_ENDPOINT ?? 'http://127.0.0.1:4566',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

type Index = { readonly name: string; readonly pk: string; readonly sk: string };

const keys = (pk: string, sk: string) => [
  { AttributeName: pk, KeyType: 'HASH' as const },
  { AttributeName: sk, KeyType: 'RANGE' as const },
];

const makeTable = async (index?: Index): Promise<string> => {
  const TableName = `contract-${systemIds.next()}`;
  const names = ['pk', 'sk', ...(index ? [index.pk, index.sk] : [])];
  await dynamo().send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: keys('pk', 'sk'),
      ...(index
        ? {
            GlobalSecondaryIndexes: [
              { IndexName: index.name, KeySchema: keys(index.pk, index.sk), Projection: { ProjectionType: 'ALL' } },
            ],
          }
        : {}),
    }),
  );
  return TableName;
};

quarantineContract('DynamoDB', async () =>
  dynamoQuarantine(dynamo(), await makeTable({ name: 'gsi1', pk: 'gsi1pk', sk: 'gsi1sk' })),
);
archiveObjectsContract('S3', async () => {
  const Bucket = `contract-${systemIds.next()}`;
  await s3().send(new CreateBucketCommand({ Bucket }));
  return s3ArchiveObjects(s3(), Bucket);
});
accessStoreContract('DynamoDB', async () => {
  const audit = dynamoAuditLog(dynamo(), await makeTable(), manualClock('2026-11-01T00:00:00.000Z'));
  return { store: dynamoAccess(dynamo(), await makeTable(), audit), audit };
});
