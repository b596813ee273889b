import type { ApiRoute } from '../platform/http-edge.ts';
import { type ApiKeyPorts, issueKey, revokeKey } from '../usage/receive/api-keys.ts';
import { OPERATORS } from './requests.ts';

/** `POST /v1/api-keys` (the secret is shown this once) and `DELETE /v1/api-keys/{keyId}`. */
export const apiKeyRoutes = (ports: ApiKeyPorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/api-keys',
    roles: OPERATORS,
    run: async ({ body, caller }) => ({ status: 201, body: await issueKey(ports, body, caller.name) }),
  },
  {
    method: 'DELETE',
    path: '/v1/api-keys/{keyId}',
    roles: OPERATORS,
    run: async ({ path, caller }) => {
      const keyId = path.keyId ?? '';
      await revokeKey(ports, keyId, caller.name);
      return { status: 200, body: { keyId, state: 'revoked' } };
    },
  },
];
