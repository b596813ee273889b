import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll } from 'vitest';
import { removeAll } from './fresh-stores.ts';
import { dynamoSuites, s3Suites, sharedSuites } from './store-suites.ts';

/**
 * The same contracts against AWS itself, for a person who asks for it: `MB_CONTRACT_ENDPOINT` names the endpoint of
 * DynamoDB (without it vitest.config.ts leaves this file out); region and credentials come from the environment as for any
 * AWS tool (test/contract/README.md).
 */
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: String(process.env.MB_CONTRACT_ENDPOINT) }), {
  marshallOptions: { removeUndefinedValues: true },
});
const s3 = new S3Client({});
afterAll(removeAll);
dynamoSuites('on AWS', () => dynamo);
s3Suites('on AWS', () => s3);
sharedSuites(
  'on AWS',
  () => dynamo,
  () => s3,
);
