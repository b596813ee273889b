import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { makeEventStatus } from '../../../lambdas/usage/prove/event-status.ts';
import { lineOf, proofWorld } from './proof-world.ts';

const SOURCE = '//larkspur.example/platform';
const TIME = '2026-10-05T00:00:00Z';

const ask = async (
  world: ReturnType<typeof proofWorld>,
  id: string,
  query: Readonly<Record<string, string>> = {},
  sources: readonly string[] = [SOURCE],
) => {
  const { ledger, overlays, archive, quarantine, clock } = world;
  const status = makeEventStatus({ ledger, overlays, archive, quarantine, clock }, new Logger({ logLevel: 'SILENT' }));
  const event = {
    pathParameters: { id },
    queryStringParameters: { source: SOURCE, subject: 'org-01', time: TIME, ...query },
    requestContext: { requestId: 'r-1', authorizer: { keyId: 'key-1', sources: JSON.stringify(sources) } },
  };
  const { statusCode, body } = await status(event as unknown as APIGatewayProxyEvent);
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
};

it('tells a sender where its event went, and nobody else', async () => {
  const world = proofWorld();
  await world.deliver([[lineOf('a/1', 'org-01', TIME, 'seats.changed', { seats: 4 })]]);
  expect(await ask(world, 'a%2F1')).toMatchObject({ status: 200, body: { places: [{ state: 'counted' }] } });
  expect(await ask(world, 'other')).toMatchObject({ status: 200, body: { places: [] } });
  expect(await ask(world, 'a%2F1', {}, ['//other'])).toMatchObject({
    status: 403,
    body: { code: 'SOURCE_NOT_ALLOWED' },
  });
  expect(await ask(world, 'a%2F1', { time: 'noon' })).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(await ask(world, 'a%2F1', { subject: '' })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'subject' }] },
  });
});

it('says that something failed without saying what', async () => {
  const world = proofWorld();
  world.ledger.day = () => Promise.reject(new Error('the table is gone'));
  const { status, body } = await ask(world, 'a');
  expect([status, body.code]).toEqual([500, 'INTERNAL']);
  expect(body.detail).not.toContain('gone');
});
