import { globSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { at, synthesize } from './synthesize.ts';

/** The right that each call of the AWS SDK needs. A call that is not listed fails the test. */
const RIGHT_OF: Readonly<Record<string, string>> = {
  BatchGet: 'dynamodb:BatchGetItem',
  BatchWrite: 'dynamodb:BatchWriteItem',
  ChangeMessageVisibility: 'sqs:ChangeMessageVisibility',
  CreateApiKey: 'apigateway:POST',
  CreateUsagePlanKey: 'apigateway:POST',
  Delete: 'dynamodb:DeleteItem',
  DeleteApiKey: 'apigateway:DELETE',
  DeleteMessage: 'sqs:DeleteMessage',
  Get: 'dynamodb:GetItem',
  DescribeExecution: 'states:DescribeExecution',
  GetObject: 's3:GetObject',
  GetPublicKey: 'kms:GetPublicKey',
  GetParameter: 'ssm:GetParameter',
  GetQueueAttributes: 'sqs:GetQueueAttributes',
  GetQueueUrl: 'sqs:GetQueueUrl',
  GetSecretValue: 'secretsmanager:GetSecretValue',
  Invoke: 'lambda:InvokeFunction',
  ListObjectsV2: 's3:ListBucket',
  Put: 'dynamodb:PutItem',
  PutEvents: 'events:PutEvents',
  PutObject: 's3:PutObject',
  PutRecords: 'kinesis:PutRecords',
  Query: 'dynamodb:Query',
  ReceiveMessage: 'sqs:ReceiveMessage',
  SendMessage: 'sqs:SendMessage',
  SendMessageBatch: 'sqs:SendMessage',
  SendTaskSuccess: 'states:SendTaskSuccess',
  Sign: 'kms:Sign',
  StartExecution: 'states:StartExecution',
  TransactWrite: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

/**
 * Calls that are in a bundle as the other half of a store, which this function does not use; it is refused them.
 */
const NOT_MADE: Readonly<Record<string, readonly string[]>> = {
  CloseStep: ['Delete'],
  DeliverGainsight: ['BatchGet'],
  DeliverNetSuite: ['BatchGet', 'PutObject'],
  Entitlements: ['Delete', 'Put', 'PutObject', 'Update'],
  EventStatus: ['Put', 'PutObject'],
  FinanceApi: ['BatchWrite', 'PutObject'],
  Ingest: ['Delete'],
  LedgerJobs: ['Update'],
  OperationsApi: ['BatchGet', 'BatchWrite'],
  PricePreview: ['BatchWrite', 'Delete', 'Update'],
  RateAccounts: ['BatchWrite', 'Delete'],
  ScheduledClose: ['BatchWrite'],
  Signals: ['Delete', 'PutObject'],
  Spill: ['Delete'],
  SuccessApi: ['Delete', 'Put', 'PutObject', 'Update'],
};

/** Rights that Lambda itself uses in a function's name: its logs, its traces, and reading what feeds it. */
const USED_BY_LAMBDA =
  /^(logs|xray):|^kinesis:(?!Put)|^sqs:(GetQueueUrl|GetQueueAttributes|ReceiveMessage|ChangeMessageVisibility|DeleteMessage)$/;

/** Rights that no call of ours asks for, and who needs them. */
const NEEDED_BESIDES: Readonly<Record<string, string>> = {
  's3:ListBucket': 'S3 says "no such key" only to those who may list',
  'dynamodb:ConditionCheckItem': 'a part of a transaction',
  'sqs:SendMessage': 'Lambda puts asynchronous calls that failed for good into a queue',
  'dynamodb:DeleteItem': 'Powertools forgets the answer of a call that failed',
};

const VENDORS: Readonly<Record<string, string>> = { netsuite: 'DeliverNetSuite', gainsight: 'DeliverGainsight' };

/** The function of a handler file: `lambdas/usage/receive/events-api.handler.ts` is `EventsApi`. */
const functionOf = (file: string): string => {
  const name = path.basename(file, '.handler.ts');
  return VENDORS[name] ?? name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const app = synthesize('dev');
const files = globSync('lambdas/**/*.handler.ts', { cwd: root }).sort();

/** The SDK calls that are left in a function's bundle. */
const callsOf = async (file: string): Promise<string[]> => {
  const { outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    logLevel: 'error',
  });
  const text = outputFiles.map((output) => output.text).join('');
  return [...new Set([...text.matchAll(/new (\w+)Command\d*\(/g)].map(([, call = '']) => call))].sort();
};

const granted = (id: string): Set<string> => {
  const policies = app
    .ofType('AWS::IAM::Policy')
    .filter((policy) => policy.id.endsWith(`${id}RoleDefaultPolicy${policy.id.slice(-8)}`));
  const statements = policies.flatMap(({ Properties }) => at(Properties, 'PolicyDocument', 'Statement') as unknown[]);
  return new Set(statements.flatMap((statement) => [at(statement, 'Action')].flat() as string[]));
};

describe('each function may do what its code calls, and nothing else', () => {
  it.each(files)('%s', async (file) => {
    const calls = await callsOf(file);
    expect(calls.filter((call) => RIGHT_OF[call] === undefined)).toEqual([]);
    const rights = granted(functionOf(file));
    const refused = calls.filter((call) => !rights.has(RIGHT_OF[call] ?? ''));
    expect(refused).toEqual(NOT_MADE[functionOf(file)] ?? []);
    expect(calls.length).toBeGreaterThan(0);

    const used = new Set(calls.map((call) => RIGHT_OF[call]));
    const unused = [...rights].filter((right) => !used.has(right) && !USED_BY_LAMBDA.test(right));
    expect(unused.filter((right) => NEEDED_BESIDES[right] === undefined)).toEqual([]);
  });
});
