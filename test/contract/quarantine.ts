import { describe, expect, it } from 'vitest';
import type { QuarantineStore } from '../../lambdas/usage/quarantine/quarantine.ts';
import type { QuarantineCode, QuarantineEntry } from '../../lambdas/usage/types.ts';

const entry = (n: number, code: QuarantineCode, state: QuarantineEntry['state'] = 'waiting'): QuarantineEntry => ({
  id: `q-${code}-${n}`,
  position: { stream: 'usage', shard: 'shardId-0', sequence: String(n), index: 0 },
  code,
  path: '/data/gb',
  message: 'it is wrong',
  body: '{"a":"ü"}',
  bodyEncoding: 'utf8',
  pointer: { key: 'events/usage/x.ndjson.gz', line: n },
  receivedAt: `2026-11-0${n}T00:00:00.000Z`,
  state,
});

/** What every quarantine store must do. `makeStore` gives an empty one. */
export const quarantineContract = (name: string, makeStore: () => Promise<QuarantineStore>): void => {
  describe(`quarantine store: ${name}`, () => {
    it('gives back what was put, whole', async () => {
      const store = await makeStore();
      const conflict: QuarantineEntry = {
        ...entry(1, 'CONFLICT'),
        accepted: { key: 'events/usage/y.ndjson.gz', line: 3 },
        subject: 'org-01',
        eventId: 'e-1',
      };
      await store.put([conflict]);
      expect(await store.get(conflict.id)).toEqual(conflict);
      expect(await store.get('q-none')).toBeUndefined();
    });

    it('leaves an entry alone that is put again', async () => {
      const store = await makeStore();
      await store.put([entry(1, 'SCHEMA', 'written-off')]);
      await store.put([entry(1, 'SCHEMA', 'waiting')]);
      expect((await store.get('q-SCHEMA-1'))?.state).toBe('written-off');
    });

    it('takes more entries at once than it writes at once', async () => {
      const store = await makeStore();
      const many = Array.from({ length: 25 }, (_, n) => ({ ...entry(1, 'NOT_JSON'), id: `q-${n}` }));
      await store.put(many);
      expect((await store.list({}, 100)).entries).toHaveLength(25);
    });

    it('lists by state, then code, then arrival', async () => {
      const store = await makeStore();
      await store.put([
        entry(2, 'SCHEMA'),
        entry(5, 'SCHEMA', 'released'),
        entry(1, 'SCHEMA'),
        entry(3, 'BAD_TIME'),
        entry(4, 'SCHEMA', 'written-off'),
      ]);
      const ids = (await store.list({}, 10)).entries.map(({ id, state }) => `${state} ${id}`);
      expect(ids).toEqual([
        'waiting q-BAD_TIME-3',
        'waiting q-SCHEMA-1',
        'waiting q-SCHEMA-2',
        'released q-SCHEMA-5',
        'written-off q-SCHEMA-4',
      ]);
    });

    it('lists one code, one state, and arrivals of a half-open range', async () => {
      const store = await makeStore();
      await store.put([entry(1, 'SCHEMA'), entry(2, 'SCHEMA', 'released'), entry(3, 'SCHEMA'), entry(2, 'BAD_TIME')]);
      const ids = async (query: Parameters<QuarantineStore['list']>[0]) =>
        (await store.list(query, 10)).entries.map(({ id }) => id);
      expect(await ids({ code: 'SCHEMA' })).toEqual(['q-SCHEMA-1', 'q-SCHEMA-3', 'q-SCHEMA-2']);
      expect(await ids({ state: 'released' })).toEqual(['q-SCHEMA-2']);
      expect(await ids({ code: 'BAD_TIME', state: 'released' })).toEqual([]);
      const range = { from: '2026-11-02T00:00:00.000Z', to: '2026-11-03T00:00:00.000Z' };
      expect(await ids({ code: 'SCHEMA', ...range })).toEqual(['q-SCHEMA-2']);
    });

    it.each([1, 2, 3, 4])('pages through everything once, %i at a time', async (limit) => {
      const store = await makeStore();
      await store.put([
        entry(1, 'SCHEMA'),
        entry(2, 'SCHEMA', 'released'),
        entry(3, 'SCHEMA'),
        entry(4, 'BAD_TIME'),
        entry(5, 'TOO_OLD', 'written-off'),
      ]);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.list(after === undefined ? {} : { after }, limit);
        expect(page.entries.length).toBeLessThanOrEqual(limit);
        seen.push(...page.entries.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(['q-BAD_TIME-4', 'q-SCHEMA-1', 'q-SCHEMA-3', 'q-SCHEMA-2', 'q-TOO_OLD-5']);
    });
  });
};
