import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../../../ops/api-client.ts';
import { differences } from '../../../ops/catalog-differences.ts';
import { approveCatalog } from '../../../ops/commands/catalog.ts';

describe('differences of two bodies', () => {
  it('are told leaf by leaf', () => {
    const before = { id: 'a', charges: [{ price: '0.02' }, { price: '1' }], zone: 'UTC', none: {} };
    const after = { id: 'a', charges: [{ price: '0.03' }], note: null, zone: 'UTC', none: {} };
    expect(differences(before, after)).toEqual([
      '/charges/0/price: "0.02" → "0.03"',
      '/charges/1/price: "1" → nothing',
      '/note: nothing → null',
    ]);
    expect(differences(undefined, { id: 'a' })).toEqual(['/id: nothing → "a"']);
  });
});

describe('approving a publication', () => {
  const hash = 'abcdef0123456789';
  const book = { kind: 'price-book', id: 'list', version: 3, effectiveFrom: '2026-01-01T00:00:00.000Z', hash: 'h' };
  const entry = { kind: 'limit', id: 'team', version: 2, effectiveFrom: '2026-01-01T00:00:00.000Z', hash: 'h' };
  const api = (status: 'proposed' | 'published') => {
    const sent: [string, unknown][] = [];
    const asked: [string, unknown][] = [];
    const client: ApiClient = {
      get: async <T>(path: string, query?: Readonly<Record<string, string | undefined>>) => {
        asked.push([path, query]);
        const changes = [
          { ...entry, change: 'changed', body: { price: '2' } },
          { ...book, change: 'changed', body: {} },
        ];
        if (path === '/catalog/price-book/list/diff') return { changes: [{ sentence: 'dearer' }] } as T;
        const publication = { publicationId: 'pub-1', hash, status, proposedBy: 'ada', proposedAt: 'then', changes };
        const inForce = { items: [{ ...entry, version: 1, body: { price: '1' } }] };
        return (path === '/catalog/publications/pub-1' ? publication : inForce) as T;
      },
      post: async <T>(path: string, body: unknown) => {
        sent.push([path, body]);
        return {} as T;
      },
      delete: () => Promise.reject(new Error('not called')),
    };
    return { client, sent, asked };
  };

  it('sends the whole hash of what was shown, for its beginning', async () => {
    const { client, sent } = api('proposed');
    await approveCatalog(client, 'pub-1', hash.slice(0, 8));
    expect(sent).toEqual([['/catalog/publications/pub-1/approval', { hash }]]);
  });
  it('compares a price book in words with the version before it', async () => {
    const { client, asked } = api('proposed');
    await approveCatalog(client, 'pub-1', hash.slice(0, 8));
    expect(asked).toContainEqual(['/catalog/price-book/list/diff', { from: '2', to: 'pub-1@3' }]);
  });
  it.each(['', 'abc', '12345678', `${hash}0`])('publishes nothing for the hash %j', async (given) => {
    const { client, sent } = api('proposed');
    await expect(approveCatalog(client, 'pub-1', given)).rejects.toThrow('nothing was published');
    expect(sent).toEqual([]);
  });
  it('does not repeat what is done', async () => {
    const { client, sent } = api('published');
    await approveCatalog(client, 'pub-1', hash);
    expect(sent).toEqual([]);
  });
});
