import type { ApiClient } from '../api-client.ts';
import { say } from '../print.ts';

/**
 * Issues a key by which a product service may send events of these sources, ask what accounts may use, or both. The secret
 * is printed here and kept nowhere.
 */
export const createKey = async (
  api: ApiClient,
  name: string,
  sources: readonly string[],
  { entitlements = false } = {},
): Promise<void> => {
  const body = { name, sources, ...(entitlements ? { entitlements } : {}) };
  const { keyId, secret } = await api.post<{ keyId: string; secret: string }>('/api-keys', body);
  const uses = [...sources, ...(entitlements ? ['entitlements'] : [])];
  say(`Key ${keyId} of ${name}, for ${uses.join(', ')}. Its secret is shown this once:`);
  say(secret);
};

/** Revokes a key: it may still pass for the minute that the gateway remembers it. */
export const revokeKey = async (api: ApiClient, keyId: string): Promise<void> => {
  await api.delete(`/api-keys/${encodeURIComponent(keyId)}`);
  say(`Key ${keyId} is revoked; it may still pass for a minute.`);
};
