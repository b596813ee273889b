import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Problem, ProblemError } from '../../platform/problem.ts';
import { mayAskEntitlements } from '../receive/sender.ts';
import { askEntitlements } from './ask-entitlements.ts';
import type { makeReadEntitlements } from './read-entitlements.ts';

const answer = (status: number, body: unknown, type = 'application/json'): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { 'content-type': type, 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

const refuse = (problem: Problem): APIGatewayProxyResult => answer(problem.status, problem, 'application/problem+json');

/** A path parameter as it was meant: the gateway passes it as it stands in the address. */
const decoded = (parameter: string | undefined): string | undefined => {
  try {
    return parameter === undefined ? undefined : decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
};

/**
 * `GET /v1/entitlements/{account}` and `/v1/entitlements/{account}/{feature}` for product services, by an API key that may
 * ask. The same answers as people get at `/v1/accounts/{account}/entitlements`.
 */
export const makeEntitlementsApi =
  (read: ReturnType<typeof makeReadEntitlements>, logger: Logger) =>
  async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const correlationId = event.requestContext.requestId;
    logger.appendKeys({ correlationId, keyId: event.requestContext.authorizer?.keyId });
    try {
      if (!mayAskEntitlements(event)) {
        throw new ProblemError(403, 'KEY_NOT_FOR_THIS', 'this key may not ask for entitlements: issue one that may');
      }
      const { account, feature } = event.pathParameters ?? {};
      return answer(200, await askEntitlements(read, decoded(account) ?? '', decoded(feature)));
    } catch (error) {
      if (error instanceof ProblemError) return refuse(error.problem);
      logger.error('failed', error as Error);
      const detail = `something failed here; quote the correlation id ${correlationId}`;
      return refuse(new ProblemError(500, 'INTERNAL', detail).problem);
    }
  };
