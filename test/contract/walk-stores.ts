import { describe, expect, it } from 'vitest';
import { applyAppend, emptyView, nextAppend } from '../../lambdas/usage/ledger/append.ts';
import type { LedgerStore } from '../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import type { Append } from '../../lambdas/usage/types.ts';
import type { FindingPage, FindingStore } from '../../lambdas/usage/walk/finding-store.ts';
import type { SameIdFinding } from '../../lambdas/usage/walk/same-id.ts';
import type { WalkLedger } from '../../lambdas/usage/walk/walk-ledger.ts';
import type { WalkObjects } from '../../lambdas/usage/walk/walk-objects.ts';
import { LostTurn, type WalkResult, type WalkState, type WalkStore } from '../../lambdas/usage/walk/walk-state.ts';
import { api, METERS } from '../unit/usage/usage-fixtures.ts';

const NOW = '2026-10-05T00:00:00.000Z';
const LATER = '2026-10-05T00:15:00.000Z';

const state: WalkState = {
  format: 1,
  walkId: '2026-10-05-00000001',
  number: 1,
  startedAt: NOW,
  stage: 'read',
  cursor: 0,
  tasks: 7,
  counts: { days: 0, appends: 0, ids: 0, findings: 0, broken: 0 },
  broken: [],
};

/** What every keeper of walks must do. `make` answers an empty one. */
export const walkStoreContract = (name: string, make: () => Promise<WalkStore>): void => {
  describe(`walks: ${name}`, () => {
    it('gives the turn to one run at a time, and to another when it has run out', async () => {
      const walks = await make();
      expect(await walks.take('a', NOW, LATER)).toEqual({});
      expect(await walks.take('b', LATER, LATER)).toBeUndefined();
      await walks.release('b');
      expect(await walks.take('b', LATER, LATER)).toBeUndefined();
      await walks.release('a');
      expect(await walks.take('b', NOW, NOW)).toEqual({});
      expect(await walks.take('c', LATER, LATER)).toEqual({});
      await expect(walks.save('b', state)).rejects.toThrow(LostTurn);
    });

    it('keeps how far a walk is, and the last that ended', async () => {
      const walks = await make();
      await walks.take('a', NOW, LATER);
      const broken = [{ subject: 's', start: NOW, version: 1, reason: 'CUT', message: 'm' }] as const;
      const moved = { ...state, cursor: 3, broken, through: '2026-10-04' };
      await walks.save('a', state);
      await walks.save('a', moved);
      await walks.release('a');
      expect(await walks.take('b', NOW, LATER)).toEqual({ state: moved });
      const { stage: _, cursor: __, tasks: ___, ...said } = moved;
      const result: WalkResult = { ...said, endedAt: LATER, root: 'f'.repeat(64) };
      await walks.finish('b', result);
      await expect(walks.finish('a', result)).rejects.toThrow(LostTurn);
      await walks.release('b');
      expect(await walks.take('c', NOW, LATER)).toEqual({ last: result });
    });
  });
};

const finding = (findingId: string, revision: number, ...starts: string[]): SameIdFinding => ({
  format: 1,
  findingId,
  revision,
  state: 'open',
  places: starts.map((start, n) => ({
    subject: n === 0 ? 'org-01' : 'org-02',
    start,
    version: 1,
    appendedAt: NOW,
    pointer: { key: 'events/x', line: n },
    cancelled: false,
  })),
  foundAt: NOW,
  decisions: [],
});

const ids = (page: FindingPage) => page.placed.map(({ finding }) => finding.findingId);
const OCTOBER = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' };

/** What every keeper of findings must do. `make` answers an empty one. */
export const findingStoreContract = (name: string, make: () => Promise<FindingStore>): void => {
  describe(`findings: ${name}`, () => {
    it('writes a finding under its own revision', async () => {
      const findings = await make();
      const first = finding('aa', 1, '2026-10-01T00:00:00.000Z', '2026-10-31T23:45:00.000Z');
      expect(await findings.save(first)).toBe(true);
      expect(await findings.save(first)).toBe(false);
      expect(await findings.save({ ...first, revision: 3 })).toBe(false);
      expect(await findings.get('aa')).toEqual(first);
      expect(await findings.get('bb')).toBeUndefined();
      const second: SameIdFinding = { ...first, revision: 2, state: 'cancelling' };
      expect(await findings.save(second)).toBe(true);
      expect(await findings.get('aa')).toEqual(second);
    });

    it('lists what is not settled by subject and slot, page by page', async () => {
      const findings = await make();
      await findings.save(finding('aa', 1, '2026-10-01T00:00:00.000Z', '2026-10-31T23:45:00.000Z'));
      await findings.save(finding('bb', 1, '2026-10-01T00:00:00.000Z'));
      await findings.save(finding('cc', 1, '2026-10-02T00:00:00.000Z', '2026-11-01T00:00:00.000Z'));
      await findings.save({ ...finding('dd', 1, '2026-10-03T00:00:00.000Z'), state: 'cancelling' });
      await findings.save({
        ...finding('cc', 2, '2026-10-02T00:00:00.000Z', '2026-11-01T00:00:00.000Z'),
        state: 'settled',
      });
      expect(ids(await findings.unsettledOf('org-01', OCTOBER, 100))).toEqual(['aa', 'bb', 'dd']);
      expect(ids(await findings.unsettledOf('org-02', OCTOBER, 100))).toEqual(['aa']);
      const edge = { from: '2026-10-02T00:00:00.000Z', to: '2026-10-03T00:00:00.000Z' };
      expect(ids(await findings.unsettledOf('org-01', edge, 100))).toEqual([]);
      const all: string[] = [];
      let after: string | undefined;
      do {
        const page = await findings.unsettledOf('org-01', OCTOBER, 1, after);
        expect(page.placed.length).toBeLessThanOrEqual(1);
        all.push(...ids(page));
        after = page.next;
      } while (after !== undefined);
      expect(all).toEqual(['aa', 'bb', 'dd']);
    });

    it('knows who decided, by subject and day', async () => {
      const findings = await make();
      const places = ['2026-10-01T10:00:00.000Z', '2026-10-31T23:45:00.000Z'];
      const decide = async (findingId: string, by: string) => {
        const decision = { keep: 'all', reason: 'two uploads', by, at: NOW } as const;
        await findings.save({ ...finding(findingId, 1, ...places), state: 'settled', decisions: [decision] });
      };
      await decide('aa', 'olga');
      await decide('bb', 'ada');
      await decide('cc', 'olga');
      expect(await findings.decidersOf('org-01', OCTOBER)).toEqual(['ada', 'olga']);
      const last = { from: '2026-10-31T12:00:00.000Z', to: OCTOBER.to };
      expect(await findings.decidersOf('org-02', last)).toEqual(['ada', 'olga']);
      expect(await findings.decidersOf('org-01', last)).toEqual([]);
      expect((await findings.unsettledOf('org-01', OCTOBER, 100)).placed).toEqual([]);
    });
  });
};

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const text = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

/** What every bucket of a walk must do. `make` answers an empty one. */
export const walkObjectsContract = (name: string, make: () => Promise<WalkObjects>): void => {
  describe(`objects of a walk: ${name}`, () => {
    it('reads objects whole and in part', async () => {
      const objects = await make();
      await objects.put('ids/a.run', bytes('0123456789'));
      expect(text(await objects.read('ids/a.run'))).toBe('0123456789');
      expect(text(await objects.read('ids/a.run', 2, 5))).toBe('234');
      expect(text(await objects.read('ids/a.run', 0, 1))).toBe('0');
      expect(text(await objects.read('ids/a.run', 7))).toBe('789');
      await expect(objects.read('ids/b.run')).rejects.toThrow();
      await objects.put('ids/a.run', bytes('new'));
      expect(text(await objects.read('ids/a.run'))).toBe('new');
    });

    it('keeps what is there where it is asked to', async () => {
      const objects = await make();
      expect(await objects.putIfAbsent('roots/1.json', bytes('one'))).toBe(true);
      expect(await objects.putIfAbsent('roots/1.json', bytes('two'))).toBe(false);
      expect(text(await objects.read('roots/1.json'))).toBe('one');
    });

    it('lists by prefix, in order, after a key', async () => {
      const objects = await make();
      for (const key of ['ids/2026-10-02/b', 'ids/2026-10-01/a', 'journal/x', 'ids/2026-10-03/c']) {
        await objects.put(key, bytes(key));
      }
      const list = async (prefix: string, after?: string) => {
        const keys: string[] = [];
        for await (const key of objects.list(prefix, after)) keys.push(key);
        return keys;
      };
      expect(await list('ids/')).toEqual(['ids/2026-10-01/a', 'ids/2026-10-02/b', 'ids/2026-10-03/c']);
      expect(await list('ids/', 'ids/2026-10-02')).toEqual(['ids/2026-10-02/b', 'ids/2026-10-03/c']);
      expect(await list('none/')).toEqual([]);
    });
  });
};

/** A chain of `length` appends in one slot, one event each. */
const chain = (time: string, length: number): Append[] => {
  const view = emptyView();
  return Array.from({ length }, (_, n) => {
    const event = api(`${time}-${n}`, time, n + 1);
    const { append } = nextAppend(view, event.slot, [event], meterIndex(METERS), `2026-10-05T12:00:0${n % 10}.000Z`);
    applyAppend(view, append);
    return append;
  });
};

/** What every reader of the ledger for walks must do, over a ledger that is written by its own store. */
export const walkLedgerContract = (
  name: string,
  make: () => Promise<{ readonly ledger: LedgerStore; readonly walk: WalkLedger }>,
): void => {
  describe(`the ledger as walks read it: ${name}`, () => {
    it('reads a day page by page in the order of its keys, and single appends', async () => {
      const { ledger, walk } = await make();
      const appends = [...chain('2026-10-05T00:05:00.000Z', 12), ...chain('2026-10-05T00:20:00.000Z', 2)];
      for (const append of [...appends.toReversed(), ...chain('2026-10-06T00:00:00.000Z', 1)]) {
        await ledger.putIfAbsent(append);
      }
      for (const strongly of [true, false]) {
        const read: Append[] = [];
        let after: string | undefined;
        do {
          const page = await walk.page('org-01', '2026-10-05', strongly, after);
          for (const { item, append } of page.appends) {
            expect(item.sk).toContain(append.slot.start);
            read.push(append);
          }
          after = page.next;
        } while (after !== undefined);
        expect(read).toEqual(appends);
      }
      const slot = { subject: 'org-01', start: '2026-10-05T00:00:00.000Z' };
      expect(await walk.append(slot, 12)).toEqual(appends[11]);
      await expect(walk.append(slot, 13)).rejects.toThrow();
      expect((await walk.page('org-99', '2026-10-05', true)).appends).toEqual([]);
    });
  });
};
