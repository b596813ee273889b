import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import { type AccessStore, type ApiKey, MAX_VALID } from '../../lambdas/usage/receive/api-keys.ts';

/** API keys in memory; passes the same contract as the real store. */
export const memoryAccess = (audit: AuditLog): AccessStore => {
  const keys = new Map<string, ApiKey>();
  const valid = (key: ApiKey): boolean => key.revokedAt === undefined;
  return {
    valid: async (secretHash) => [...keys.values()].find((key) => key.secretHash === secretHash && valid(key)),
    get: async (keyId) => keys.get(keyId),
    add: async (key) => {
      const ofName = [...keys.values()].filter((other) => other.name === key.name && valid(other));
      if (ofName.length >= MAX_VALID || keys.has(key.keyId)) return false;
      keys.set(key.keyId, key);
      const { keyId, name, sources } = key;
      await audit.append({ actor: key.createdBy, action: 'api-key.issue', target: keyId, details: { name, sources } });
      return true;
    },
    revoke: async ({ keyId, name }, at, by) => {
      const key = keys.get(keyId);
      if (key === undefined || !valid(key)) return false;
      keys.set(keyId, { ...key, revokedAt: at });
      await audit.append({ actor: by, action: 'api-key.revoke', target: keyId, details: { name } });
      return true;
    },
  };
};
