import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { type ApiRoute, httpEdge, type Role } from '../../../lambdas/platform/http-edge.ts';

/** What a route answered, through the real edge. */
export type Answer = { readonly status: number; readonly body: unknown };

type Request = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly as?: string;
  readonly roles?: readonly Role[];
};

/** Calls routes as API Gateway would, signed in as an operator unless said otherwise. */
export const caller = (routes: readonly ApiRoute[]) => {
  const handler = httpEdge(routes, new Logger({ logLevel: 'SILENT' })) as unknown as (
    event: APIGatewayProxyEvent,
    context: Context,
  ) => Promise<APIGatewayProxyResult>;
  return async ({ method, path, query, body, as = 'olga', roles = ['operator'] }: Request): Promise<Answer> => {
    const event = {
      httpMethod: method,
      path,
      headers: {},
      pathParameters: null,
      queryStringParameters: query ?? null,
      body: body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: 'r-1',
        authorizer: { claims: { 'cognito:username': as, 'cognito:groups': roles.join(',') } },
      },
    } as unknown as APIGatewayProxyEvent;
    const result = await handler(event, {} as Context);
    return { status: result.statusCode, body: JSON.parse(result.body) as unknown };
  };
};
