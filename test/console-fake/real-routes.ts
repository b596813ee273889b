import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { type ApiRoute, httpEdge } from '../../lambdas/platform/http-edge.ts';
import type { Answer, Request } from './api.ts';
import { PEOPLE } from './oidc.ts';

/**
 * Answers requests of the console by the product's own routes, through its own edge, as the person who is signed in.
 * @param filled what must be there before the first answer.
 */
export const answerByRoutes = (
  routes: readonly ApiRoute[],
  filled: Promise<void>,
): ((request: Request) => Promise<Answer>) => {
  const edge = httpEdge([...routes], new Logger({ logLevel: 'SILENT' })) as unknown as (
    event: APIGatewayProxyEvent,
    context: Context,
  ) => Promise<APIGatewayProxyResult>;
  return async ({ method, address, name, body }) => {
    await filled;
    const event = {
      httpMethod: method,
      path: address.pathname,
      headers: {},
      pathParameters: null,
      queryStringParameters: Object.fromEntries(address.searchParams),
      body: method === 'GET' ? null : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: 'fake',
        authorizer: { claims: { 'cognito:username': name, 'cognito:groups': PEOPLE[name] } },
      },
    } as unknown as APIGatewayProxyEvent;
    const answer = await edge(event, {} as Context);
    return { status: answer.statusCode, body: JSON.parse(answer.body) as unknown };
  };
};
