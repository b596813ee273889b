import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../lambdas/platform/audit-log.ts';
import { type BackfillStore, deedOf } from '../../lambdas/usage/corrections/backfill.ts';
import { type OverlayStatus, placeText, type TouchedDays } from '../../lambdas/usage/ledger/overlays.ts';
import type { Backfill, BackfillChange } from '../../lambdas/usage/types.ts';

const opened = { by: 'olga', at: '2026-11-02T00:00:00.000Z' };
const backfill = (n: number): Backfill => ({ backfillId: `bf-${n}`, state: 'open', reason: 'October again', opened });
const opening = (each: Backfill) => deedOf(each, 'open', opened, {});
const place = (day: string, subject = 'org-01') => ({ backfill: 'bf-1', subject, day });
const START = '2026-10-01T11:45:00.000Z';

/** What every store of backfills must do, for people and for the ledger. `make` answers an empty one with its audit log. */
export const backfillStoreContract = (
  name: string,
  make: () => Promise<{ readonly store: BackfillStore & OverlayStatus & TouchedDays; readonly audit: AuditLog }>,
): void => {
  describe(`backfill store: ${name}`, () => {
    it('keeps a new backfill with its audit entry, and no second one of its id', async () => {
      const { store, audit } = await make();
      expect(await store.get('bf-1')).toBeUndefined();
      expect(await store.overlays(['bf-1'])).toEqual(new Map());
      await store.create(backfill(1), opening(backfill(1)));
      expect(await store.get('bf-1')).toEqual(backfill(1));
      expect(await store.overlays(['bf-1', 'bf-2'])).toEqual(
        new Map([['bf-1', { backfill: 'bf-1', state: 'open', isFixed: false }]]),
      );
      await expect(store.create(backfill(1), opening(backfill(1)))).rejects.toThrow();
      expect((await audit.list(0, 10)).map(({ action, target }) => [action, target])).toEqual([
        ['backfill.open', 'bf-1'],
      ]);
    });

    it('changes how one stands from the state that was seen only', async () => {
      const { store, audit } = await make();
      await store.create(backfill(1), opening(backfill(1)));
      const sealed: Backfill = { ...backfill(1), state: 'sealed', sealed: opened };
      const closed: Backfill = { ...sealed, state: 'closed', closed: { by: 'grace', at: '2026-11-03T00:00:00.000Z' } };
      const deed = (each: Backfill, action: string) => deedOf(each, action, opened, { days: 2 });
      expect(await store.change(closed, 'sealed', deed(closed, 'close'))).toBe(false);
      expect(await store.change(sealed, 'open', deed(sealed, 'seal'))).toBe(true);
      expect(await store.change(sealed, 'open', deed(sealed, 'seal'))).toBe(false);
      expect((await store.overlays(['bf-1'])).get('bf-1')).toMatchObject({ state: 'sealed', isFixed: true });
      expect(await store.change(closed, 'sealed', deed(closed, 'close'))).toBe(true);
      expect(await store.get('bf-1')).toEqual(closed);
      expect((await store.overlays(['bf-1'])).get('bf-1')).toEqual({
        backfill: 'bf-1',
        state: 'closed',
        isFixed: true,
        closedAt: '2026-11-03T00:00:00.000Z',
      });
      expect((await audit.list(0, 10)).map(({ action }) => action)).toEqual([
        'backfill.open',
        'backfill.seal',
        'backfill.close',
      ]);
    });

    it('lets one of many change it', async () => {
      const { store } = await make();
      await store.create(backfill(1), opening(backfill(1)));
      const next: Backfill = { ...backfill(1), state: 'reverted', reverted: { ...opened, reason: 'wrong month' } };
      const all = await Promise.all(
        Array.from({ length: 4 }, () => store.change(next, 'open', deedOf(next, 'revert', opened, {}))),
      );
      expect(all.filter((changed) => changed)).toHaveLength(1);
    });

    it('lists from the newest on, page by page', async () => {
      const { store } = await make();
      for (const n of [2, 1, 3]) await store.create(backfill(n), opening(backfill(n)));
      const first = await store.list(2);
      expect(first.items.map(({ backfillId }) => backfillId)).toEqual(['bf-3', 'bf-2']);
      expect((await store.list(2, first.next)).items.map(({ backfillId }) => backfillId)).toEqual(['bf-1']);
    });

    it('notes touched days once, and fixes each once', async () => {
      const { store } = await make();
      for (const day of ['2026-10-02', '2026-10-01', '2026-10-02']) await store.touch(place(day));
      await store.touch(place('2026-10-01', 'org-02'));
      const days = async () => (await store.places('bf-1', 10)).items.map(({ day, subject }) => `${day} ${subject}`);
      expect(await days()).toEqual(['2026-10-01 org-01', '2026-10-01 org-02', '2026-10-02 org-01']);
      expect(await store.pinned([place('2026-10-01')])).toEqual(new Map());
      await store.pin(place('2026-10-01'), { [START]: 3 }, 5);
      await store.pin(place('2026-10-01'), { [START]: 9 }, 7);
      await store.pin(place('2026-10-02'), {}, 0);
      // Who notes a day again says nothing against what is fixed.
      await store.touch(place('2026-10-01'));
      const wanted = [place('2026-10-01'), place('2026-10-02'), place('2026-10-03')];
      expect(await store.pinned(wanted)).toEqual(
        new Map([
          [placeText(place('2026-10-01')), { [START]: 3 }],
          [placeText(place('2026-10-02')), {}],
        ]),
      );
      const page = await store.places('bf-1', 2);
      expect(page.items[0]).toEqual({ ...place('2026-10-01'), versions: { [START]: 3 }, lines: 5 });
      expect((await store.places('bf-1', 2, page.next)).items).toEqual([
        { ...place('2026-10-02'), versions: {}, lines: 0 },
      ]);
      expect((await store.places('bf-2', 2)).items).toEqual([]);
    });

    it('keeps what changes, by owner and period', async () => {
      const { store } = await make();
      const change = (account: string, start: string, after: string): BackfillChange => ({
        account,
        period: { start, end: '2026-12-01', zone: 'UTC' },
        meter: 'calls',
        unit: 'call',
        dimensions: {},
        after,
      });
      await store.keepChanges('bf-1', { owner: 'A-b', changes: [change('b', '2026-10-01', '1')] });
      await store.keepChanges('bf-1', { owner: 'A-a', changes: [change('a', '2026-11-01', '2')] });
      await store.keepChanges('bf-1', { owner: 'A-a', changes: [change('a', '2026-10-01', '3')] });
      await store.keepChanges('bf-1', { owner: 'A-a', changes: [change('a', '2026-11-01', '4')] });
      const all: (string | undefined)[] = [];
      let after: string | undefined;
      do {
        const page = await store.changes('bf-1', 1, after);
        all.push(...page.items.map((each) => each.after));
        after = page.next;
      } while (after !== undefined);
      expect(all).toEqual(['3', '4', '1']);
    });
  });
};
