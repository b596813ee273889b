import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type ApiRoute, callerOf, httpEdge } from '../../../lambdas/platform/http-edge.ts';
import { ProblemError } from '../../../lambdas/platform/problem.ts';

const said: unknown[][] = [];
const logger = {
  appendKeys: () => undefined,
  info: (...words: unknown[]) => said.push(words),
  error: (...words: unknown[]) => said.push(words),
} as unknown as Logger;

const request = (change: Partial<APIGatewayProxyEvent> = {}, groups: unknown = '[operator]'): APIGatewayProxyEvent =>
  ({
    httpMethod: 'GET',
    path: '/v1/things/7',
    headers: {},
    body: null,
    isBase64Encoded: false,
    pathParameters: null,
    queryStringParameters: { after: 'x' },
    requestContext: {
      requestId: 'request-1',
      authorizer: { claims: { 'cognito:username': 'ada', 'cognito:groups': groups } },
    },
    ...change,
  }) as unknown as APIGatewayProxyEvent;

const routes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/v1/things/{id}',
    roles: ['operator'],
    run: async ({ caller, path, query, correlationId }) => ({
      status: 200,
      body: { by: caller.name, id: path.id, after: query.after, correlationId },
    }),
  },
  { method: 'POST', path: '/v1/things', roles: ['operator'], run: async ({ body }) => ({ status: 201, body }) },
  {
    method: 'GET',
    path: '/v1/refused',
    roles: ['operator'],
    run: async () => {
      throw new ProblemError(409, 'STALE_THING', 'look again', [{ path: '/hash', message: 'is old' }]);
    },
  },
  {
    method: 'GET',
    path: '/v1/broken',
    roles: ['operator'],
    run: async () => {
      throw new Error('secret detail');
    },
  },
];
const edge = httpEdge(routes, logger) as unknown as (
  event: APIGatewayProxyEvent,
  context: Context,
) => Promise<APIGatewayProxyResult>;
const ask = async (event: APIGatewayProxyEvent) => {
  const answer = await edge(event, {} as Context);
  return { status: answer.statusCode, type: answer.headers?.['content-type'], body: JSON.parse(answer.body) };
};

describe('the HTTP edge', () => {
  it('routes a request with its caller, path, query and correlation id', async () => {
    expect(await ask(request())).toEqual({
      status: 200,
      type: 'application/json',
      body: { by: 'ada', id: '7', after: 'x', correlationId: 'request-1' },
    });
  });

  it('reads JSON bodies, also base64, and refuses what is none', async () => {
    const post = { httpMethod: 'POST', path: '/v1/things' };
    const body = { a: 'é' };
    expect((await ask(request({ ...post, body: JSON.stringify(body) }))).body).toEqual(body);
    const encoded = Buffer.from(JSON.stringify(body)).toString('base64');
    expect((await ask(request({ ...post, body: encoded, isBase64Encoded: true }))).body).toEqual(body);
    expect(await ask(request({ ...post, body: '{' }))).toMatchObject({ status: 400, body: { code: 'NOT_JSON' } });
  });

  it('refuses a caller without the role, and one who is not signed in', async () => {
    expect(await ask(request({}, '[success]'))).toMatchObject({
      status: 403,
      type: 'application/problem+json',
      body: { code: 'ROLE_MISSING', detail: 'this needs the role operator' },
    });
    const nobody = request({ requestContext: { requestId: 'r' } as APIGatewayProxyEvent['requestContext'] });
    expect(await ask(nobody)).toMatchObject({ status: 401, body: { code: 'NOT_SIGNED_IN' } });
  });

  it('answers problems as they are, and hides what failed here', async () => {
    expect(await ask(request({ path: '/v1/refused' }))).toMatchObject({
      status: 409,
      body: {
        type: 'https://meterbridge.dev/problems/stale-thing',
        title: 'stale thing',
        errors: [{ path: '/hash', message: 'is old' }],
      },
    });
    const broken = await ask(request({ path: '/v1/broken' }));
    expect(broken).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(JSON.stringify(broken.body)).not.toContain('secret');
    expect(broken.body.detail).toContain('request-1');
  });

  it('answers an unknown route', async () => {
    expect(await ask(request({ path: '/v1/nothing' }))).toMatchObject({ status: 404, body: { code: 'NO_SUCH_ROUTE' } });
  });

  it.each<[unknown, readonly string[]]>([
    ['[finance-preparer operator]', ['finance-preparer', 'operator']],
    ['finance-approver,success', ['finance-approver', 'success']],
    [['operator'], ['operator']],
    ['[operators]', []],
    [null, []],
  ])('reads the groups %j', (groups, roles) => {
    expect(callerOf(request({}, groups)).roles).toEqual(roles);
  });
});
