import { describe, expect, it } from 'vitest';
import { CACHE_MILLIS, cachedCatalog } from '../../../lambdas/catalog/cached-catalog.ts';
import type { CatalogRevision } from '../../../lambdas/catalog/catalog-store.ts';
import type { CatalogEntry, CatalogReader } from '../../../lambdas/catalog/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';

const entry = (version: number): CatalogEntry => ({
  kind: 'attribution',
  id: 'org-01',
  version,
  effectiveFrom: `202${version}-01-01T00:00:00.000Z`,
  hash: '',
  publishedAt: '2026-01-01T00:00:00.000Z',
  proposedBy: 'ada',
  publishedBy: 'grace',
  body: { subject: 'org-01', account: `acct-0${version}` },
});
const asOf = { effectiveAt: '2026-01-01T00:00:00.000Z' };

const setUp = () => {
  const entries = [entry(1)];
  const state = { reads: 0, failing: false };
  const store: CatalogReader & CatalogRevision = {
    ...memoryCatalog(),
    revision: async () => String(entries.length),
    history: (kind) => {
      state.reads += 1;
      if (state.failing) return Promise.reject(new Error('throttled'));
      return memoryCatalog(entries).history(kind);
    },
    version: (kind, id, version) => memoryCatalog(entries).version(kind, id, version),
  };
  const clock = manualClock('2026-11-01T00:00:00.000Z');
  return { entries, state, clock, cached: cachedCatalog(store, clock) };
};

describe('the cached catalog', () => {
  it('reads a kind once while it is warm, and again after a minute', async () => {
    const { entries, state, clock, cached } = setUp();
    await cached.get('attribution', 'org-01', asOf);
    entries.push(entry(2));
    expect((await cached.list('attribution', asOf))[0]?.version).toBe(1);
    expect(state.reads).toBe(1);
    clock.advance(CACHE_MILLIS);
    expect((await cached.get('attribution', 'org-01', asOf))?.version).toBe(2);
    expect(state.reads).toBe(2);
  });

  it('reads nothing again while nothing was published', async () => {
    const { state, clock, cached } = setUp();
    await cached.history('attribution');
    for (let n = 0; n < 5; n += 1) {
      clock.advance(CACHE_MILLIS);
      expect(await cached.history('attribution')).toHaveLength(1);
    }
    expect(state.reads).toBe(1);
  });

  it('finds a version that is newer than the cache', async () => {
    const { entries, cached } = setUp();
    await cached.history('attribution');
    entries.push(entry(2));
    expect((await cached.version('attribution', 'org-01', 2))?.body).toEqual(entry(2).body);
  });

  it('does not keep a failed read', async () => {
    const { state, cached } = setUp();
    state.failing = true;
    await expect(cached.history('attribution')).rejects.toThrow('throttled');
    state.failing = false;
    expect(await cached.history('attribution')).toHaveLength(1);
  });
});
