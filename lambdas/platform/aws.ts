import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * The AWS clients, made on first use, one per process. Endpoint, region and credentials come from the environment.
 * All use HTTP/1.1: Kinesis' default HTTP/2 session is closed under load by some endpoints.
 */
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const requestHandler = once(
  () => new NodeHttpHandler({ httpsAgent: { maxSockets: 64 }, httpAgent: { maxSockets: 64 } }),
);

export const dynamo = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: requestHandler() }), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);
export const s3 = once(() => new S3Client({ requestHandler: requestHandler() }));
export const kinesis = once(() => new KinesisClient({ requestHandler: requestHandler() }));
export const sqs = once(() => new SQSClient({ requestHandler: requestHandler() }));
export const sfn = once(() => new SFNClient({ requestHandler: requestHandler() }));
export const eventBridge = once(() => new EventBridgeClient({ requestHandler: requestHandler() }));
export const secretsManager = once(() => new SecretsManagerClient({ requestHandler: requestHandler() }));
export const kms = once(() => new KMSClient({ requestHandler: requestHandler() }));
export const ssm = once(() => new SSMClient({ requestHandler: requestHandler() }));
