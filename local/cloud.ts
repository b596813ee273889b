import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Where the emulator is; the region is the one that the app was deployed to. */
export type CloudAddress = { endpoint: string; region: string };

/** The emulator's root credentials: the same for everybody, and worth nothing anywhere else. */
export const emulatorCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The account that the emulator plays. */
export const emulatorAccount = '000000000000';

/** AWS clients aimed at the emulator, for the local side: the same calls that an operator of a real system would make. */
export const connectCloud = ({ endpoint, region }: CloudAddress) => {
  const settings = { endpoint, region, credentials: emulatorCredentials };
  return {
    apiGateway: new APIGatewayClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    cognito: new CognitoIdentityProviderClient(settings),
    dynamodb: new DynamoDBClient(settings),
    // Under load the emulator closes HTTP/2 sessions, this client's default.
    kinesis: new KinesisClient({ ...settings, requestHandler: new NodeHttpHandler() }),
    lambda: new LambdaClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    secrets: new SecretsManagerClient(settings),
    sqs: new SQSClient(settings),
    ssm: new SSMClient(settings),
    stepFunctions: new SFNClient(settings),
  };
};

export type Cloud = ReturnType<typeof connectCloud>;
