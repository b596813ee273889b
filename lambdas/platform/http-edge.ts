import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import httpRouter, { type Route } from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { ProblemError } from './problem.ts';

/** The groups of people (Cognito), and what each may do is checked per route. */
export type Role = 'finance-preparer' | 'finance-approver' | 'operator' | 'success';
const ROLES: readonly Role[] = ['finance-preparer', 'finance-approver', 'operator', 'success'];

/** Who asks: the signed-in person. */
export type Caller = { readonly name: string; readonly roles: readonly Role[] };

/** A request as a route sees it. */
export type ApiRequest = {
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed JSON body; `undefined` if there was none. */
  readonly body: unknown;
  readonly correlationId: string;
  /** The header `Idempotency-Key`, if there was one. */
  readonly idempotencyKey?: string;
};

/** What a route answers; `body` is sent as JSON. */
export type ApiAnswer = { readonly status: number; readonly body: unknown };

/** One route: who may call it, and what it does. */
export type ApiRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** e.g. `/v1/closes/{closeId}`. */
  readonly path: string;
  readonly roles: readonly Role[];
  readonly run: (request: ApiRequest) => Promise<ApiAnswer>;
};

const json = (status: number, body: unknown, type = 'application/json'): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

const problem = (error: ProblemError): APIGatewayProxyResult =>
  json(error.problem.status, error.problem, 'application/problem+json');

/** The caller that the Cognito authorizer vouches for. Groups arrive as a list or as text like `[a b]` or `a,b`. */
export const callerOf = (event: APIGatewayProxyEvent): Caller => {
  const claims: Record<string, unknown> = event.requestContext.authorizer?.['claims'] ?? {};
  const name = claims['cognito:username'] ?? claims['username'];
  if (typeof name !== 'string') throw new ProblemError(401, 'NOT_SIGNED_IN', 'sign in first');
  const text = JSON.stringify(claims['cognito:groups'] ?? '');
  const groups = new Set(text.split(/[^a-z-]+/));
  return { name, roles: ROLES.filter((role) => groups.has(role)) };
};

const bodyOf = (event: APIGatewayProxyEvent): unknown => {
  if (event.body === null || event.body === '') return undefined;
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError(400, 'NOT_JSON', 'the request body is not JSON');
  }
};

const defined = (fields: Record<string, string | undefined> | null): Record<string, string> =>
  Object.fromEntries(Object.entries(fields ?? {}).filter((field): field is [string, string] => field[1] !== undefined));

/** Names of headers are case-insensitive; API Gateway passes them as they were sent. */
const headerOf = (event: APIGatewayProxyEvent, name: string): string | undefined =>
  Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];

/**
 * A Lambda handler for a set of routes behind a proxy resource of the REST API. Checks the caller's role before the
 * route runs, answers every `ProblemError` as RFC 9457, and anything else as a 500 that names only the correlation id.
 */
export const httpEdge = (routes: readonly ApiRoute[], logger: Logger) => {
  const table: Route<APIGatewayProxyEvent, APIGatewayProxyResult>[] = routes.map((route) => ({
    method: route.method,
    path: route.path,
    handler: async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
      const correlationId = event.requestContext.requestId;
      logger.appendKeys({ correlationId, route: `${route.method} ${route.path}` });
      try {
        const caller = callerOf(event);
        if (!route.roles.some((role) => caller.roles.includes(role))) {
          throw new ProblemError(403, 'ROLE_MISSING', `this needs the role ${route.roles.join(' or ')}`);
        }
        const idempotencyKey = headerOf(event, 'idempotency-key');
        const answer = await route.run({
          caller,
          path: defined(event.pathParameters),
          query: defined(event.queryStringParameters),
          body: bodyOf(event),
          correlationId,
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        });
        logger.info('answered', { status: answer.status });
        return json(answer.status, answer.body);
      } catch (error) {
        if (error instanceof ProblemError) {
          logger.info('refused', { status: error.problem.status, code: error.problem.code });
          return problem(error);
        }
        logger.error('failed', error as Error);
        return problem(
          new ProblemError(500, 'INTERNAL', `something failed here; quote the correlation id ${correlationId}`),
        );
      }
    },
  }));
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>().handler(
    httpRouter({
      routes: table,
      notFoundResponse: ({ method, path }) =>
        problem(new ProblemError(404, 'NO_SUCH_ROUTE', `there is no ${method} ${path} here`)),
    }),
  );
};
