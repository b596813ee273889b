import { dynamo } from '../../platform/aws.ts';
import { env } from '../../platform/env.ts';
import { makeLogger } from '../../platform/observability.ts';
import { dynamoAccess } from './access-store.ts';
import { makeAuthorizer } from './api-key-authorizer.ts';

const logger = makeLogger('api-key-authorizer');
const authorize = makeAuthorizer(dynamoAccess(dynamo(), env('ACCESS_TABLE')));

/** The authorizer of `POST /v1/events`. */
export const handler: typeof authorize = async (event) => {
  const result = await authorize(event);
  logger.info('key judged', { keyId: result.principalId, correlationId: event.requestContext.requestId });
  return result;
};
