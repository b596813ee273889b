import { beforeAll } from 'vitest';
import { dynamo, s3 } from '../../lambdas/platform/aws.ts';
import { dynamoSuites, s3Suites, sharedSuites } from './store-suites.ts';

/** The same contracts as the in-memory twins, against the emulator. Each test has tables and buckets of its own. */
beforeAll(() => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: process.env.MB_TEST_ENDPOINT ?? 'http://127.0.0.1:4566',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

dynamoSuites('on the emulator', dynamo);
s3Suites('on the emulator', s3);
sharedSuites('on the emulator', dynamo, s3);
