import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type AccessStore, type ApiKey, secretHashOf } from './api-keys.ts';

const HEADER = 'x-api-key';

const policy = (effect: 'Allow' | 'Deny', resources: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resources }],
});

/**
 * The methods that a key is for, whichever was asked for first: the events where it may send, entitlements where it may ask
 * for them. The gateway keeps the answer for a minute and takes it for the next request of the key too.
 */
const methodsOf = ({ sources, entitlements }: ApiKey, methodArn: string): string[] => {
  const stage = methodArn.split('/').slice(0, 2).join('/');
  return [
    ...(sources.length > 0 ? [`${stage}/*/v1/events*`] : []),
    ...(entitlements === true ? [`${stage}/GET/v1/entitlements/*`] : []),
  ];
};

/** The one value of the header; none if there are several, for then nobody can say which of them was meant. */
const presentedKey = ({ headers, multiValueHeaders }: APIGatewayRequestAuthorizerEvent): string => {
  const valuesOf = <V>(fields: Readonly<Record<string, V | undefined>> | null | undefined): V[] =>
    Object.entries(fields ?? {}).flatMap(([name, value]) =>
      name.toLowerCase() === HEADER && value !== undefined ? [value] : [],
    );
  const values = new Set([...valuesOf(headers), ...valuesOf(multiValueHeaders).flat()]);
  return values.size === 1 ? ([...values][0] ?? '') : '';
};

/**
 * Who a presented key is: an allow with the usage plan's key and the sources it may send for, or a deny. A missing, an
 * unknown and a revoked key get the very same answer. Context values are texts; `sources` is a JSON list.
 */
export const makeAuthorizer =
  (access: Pick<AccessStore, 'valid'>) =>
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const presented = presentedKey(event);
    const key = presented === '' ? undefined : await access.valid(secretHashOf(presented));
    if (key === undefined) {
      return {
        principalId: 'unknown',
        policyDocument: policy('Deny', [event.methodArn]),
        context: { keyId: '', sources: '[]' },
      };
    }
    return {
      principalId: key.keyId,
      policyDocument: policy('Allow', methodsOf(key, event.methodArn)),
      usageIdentifierKey: key.usageKey,
      context: {
        keyId: key.keyId,
        sources: JSON.stringify(key.sources),
        ...(key.entitlements === undefined ? {} : { entitlements: 'true' }),
      },
    };
  };
