import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type AccessStore, secretHashOf } from './api-keys.ts';

const HEADER = 'x-api-key';

const policy = (effect: 'Allow' | 'Deny', resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
});

/**
 * Who a presented key is: an allow with the usage plan's key and the sources it may send for, or a deny. A missing, an
 * unknown and a revoked key get the very same answer. Context values are texts; `sources` is a JSON list.
 */
export const makeAuthorizer =
  (access: Pick<AccessStore, 'valid'>) =>
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const presented = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === HEADER)?.[1] ?? '';
    const key = await access.valid(secretHashOf(presented));
    if (key === undefined) {
      return {
        principalId: 'unknown',
        policyDocument: policy('Deny', event.methodArn),
        context: { keyId: '', sources: '[]' },
      };
    }
    return {
      principalId: key.keyId,
      policyDocument: policy('Allow', event.methodArn),
      usageIdentifierKey: key.usageKey,
      context: { keyId: key.keyId, sources: JSON.stringify(key.sources) },
    };
  };
