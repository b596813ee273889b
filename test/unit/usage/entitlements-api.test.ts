import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { makeEntitlementsApi } from '../../../lambdas/usage/entitlements/entitlements-api.ts';
import { october } from './entitlements-world.ts';

const call = async (
  read: Parameters<typeof makeEntitlementsApi>[0],
  pathParameters: Readonly<Record<string, string>>,
  context: Readonly<Record<string, string>> = { entitlements: 'true' },
) => {
  const event = {
    pathParameters,
    requestContext: { requestId: 'r-1', authorizer: { keyId: 'key-1', sources: '[]', ...context } },
  };
  const handler = makeEntitlementsApi(read, new Logger({ logLevel: 'SILENT' }));
  const { statusCode, body } = await handler(event as unknown as APIGatewayProxyEvent);
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
};

it('answers a feature, and all of an account, to a key that may ask', async () => {
  const { ask } = await october();
  expect(await call(ask, { account: 'acct-01', feature: 'calls' })).toMatchObject({
    status: 200,
    body: { account: 'acct-01', feature: 'calls', allowed: true, used: '950', read: { queries: 4 } },
  });
  const all = await call(ask, { account: 'acct-01' });
  expect(all.body.items).toHaveLength(5);
  expect(await call(ask, { account: 'acct-01', feature: 'tele%20port' })).toMatchObject({
    status: 200,
    body: { feature: 'tele port', allowed: false, reason: 'not-in-contract' },
  });
});

it('refuses a key that may only send, and knows no account that is not there', async () => {
  const { ask } = await october();
  expect(await call(ask, { account: 'acct-01' }, {})).toMatchObject({
    status: 403,
    body: { code: 'KEY_NOT_FOR_THIS' },
  });
  expect(await call(ask, { account: 'acct-09' })).toMatchObject({ status: 404, body: { code: 'NO_SUCH_ACCOUNT' } });
});

it('says that something failed without saying what', async () => {
  const { status, body } = await call(() => Promise.reject(new Error('the table is gone')), { account: 'a' });
  expect([status, body.code]).toEqual([500, 'INTERNAL']);
  expect(body.detail).not.toContain('gone');
});
