import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  NotFoundException,
} from '@aws-sdk/client-api-gateway';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../../lambdas/platform/audit-log.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { countingIds } from '../../../lambdas/platform/ids.ts';
import { dynamoAccess } from '../../../lambdas/usage/receive/access-store.ts';
import { makeAuthorizer } from '../../../lambdas/usage/receive/api-key-authorizer.ts';
import { type ApiKey, issueKey, revokeKey, secretHashOf } from '../../../lambdas/usage/receive/api-keys.ts';
import { apiGatewayKeys } from '../../../lambdas/usage/receive/gateway-keys-client.ts';
import { memoryAccess } from '../../twins/memory-access.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';

const SOURCE = '//larkspur.example/platform';
const ARN = 'arn:aws:execute-api:us-east-1:000000000000:api/prod/POST/v1/events';
/** All methods of the events, since the gateway keeps the answer for the next request. */
const EVENTS = 'arn:aws:execute-api:us-east-1:000000000000:api/prod/*/v1/events*';

const setUp = () => {
  const clock = manualClock('2026-11-01T00:00:00.000Z');
  const audit = memoryAuditLog(clock);
  const onPlan = new Map<string, string>();
  const gateway = {
    create: async (name: string, value: string) => {
      onPlan.set(name, value);
      return name;
    },
    remove: async (id: string) => {
      onPlan.delete(id);
    },
  };
  const access = memoryAccess(audit);
  return { ports: { access, gateway, clock, ids: countingIds() }, audit, onPlan };
};
const issue = (ports: ReturnType<typeof setUp>['ports'], name = 'Larkspur platform') =>
  issueKey(ports, { name, sources: [SOURCE] }, 'olga');
const present = (ports: ReturnType<typeof setUp>['ports'], headers: Record<string, string>) =>
  makeAuthorizer(ports.access)({ methodArn: ARN, headers } as unknown as APIGatewayRequestAuthorizerEvent);

describe('API keys in DynamoDB', () => {
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const key = { keyId: 'k', name: 'n', createdBy: 'olga', sources: [], secretHash: 'h' } as unknown as ApiKey;
  const store = (error: Error) => {
    const audit: AuditLog = { append: () => Promise.reject(error), list: async () => [], head: async () => undefined };
    return dynamoAccess({} as DynamoDBDocumentClient, 'access', audit);
  };

  it('says that a key has ended, or has no room, only if a condition said so', async () => {
    const refused = store(cancelled('None', 'ConditionalCheckFailed', 'None', 'None'));
    expect([await refused.revoke(key, 'now', 'olga'), await refused.add(key)]).toEqual([false, false]);
  });

  it.each([
    ['throttling', cancelled('None', 'ThrottlingError', 'None', 'None')],
    ['a conflict', cancelled('None', 'TransactionConflict', 'None', 'None')],
    ['a race for the audit log that was lost too often', cancelled('ConditionalCheckFailed', 'None')],
  ])('does not call a key revoked after %s', async (_, error) => {
    await expect(store(error).revoke(key, 'now', 'olga')).rejects.toBe(error);
  });
});

describe('API keys', () => {
  it('are refused when two are presented at once', async () => {
    const { ports } = setUp();
    const { secret } = await issue(ports);
    const judge = (multiValueHeaders: Record<string, string[]>) =>
      makeAuthorizer(ports.access)({
        methodArn: ARN,
        headers: { 'X-Api-Key': secret },
        multiValueHeaders,
      } as unknown as APIGatewayRequestAuthorizerEvent);
    expect((await judge({ 'X-Api-Key': [secret] })).policyDocument.Statement[0]).toMatchObject({ Effect: 'Allow' });
    expect((await judge({ 'X-Api-Key': ['other', secret] })).principalId).toBe('unknown');
    expect((await judge({ 'x-api-key': ['other'], 'X-API-KEY': [secret] })).principalId).toBe('unknown');
  });

  it('shows the secret once and stores its hash only', async () => {
    const { ports, audit } = setUp();
    const { keyId, secret } = await issue(ports);
    const stored = await ports.access.get(keyId);
    expect(stored?.secretHash).toBe(secretHashOf(secret));
    expect(JSON.stringify([stored, await audit.list(0, 10)])).not.toContain(secret);
  });

  it('gives a name two valid keys, not three, and leaves no key of the gateway behind', async () => {
    const { ports, onPlan } = setUp();
    const first = await issue(ports);
    await issue(ports);
    await expect(issue(ports)).rejects.toMatchObject({ problem: { status: 409, code: 'TOO_MANY_KEYS' } });
    expect(onPlan.size).toBe(2);
    await revokeKey(ports, first.keyId, 'olga');
    await issue(ports);
    expect(onPlan.size).toBe(2);
  });

  it('may be revoked twice, but not when there is none', async () => {
    const { ports, audit } = setUp();
    const { keyId } = await issue(ports);
    await revokeKey(ports, keyId, 'olga');
    await revokeKey(ports, keyId, 'olga');
    expect(await audit.list(0, 10)).toHaveLength(2);
    await expect(revokeKey(ports, 'key-none', 'olga')).rejects.toMatchObject({ problem: { status: 404 } });
  });

  it.each([
    ['no name', { sources: [SOURCE] }, ['/name']],
    ['a strange name', { name: '<b>', sources: [SOURCE] }, ['/name']],
    ['no sources', { name: 'a', sources: [] }, ['/sources']],
    ['nothing at all', undefined, ['/name', '/sources']],
    ['no yes or no', { name: 'a', sources: [SOURCE], entitlements: 'yes' }, ['/entitlements']],
  ])('are refused with %s', async (_, body, paths) => {
    const { ports, onPlan } = setUp();
    const error: unknown = await issueKey(ports, body, 'olga').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { status: 400, errors: paths.map((path) => ({ path })) } });
    expect(onPlan.size).toBe(0);
  });
});

describe('the authorizer', () => {
  it('allows a valid key, and names the usage plan key and the sources', async () => {
    const { ports, onPlan } = setUp();
    const { keyId, secret } = await issue(ports);
    expect(await present(ports, { 'X-Api-Key': secret })).toEqual({
      principalId: keyId,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [EVENTS] }],
      },
      usageIdentifierKey: [...onPlan.values()][0],
      context: { keyId, sources: JSON.stringify([SOURCE]) },
    });
  });

  it('lets a key ask for entitlements only where it was issued for that, and then send nothing', async () => {
    const { ports } = setUp();
    const { secret } = await issueKey(ports, { name: 'Gate', entitlements: true }, 'olga');
    const answer = await present(ports, { 'x-api-key': secret });
    expect(answer.policyDocument.Statement).toMatchObject([
      { Effect: 'Allow', Resource: [EVENTS.replace('*/v1/events*', 'GET/v1/entitlements/*')] },
    ]);
    expect(answer.context).toMatchObject({ sources: '[]', entitlements: 'true' });
  });

  it('gives a missing, an unknown, a revoked key and the gateway key itself the very same deny', async () => {
    const { ports, onPlan } = setUp();
    const { keyId, secret } = await issue(ports);
    const usageKey = [...onPlan.values()][0] ?? '';
    const before = [{}, { 'x-api-key': 'guess' }, { 'x-api-key': usageKey }];
    const answers = await Promise.all(before.map((headers) => present(ports, headers)));
    await revokeKey(ports, keyId, 'olga');
    answers.push(await present(ports, { 'x-api-key': secret }));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.policyDocument.Statement).toMatchObject([{ Effect: 'Deny' }]);
    expect(answers[0]).not.toHaveProperty('usageIdentifierKey');
  });
});

describe('keys of the API gateway', () => {
  const gateway = mockClient(APIGatewayClient);
  const keys = apiGatewayKeys(new APIGatewayClient({ region: 'us-east-1' }), 'plan-1');

  it('are made with their value and put on the usage plan', async () => {
    gateway.on(CreateApiKeyCommand).resolves({ id: 'gk-1' });
    gateway.on(CreateUsagePlanKeyCommand).resolves({});
    expect(await keys.create('platform key-1', 'usage-value')).toBe('gk-1');
    expect(gateway.commandCalls(CreateApiKeyCommand)[0]?.args[0].input).toEqual({
      name: 'platform key-1',
      value: 'usage-value',
      enabled: true,
    });
    expect(gateway.commandCalls(CreateUsagePlanKeyCommand)[0]?.args[0].input).toEqual({
      usagePlanId: 'plan-1',
      keyId: 'gk-1',
      keyType: 'API_KEY',
    });
  });

  it('may be gone already when they are removed', async () => {
    gateway.on(DeleteApiKeyCommand).rejectsOnce(new NotFoundException({ message: 'gone', $metadata: {} }));
    await expect(keys.remove('gk-1')).resolves.toBeUndefined();
    gateway.on(DeleteApiKeyCommand).rejects(new Error('no route'));
    await expect(keys.remove('gk-1')).rejects.toThrow('no route');
  });
});
