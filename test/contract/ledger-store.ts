import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../lambdas/platform/hash.ts';
import {
  applyAppend,
  emptyView,
  MAX_APPEND_BYTES,
  nextAppend,
  restatingAppend,
} from '../../lambdas/usage/ledger/append.ts';
import { appendHash, chainsOf, FIRST_HASH } from '../../lambdas/usage/ledger/chain.ts';
import { appendBytes } from '../../lambdas/usage/ledger/ledger-item.ts';
import type { LedgerStore } from '../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import type { Append } from '../../lambdas/usage/types.ts';
import { METERS, usage } from '../unit/usage/usage-fixtures.ts';

const meters = meterIndex(METERS);
const DAY = '2026-10-01';

/** A chain of `length` appends in one slot, one event each. */
const chain = (time: string, length: number, subject = 'org-01', backfill?: string): Append[] => {
  const view = emptyView();
  const own = backfill === undefined ? {} : { backfill };
  return Array.from({ length }, (_, n) => {
    const data = { count: n + 1, endpoint: 'read' };
    const event = usage({ id: `${time}-${n}`, subject, time, type: 'api', data, ...own });
    const { append } = nextAppend(view, event.slot, [event], meters, `${DAY}T12:00:0${n % 10}.000Z`);
    applyAppend(view, append);
    return append;
  });
};

/** A chain of appends that are as large as appends are made, or whatever `ids` makes them: 24 bytes for each. */
const largeChain = (length: number, ids: number): Append[] => {
  let previousHash = FIRST_HASH;
  return Array.from({ length }, (_, n): Append => {
    const said: Omit<Append, 'hash'> = {
      format: 1,
      slot: { subject: 'org-01', start: `${DAY}T00:00:00.000Z` },
      version: n + 1,
      ids: Array.from({ length: ids }, (__, at) => {
        const hash = sha256Hex(`${n} ${at}`);
        return { idHash: hash.slice(0, 32), bodyHash: hash.slice(32, 48) };
      }),
      states: { unmetered: { class: 'set', values: ['api'] } },
      pointers: Array.from({ length: ids }, (__, line) => ({ key: `events/usage/2026/10/01/shard/${n}.gz`, line })),
      late: 0,
      newestTime: `${DAY}T00:05:00.000Z`,
      appendedAt: `${DAY}T00:06:00.000Z`,
      full: false,
      previousHash,
    };
    previousHash = appendHash(said);
    return { ...said, hash: previousHash };
  });
};

const fill = async (store: LedgerStore, appends: readonly Append[]): Promise<void> => {
  for (const append of appends) expect(await store.putIfAbsent(append)).toBe('written');
};

/** What every ledger store must do. `make` answers an empty one. */
export const ledgerStoreContract = (name: string, make: () => Promise<LedgerStore>): void => {
  describe(`ledger store: ${name}`, () => {
    it('gives an append back as it was put', async () => {
      const store = await make();
      const appends = chain(`${DAY}T00:05:00.000Z`, 3);
      await fill(store, appends);
      expect((await store.day('org-01', DAY)).appends).toEqual(appends);
    });

    it('refuses a version that is taken, and knows its own append again', async () => {
      const store = await make();
      const [first] = chain(`${DAY}T00:05:00.000Z`, 1);
      const [rival] = chain(`${DAY}T00:06:00.000Z`, 1);
      if (first === undefined || rival === undefined) throw new Error('no append');
      await fill(store, [first]);
      expect(await store.putIfAbsent(rival)).toBe('taken');
      expect(await store.putIfAbsent(first)).toBe('written');
      expect((await store.day('org-01', DAY)).appends).toEqual([first]);
    });

    it('reads a slot above a version, without its neighbours', async () => {
      const store = await make();
      const own = chain(`${DAY}T00:20:00.000Z`, 12);
      await fill(store, [...own, ...chain(`${DAY}T00:05:00.000Z`, 2), ...chain(`${DAY}T00:30:00.000Z`, 2)]);
      const slot = { subject: 'org-01', start: `${DAY}T00:15:00.000Z` };
      expect((await store.slotAbove(slot, 0)).appends).toEqual(own);
      expect((await store.slotAbove(slot, 9)).appends).toEqual(own.slice(9));
      expect((await store.slotAbove(slot, 12)).appends).toEqual([]);
    });

    it('reads a part of a day by slot edges, and no other subject or day', async () => {
      const store = await make();
      const inside = [...chain(`${DAY}T05:30:00.000Z`, 2), ...chain(`${DAY}T06:14:59.999Z`, 1)];
      await fill(store, [
        ...inside,
        ...chain(`${DAY}T05:29:59.999Z`, 1),
        ...chain(`${DAY}T06:15:00.000Z`, 1),
        ...chain(`${DAY}T05:30:00.000Z`, 1, 'org-011'),
        ...chain('2026-10-02T05:30:00.000Z', 1),
      ]);
      const read = await store.day('org-01', DAY, { from: `${DAY}T05:30:00.000Z`, to: `${DAY}T06:15:00.000Z` });
      expect(read.appends).toEqual(inside);
      expect(read.queries).toBe(1);
      expect(read.bytes).toBeGreaterThan(300);
    });

    it('reads a day of more than a page holds whole, and tells how many pages it took', async () => {
      const store = await make();
      const appends = largeChain(14, 3_600);
      for (const append of appends) {
        expect(appendBytes(append)).toBeGreaterThan(MAX_APPEND_BYTES * 0.9);
        expect(appendBytes(append)).toBeLessThanOrEqual(MAX_APPEND_BYTES);
      }
      await fill(store, appends);
      const read = await store.day('org-01', DAY);
      expect(read.appends).toEqual(appends);
      expect(read.queries).toBe(2);
      expect((await store.slotAbove({ subject: 'org-01', start: `${DAY}T00:00:00.000Z` }, 10)).queries).toBe(1);
    });

    it('refuses what no item may hold, and keeps nothing of it', async () => {
      const store = await make();
      const [append] = largeChain(1, 17_200);
      if (append === undefined) throw new Error('no append');
      await expect(store.putIfAbsent(append)).rejects.toThrow(/size/i);
      expect((await store.day('org-01', DAY)).appends).toEqual([]);
    });

    it('keeps overlay chains apart from the live chain of their slot', async () => {
      const store = await make();
      const live = chain(`${DAY}T00:20:00.000Z`, 2);
      const overlays = ['b1', 'b-2'].flatMap((overlay) => chain(`${DAY}T00:20:00.000Z`, 2, 'org-01', overlay));
      const later = chain(`${DAY}T00:30:00.000Z`, 1, 'org-01', 'b1');
      await fill(store, [...live, ...overlays, ...later]);
      const slot = { subject: 'org-01', start: `${DAY}T00:15:00.000Z` };
      expect((await store.slotAbove(slot, 0)).appends).toEqual(live);
      expect((await store.slotAbove({ ...slot, overlay: 'b1' }, 1)).appends).toEqual(overlays.slice(1, 2));
      const day = await store.day('org-01', DAY);
      expect(day.appends).toEqual(live);
      expect(chainsOf(day.overlays).flat()).toEqual(chainsOf([...overlays, ...later]).flat());
      const part = await store.day('org-01', DAY, { from: slot.start, to: `${DAY}T00:30:00.000Z` });
      expect(part.appends).toEqual(live);
      expect(chainsOf(part.overlays).flat()).toEqual(chainsOf(overlays).flat());
    });

    it('gives back a restating append whose states are too large for its item', async () => {
      const store = await make();
      const [first] = chain(`${DAY}T00:05:00.000Z`, 1);
      if (first === undefined) throw new Error('no append');
      const view = emptyView();
      applyAppend(view, first);
      const values = Array.from({ length: 2_000 }, (_, n) => sha256Hex(String(n))).sort();
      const states = { '["users",1,{}]': { class: 'set' as const, values } };
      const restated = restatingAppend(view, first.slot, [], states, `${DAY}T13:00:00.000Z`);
      await fill(store, [first, restated]);
      const read = await store.day('org-01', DAY);
      expect(read.appends).toEqual([first, restated]);
      expect(read.bytes).toBeLessThan(2_000);
      expect(await store.putIfAbsent(restated)).toBe('written');
    });

    it('lets exactly one of many writers have a version', async () => {
      const store = await make();
      const rivals = Array.from({ length: 8 }, (_, n) => chain(`${DAY}T00:0${n}:00.000Z`, 1)).flat();
      const outcomes = await Promise.all(rivals.map((append) => store.putIfAbsent(append)));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    });
  });
};
