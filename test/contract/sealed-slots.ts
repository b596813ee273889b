import { describe, expect, it } from 'vitest';
import { emptyView, nextAppend } from '../../lambdas/usage/ledger/append.ts';
import { meterIndex } from '../../lambdas/usage/ledger/meter-states.ts';
import type { SealedSlots } from '../../lambdas/usage/ledger/sealed-slots.ts';
import { type SealedObject, sealChain } from '../../lambdas/usage/ledger/sealed-view.ts';
import { api, METERS } from '../unit/usage/usage-fixtures.ts';

const DAY = '2026-10-01';
const SUBJECT = 'org-01';
const WHOLE_DAY = { from: `${DAY}T00:00:00.000Z`, to: '2026-10-02T00:00:00.000Z' };

/** A chain of one append, sealed, and sealed again as if it had gone on. */
const sealed = (start: string, version = 1): SealedObject => {
  const slot = { subject: SUBJECT, start };
  const { append } = nextAppend(emptyView(), slot, [api('a', start, 1)], meterIndex(METERS), start);
  return sealChain(
    slot,
    Array.from({ length: version }, (_, n) => ({ ...append, version: n + 1 })),
  );
};

/** What every place for seals must do. `make` answers an empty one. */
export const sealedSlotsContract = (name: string, make: () => Promise<SealedSlots>): void => {
  describe(`sealed slots: ${name}`, () => {
    it('tells the seals of an interval in order, its end not included', async () => {
      const slots = await make();
      expect(await slots.of(SUBJECT, WHOLE_DAY)).toEqual([]);
      for (const hour of ['02', '01', '03']) await slots.put(sealed(`${DAY}T${hour}:00:00.000Z`));
      const within = { from: `${DAY}T01:00:00.000Z`, to: `${DAY}T03:00:00.000Z` };
      expect(await slots.of(SUBJECT, within)).toEqual(
        ['01', '02'].map((hour) => ({ subject: SUBJECT, start: `${DAY}T${hour}:00:00.000Z`, version: 1 })),
      );
      expect(await slots.of(SUBJECT, { from: within.from, to: `${DAY}T01:15:00.000Z` })).toHaveLength(1);
      expect(await slots.of('org-02', WHOLE_DAY)).toEqual([]);
    });

    it('opens what was put, and keeps the later of two', async () => {
      const slots = await make();
      const start = `${DAY}T01:00:00.000Z`;
      const [first, second] = [sealed(start), sealed(start, 2)];
      await slots.put(first);
      await slots.put(second);
      const [seal] = await slots.of(SUBJECT, WHOLE_DAY);
      expect(seal).toEqual(second.seal);
      expect((await slots.open(second.seal))?.version).toBe(2);
      expect((await slots.open(first.seal))?.version).toBe(2);
      const told = await slots.scalars(second.seal);
      expect([told?.version, told?.scalars]).toEqual([2, (await slots.open(second.seal))?.view().scalars]);
      await slots.put(second);
      expect(await slots.of(SUBJECT, WHOLE_DAY)).toEqual([second.seal]);
    });

    it('opens nothing where nothing lies, or only an older chain', async () => {
      const slots = await make();
      const start = `${DAY}T01:00:00.000Z`;
      expect(await slots.open(sealed(start).seal)).toBeUndefined();
      expect(await slots.scalars(sealed(start).seal)).toBeUndefined();
      await slots.put(sealed(start));
      const later = { ...sealed(start).seal, version: 2 };
      expect([await slots.open(later), await slots.scalars(later)]).toEqual([undefined, undefined]);
    });
  });
};
