import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import { idHashOf } from '../../lambdas/usage/events/event-identity.ts';
import {
  MOST_AT_ONCE,
  type QuarantineDecisions,
  type QuarantineStore,
  summaryOf,
} from '../../lambdas/usage/quarantine/quarantine.ts';
import type { QuarantineCode, QuarantineEntry, QuarantineState } from '../../lambdas/usage/types.ts';

const entry = (n: number, code: QuarantineCode, state: QuarantineState = 'waiting'): QuarantineEntry => ({
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

const released = (waiting: QuarantineEntry): QuarantineEntry => ({
  ...waiting,
  state: 'released',
  release: {
    by: 'olga',
    at: '2026-11-09T00:00:00.000Z',
    note: 'mended',
    body: '{"a":"u"}',
    position: waiting.position,
  },
});

const RECORD = { actor: 'olga', action: 'quarantine.release', target: 'q', details: {} };

type Parts = { readonly store: QuarantineStore & QuarantineDecisions; readonly audit: Pick<AuditLog, 'list'> };

/** What every quarantine store must do. `makeStore` gives an empty one, with the audit log of its decisions. */
export const quarantineContract = (name: string, makeStore: () => Promise<Parts>): void => {
  const filled = async (...entries: readonly QuarantineEntry[]): Promise<Parts['store']> => {
    const { store } = await makeStore();
    await store.put(entries);
    return store;
  };

  describe(`quarantine store: ${name}`, () => {
    it('gives back what was put, whole', async () => {
      const conflict: QuarantineEntry = {
        ...entry(1, 'CONFLICT'),
        accepted: { key: 'events/usage/y.ndjson.gz', line: 3 },
        bodyCut: true,
        subject: 'org-01',
        eventId: 'e-1',
        type: 't',
        source: '//a',
        dataschema: 'https://a/t/1',
        time: '2026-11-01',
        releasedFrom: 'q-0',
      };
      const store = await filled(conflict, released(entry(2, 'SCHEMA')));
      expect(await store.get(conflict.id)).toEqual(conflict);
      expect(await store.get('q-SCHEMA-2')).toEqual(released(entry(2, 'SCHEMA')));
      expect(await store.get('q-none')).toBeUndefined();
    });

    it('leaves an entry alone that is put again', async () => {
      const store = await filled(entry(1, 'SCHEMA', 'written-off'));
      await store.put([entry(1, 'SCHEMA', 'waiting')]);
      expect((await store.get('q-SCHEMA-1'))?.state).toBe('written-off');
    });

    it('takes more entries at once than it writes at once', async () => {
      const store = await filled(...Array.from({ length: 25 }, (_, n) => ({ ...entry(1, 'NOT_JSON'), id: `q-${n}` })));
      expect((await store.list({}, 100)).entries).toHaveLength(25);
    });

    it('lists by state, then code, then arrival, without the lines', async () => {
      const store = await filled(
        entry(2, 'SCHEMA'),
        released(entry(5, 'SCHEMA')),
        entry(1, 'SCHEMA'),
        entry(3, 'BAD_TIME'),
        entry(4, 'SCHEMA', 'written-off'),
        entry(6, 'SCHEMA', 'releasing'),
      );
      const { entries } = await store.list({}, 10);
      expect(entries.map(({ id, state }) => `${state} ${id}`)).toEqual([
        'waiting q-BAD_TIME-3',
        'waiting q-SCHEMA-1',
        'waiting q-SCHEMA-2',
        'releasing q-SCHEMA-6',
        'released q-SCHEMA-5',
        'written-off q-SCHEMA-4',
      ]);
      expect(entries[4]).toEqual(summaryOf(released(entry(5, 'SCHEMA'))));
    });

    it('lists one code, one state, and arrivals of a half-open range, in one code or all', async () => {
      const store = await filled(
        entry(1, 'SCHEMA'),
        entry(2, 'SCHEMA', 'released'),
        entry(3, 'SCHEMA'),
        entry(2, 'BAD_TIME'),
      );
      const ids = async (query: Parameters<QuarantineStore['list']>[0]) =>
        (await store.list(query, 10)).entries.map(({ id }) => id);
      expect(await ids({ code: 'SCHEMA' })).toEqual(['q-SCHEMA-1', 'q-SCHEMA-3', 'q-SCHEMA-2']);
      expect(await ids({ state: 'released' })).toEqual(['q-SCHEMA-2']);
      expect(await ids({ code: 'BAD_TIME', state: 'released' })).toEqual([]);
      const range = { from: '2026-11-02T00:00:00.000Z', to: '2026-11-03T00:00:00.000Z' };
      expect(await ids({ code: 'SCHEMA', ...range })).toEqual(['q-SCHEMA-2']);
      expect(await ids(range)).toEqual(['q-BAD_TIME-2', 'q-SCHEMA-2']);
      expect(await ids({ from: '2026-11-03T00:00:00.000Z' })).toEqual(['q-SCHEMA-3']);
    });

    it('finds entries by what the line said, by part of the message, and by their job', async () => {
      const about = { subject: 'org-01', type: 't', source: '//a', dataschema: 'https://a/t/1' };
      const byJob = released(entry(4, 'SCHEMA'));
      const store = await filled(
        { ...entry(1, 'SCHEMA'), ...about },
        { ...entry(2, 'SCHEMA'), ...about, subject: 'org-02' },
        { ...entry(3, 'SCHEMA'), message: 'The field SECONDS is missing.' },
        { ...byJob, ...(byJob.release ? { release: { ...byJob.release, job: 'job-1' } } : {}) },
      );
      const ids = async (query: Parameters<QuarantineStore['list']>[0]) =>
        (await store.list(query, 10)).entries.map(({ id }) => id.at(-1)).join('');
      expect(await ids({ subject: 'org-01' })).toBe('1');
      expect(await ids({ type: 't', source: '//a', dataschema: 'https://a/t/1' })).toBe('12');
      expect(await ids({ text: 'seconds' })).toBe('3');
      expect(await ids({ job: 'job-1' })).toBe('4');
    });

    it.each([1, 2, 3, 4])('pages through everything once, %i at a time', async (limit) => {
      const store = await filled(
        entry(1, 'SCHEMA'),
        entry(2, 'SCHEMA', 'released'),
        entry(3, 'SCHEMA'),
        entry(4, 'BAD_TIME'),
        entry(5, 'TOO_OLD', 'written-off'),
      );
      const pages = async (query: Parameters<QuarantineStore['list']>[0]): Promise<string[]> => {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await store.list({ ...query, ...(after === undefined ? {} : { after }) }, limit);
          expect(page.entries.length).toBeLessThanOrEqual(limit);
          seen.push(...page.entries.map(({ id }) => id));
          after = page.next;
        } while (after !== undefined);
        return seen;
      };
      const all = ['q-BAD_TIME-4', 'q-SCHEMA-1', 'q-SCHEMA-3', 'q-SCHEMA-2', 'q-TOO_OLD-5'];
      expect(await pages({})).toEqual(all);
      expect(await pages({ from: '2026-11-01T00:00:00.000Z' })).toEqual(all);
      expect(await pages({ text: 'wrong', to: '2026-11-05T00:00:00.000Z' })).toEqual(all.slice(0, 4));
    });

    it('counts by state and code, and knows the oldest of each', async () => {
      const store = await filled(
        entry(2, 'SCHEMA'),
        entry(1, 'SCHEMA'),
        entry(3, 'BAD_TIME'),
        entry(4, 'SCHEMA', 'written-off'),
      );
      const one = { count: 1, more: false };
      expect(await store.counts()).toEqual([
        { state: 'waiting', code: 'BAD_TIME', ...one, oldest: '2026-11-03T00:00:00.000Z' },
        { state: 'waiting', code: 'SCHEMA', count: 2, more: false, oldest: '2026-11-01T00:00:00.000Z' },
        { state: 'written-off', code: 'SCHEMA', ...one, oldest: '2026-11-04T00:00:00.000Z' },
      ]);
    });

    it('finds the entries of an event, and those of lines that were released and refused again', async () => {
      const about = { source: '//a', eventId: 'e-1' };
      const again = { ...entry(2, 'CONFLICT'), ...about, releasedFrom: 'q-SCHEMA-1' };
      const store = await filled(again, { ...entry(1, 'SCHEMA'), ...about }, { ...entry(3, 'SCHEMA'), eventId: 'e-1' });
      await store.put([again]);
      const ids = (found: readonly QuarantineEntry[]) => found.map(({ id }) => id);
      expect(ids(await store.byEvent(idHashOf({ source: '//a', id: 'e-1' })))).toEqual(['q-SCHEMA-1', 'q-CONFLICT-2']);
      expect(await store.byEvent(idHashOf({ source: '//b', id: 'e-1' }))).toEqual([]);
      expect(ids(await store.refusedAgain('q-SCHEMA-1'))).toEqual(['q-CONFLICT-2']);
      expect(await store.refusedAgain('q-CONFLICT-2')).toEqual([]);
    });

    it('changes entries and tells who decided it, or neither', async () => {
      const { store, audit } = await makeStore();
      const many = Array.from({ length: MOST_AT_ONCE }, (_, n) => ({ ...entry(1, 'SCHEMA'), id: `q-${n}` }));
      await store.put(many);
      const changes = many.map((each) => ({ entry: released(each), from: 'waiting' as const }));
      expect(await store.decide(changes, RECORD)).toMatchObject({ sequence: 1, ...RECORD });
      expect((await store.list({ state: 'released' }, 100)).entries).toHaveLength(MOST_AT_ONCE);
      expect((await store.list({ state: 'waiting' }, 100)).entries).toEqual([]);
      await store.put([entry(2, 'SCHEMA')]);
      const late = [{ entry: released(entry(2, 'SCHEMA')), from: 'waiting' as const }, ...changes.slice(0, 1)];
      expect(await store.decide(late, RECORD)).toBeUndefined();
      expect(await store.get('q-SCHEMA-2')).toEqual(entry(2, 'SCHEMA'));
      expect(await audit.list(0, 9)).toHaveLength(1);
    });

    it('finishes what was decided, once', async () => {
      const store = await filled(entry(1, 'SCHEMA', 'releasing'));
      const change = { entry: released(entry(1, 'SCHEMA')), from: 'releasing' as const };
      expect(await store.finish(change)).toBe(true);
      expect(await store.finish(change)).toBe(false);
      expect(await store.get('q-SCHEMA-1')).toEqual(change.entry);
    });

    it('keeps what a job did not do, in pages', async () => {
      const store = await filled();
      const outcome = (id: string) => ({ id, code: 'SCHEMA' as const, path: '/data', message: 'it is wrong' });
      await store.keepOutcomes('job-1', [outcome('q-2'), outcome('q-1')]);
      await store.keepOutcomes('job-1', [outcome('q-2'), outcome('q-3')]);
      expect(await store.outcomes('job-1', 2)).toEqual([outcome('q-1'), outcome('q-2')]);
      expect(await store.outcomes('job-1', 2, 'q-2')).toEqual([outcome('q-3')]);
      expect(await store.outcomes('job-2', 2)).toEqual([]);
    });
  });
};
