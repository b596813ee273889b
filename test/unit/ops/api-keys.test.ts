import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '../../../ops/api-client.ts';
import { createKey, revokeKey } from '../../../ops/commands/api-keys.ts';

const sent: unknown[][] = [];
const api: ApiClient = {
  get: () => Promise.reject(new Error('not called')),
  post: async <T>(...call: unknown[]) => {
    sent.push(['POST', ...call]);
    return { keyId: 'key-1', secret: 'mb_secret' } as T;
  },
  delete: async <T>(path: string) => {
    sent.push(['DELETE', path]);
    return {} as T;
  },
};

const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
afterEach(() => {
  sent.length = 0;
  printed.mockClear();
});

describe('api keys at the command line', () => {
  it('are issued for their sources, the secret alone on its line', async () => {
    await createKey(api, 'exporter', ['//a', '//b']);
    expect(sent).toEqual([['POST', '/api-keys', { name: 'exporter', sources: ['//a', '//b'] }]]);
    expect(printed.mock.calls.at(-1)?.[0]).toBe('mb_secret\n');
  });

  it('are issued for asking alone too', async () => {
    await createKey(api, 'gate', [], { entitlements: true });
    expect(sent).toEqual([['POST', '/api-keys', { name: 'gate', sources: [], entitlements: true }]]);
  });

  it('are revoked by their id', async () => {
    await revokeKey(api, 'key/1');
    expect(sent).toEqual([['DELETE', '/api-keys/key%2F1']]);
  });
});
