import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { beforeAll } from 'vitest';
import { dynamo, s3 } from '../../lambdas/platform/aws.ts';
import { systemIds } from '../../lambdas/platform/ids.ts';
import { dynamoCrossings } from '../../lambdas/usage/crossings.ts';
import { dynamoDirtyMarks } from '../../lambdas/usage/dirty-marks.ts';
import { dynamoLedger } from '../../lambdas/usage/ledger-store.ts';
import { dynamoSettled } from '../../lambdas/usage/settled-store.ts';
import { dynamoSubjects } from '../../lambdas/usage/subjects.ts';
import { ledgerStoreContract } from '../contract/ledger-store.ts';
import { projectionStoresContract } from '../contract/projection-stores.ts';

/** The same contract as the twins, against the emulator's DynamoDB and S3. Each test has a table of its own. */
beforeAll(() => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: process.env.MB_TEST_ENDPOINT ?? 'http://127.0.0.1:4566',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

const makeTable = async (): Promise<string> => {
  const TableName = `contract-${systemIds.next()}`;
  await dynamo().send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return TableName;
};

ledgerStoreContract('DynamoDB', async () => dynamoLedger(dynamo(), await makeTable()));
projectionStoresContract('DynamoDB', async () => {
  const table = await makeTable();
  await s3().send(new CreateBucketCommand({ Bucket: table }));
  return {
    marks: dynamoDirtyMarks(dynamo(), table),
    subjects: dynamoSubjects(dynamo(), table),
    settled: dynamoSettled(dynamo(), table, s3(), table),
    crossings: dynamoCrossings(dynamo(), table),
  };
});
