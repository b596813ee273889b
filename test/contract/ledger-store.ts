import { describe, expect, it } from 'vitest';
import { applyAppend, emptyView, nextAppend } from '../../lambdas/usage/ledger/append.ts';
import type { LedgerStore } from '../../lambdas/usage/ledger/ledger-store.ts';
import { meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import type { Append } from '../../lambdas/usage/types.ts';
import { api, METERS } from '../unit/usage/usage-fixtures.ts';

const meters = meterIndex(METERS);
const DAY = '2026-10-01';

/** A chain of `length` appends in one slot, one event each. */
const chain = (time: string, length: number, subject = 'org-01'): Append[] => {
  const view = emptyView();
  return Array.from({ length }, (_, n) => {
    const event = api(`${time}-${n}`, time, n + 1, 'read', subject);
    const { append } = nextAppend(view, event.slot, [event], meters, `${DAY}T12:00:0${n % 10}.000Z`);
    applyAppend(view, append);
    return append;
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

    it('lets exactly one of many writers have a version', async () => {
      const store = await make();
      const rivals = Array.from({ length: 8 }, (_, n) => chain(`${DAY}T00:0${n}:00.000Z`, 1)).flat();
      const outcomes = await Promise.all(rivals.map((append) => store.putIfAbsent(append)));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    });
  });
};
