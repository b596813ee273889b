import type { APIGatewayProxyEvent } from 'aws-lambda';

/** The sources that the authorizer vouches for; it passes them as the text of a JSON list. */
export const sourcesOf = (event: Pick<APIGatewayProxyEvent, 'requestContext'>): string[] => {
  const text: unknown = event.requestContext.authorizer?.sources;
  const sources: unknown = typeof text === 'string' ? JSON.parse(text) : [];
  return Array.isArray(sources) ? sources.filter((source) => typeof source === 'string') : [];
};

/** Whether the authorizer vouches for a key that may ask for entitlements. */
export const mayAskEntitlements = (event: Pick<APIGatewayProxyEvent, 'requestContext'>): boolean =>
  event.requestContext.authorizer?.entitlements === 'true';
