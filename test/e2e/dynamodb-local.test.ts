import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BackgroundProgram } from '../../local/background-program.ts';
import { fetchDynamoDbLocal } from '../../local/dynamodb-local/fetch.ts';
import { startDynamoDbLocal } from '../../local/dynamodb-local/server.ts';
import { dynamoSuites, sharedSuites } from './store-suites.ts';

/**
 * The same contracts once more against AWS' own DynamoDB Local, the strictest oracle that runs here: it enforces item
 * sizes, reserved words, numbers of 38 digits, and names the reasons of a refused transaction. S3 is the emulator's.
 */
const fetched = await fetchDynamoDbLocal();

if ('absent' in fetched) {
  it(fetched.absent, () => {
    console.warn(fetched.absent);
    expect(fetched.absent).toMatch(/^DynamoDB Local is passed over: .+\.$/);
  });
} else {
  let local: BackgroundProgram | undefined;
  let client: DynamoDBDocumentClient | undefined;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const region = 'us-east-1';
  const s3 = new S3Client({ endpoint: process.env.MB_TEST_ENDPOINT ?? 'http://127.0.0.1:4566', region, credentials });
  beforeAll(async () => {
    local = await startDynamoDbLocal(fetched.jars);
    client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: local.endpoint, region, credentials }), {
      marshallOptions: { removeUndefinedValues: true },
    });
  });
  afterAll(async () => {
    client?.destroy();
    await local?.stop();
  });
  const dynamo = () => {
    if (client === undefined) throw new Error('DynamoDB Local is not up');
    return client;
  };
  dynamoSuites('on DynamoDB Local', dynamo);
  sharedSuites('on DynamoDB Local', dynamo, () => s3);
}
