import { describe, expect, it } from 'vitest';
import type { DriftStore } from '../../lambdas/usage/quarantine/drift.ts';

/** What the store of drift must do. `makeStore` gives an empty one. */
export const driftContract = (name: string, makeStore: () => Promise<DriftStore>): void => {
  describe(`drift: ${name}`, () => {
    it('adds events to a field, and knows when it was first and last seen', async () => {
      const store = await makeStore();
      expect(await store.list()).toEqual([]);
      await store.add('api/2 tier', 1, '2026-10-05T10:00:00.000Z');
      await store.add('api/2 plan', 2, '2026-10-05T10:00:00.000Z');
      await store.add('api/2 plan', 40, '2026-10-06T10:00:00.000Z');
      expect(await store.list()).toEqual([
        {
          field: 'api/2 plan',
          events: 42,
          firstSeenAt: '2026-10-05T10:00:00.000Z',
          lastSeenAt: '2026-10-06T10:00:00.000Z',
        },
        {
          field: 'api/2 tier',
          events: 1,
          firstSeenAt: '2026-10-05T10:00:00.000Z',
          lastSeenAt: '2026-10-05T10:00:00.000Z',
        },
      ]);
    });
  });
};
