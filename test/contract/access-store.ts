import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import type { AccessStore, ApiKey } from '../../lambdas/usage/receive/api-keys.ts';

const key = (n: number, name = 'platform'): ApiKey => ({
  format: 1,
  keyId: `key-${name}-${n}`,
  name,
  sources: ['//larkspur.example/platform'],
  secretHash: `hash-${name}-${n}`,
  usageKey: `usage-${n}`,
  gatewayKeyId: `gateway-${n}`,
  createdAt: '2026-11-01T00:00:00.000Z',
  createdBy: 'olga',
});

/** What every store of API keys must do. `makeStore` gives an empty one with its audit log. */
export const accessStoreContract = (
  name: string,
  makeStore: () => Promise<{ readonly store: AccessStore; readonly audit: AuditLog }>,
): void => {
  describe(`access store: ${name}`, () => {
    it('finds a key by the hash of its secret and by its id, and audits that it was issued', async () => {
      const { store, audit } = await makeStore();
      expect(await store.add(key(1))).toBe(true);
      expect(await store.valid('hash-platform-1')).toEqual(key(1));
      expect(await store.get('key-platform-1')).toEqual(key(1));
      expect(await store.valid('hash-other')).toBeUndefined();
      const [entry] = await audit.list(0, 10);
      expect(entry).toMatchObject({ actor: 'olga', action: 'api-key.issue', target: 'key-platform-1' });
      expect(JSON.stringify(entry)).not.toContain('hash-platform-1');
    });

    it('takes two valid keys of a name, no third one, and another after one has ended', async () => {
      const { store, audit } = await makeStore();
      expect(await store.add(key(1))).toBe(true);
      expect(await store.add(key(2))).toBe(true);
      expect(await store.add(key(3))).toBe(false);
      expect(await store.add(key(1, 'other'))).toBe(true);
      expect(await store.valid('hash-platform-3')).toBeUndefined();
      expect(await audit.list(0, 10)).toHaveLength(3);
      expect(await store.revoke(key(1), '2026-11-02T00:00:00.000Z', 'olga')).toBe(true);
      expect(await store.add(key(3))).toBe(true);
      expect((await store.valid('hash-platform-2'))?.keyId).toBe('key-platform-2');
    });

    it('ends a key for ever, once', async () => {
      const { store, audit } = await makeStore();
      await store.add(key(1));
      expect(await store.revoke(key(1), '2026-11-02T00:00:00.000Z', 'olga')).toBe(true);
      expect(await store.revoke(key(1), '2026-11-03T00:00:00.000Z', 'olga')).toBe(false);
      expect(await store.valid('hash-platform-1')).toBeUndefined();
      expect((await store.get('key-platform-1'))?.revokedAt).toBe('2026-11-02T00:00:00.000Z');
      expect((await audit.list(0, 10)).map(({ action }) => action)).toEqual(['api-key.issue', 'api-key.revoke']);
    });
  });
};
