import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll } from 'vitest';
import { dynamoCatalog } from '../../lambdas/catalog/catalog-store.ts';
import { dynamoAuditLog } from '../../lambdas/platform/audit-log.ts';
import { dynamo } from '../../lambdas/platform/aws.ts';
import { manualClock } from '../../lambdas/platform/clock.ts';
import { systemIds } from '../../lambdas/platform/ids.ts';
import { catalogStoreContract } from '../contract/catalog-store.ts';

/** The same contract as the twin, against the emulator's DynamoDB. Each test has tables of its own. */
beforeAll(() => {
  process.env.AWS_ENDPOINT_URL = process.env.MB_TEST_ENDPOINT ?? 'http://127.0.0.1:4566';
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
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

catalogStoreContract('catalog in DynamoDB', async () => ({
  catalog: dynamoCatalog(dynamo(), await makeTable()),
  audit: dynamoAuditLog(dynamo(), await makeTable(), manualClock('2026-11-02T00:00:00.000Z')),
}));
