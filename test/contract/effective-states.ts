import { describe, expect, it } from 'vitest';
import type { EffectiveStates } from '../../lambdas/usage/ledger/effective-slots.ts';
import type { StateMap } from '../../lambdas/usage/ledger/state.ts';

const HASH = 'a'.repeat(64);
const STATES: StateMap = { '["users",1,{}]': { class: 'set', values: ['ada', 'grace'] } };

/** What every place for computed states must do. `make` answers an empty one. */
export const effectiveStatesContract = (name: string, make: () => Promise<EffectiveStates>): void => {
  describe(`computed states: ${name}`, () => {
    it('gives back what was put, and nothing where nothing was', async () => {
      const states = await make();
      expect(await states.get(HASH)).toBeUndefined();
      await states.put(HASH, STATES);
      await states.put(HASH, STATES);
      expect(await states.get(HASH)).toEqual(STATES);
      expect(await states.get('b'.repeat(64))).toBeUndefined();
    });
  });
};
