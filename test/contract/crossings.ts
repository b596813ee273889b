import { describe, expect, it } from 'vitest';
import type { Crossings } from '../../lambdas/usage/limits/crossings.ts';

const AT = '2026-10-20T00:00:00.000Z';
const LIMIT = { account: 'acct-01', limit: 'team-api-calls', periodStart: '2026-10-01' };
const AT_80 = { ...LIMIT, percent: 80 };

/** What every store of crossings must do. */
export const crossingsContract = (where: string, make: () => Promise<Crossings>): void => {
  describe(`crossings in ${where}`, () => {
    it('records a crossing once and remembers that it was told', async () => {
      const crossings = await make();
      const first = { number: 1, over: true, told: false, quantity: '80001' };
      expect(await crossings.over(AT_80, '80001', AT)).toEqual(first);
      expect(await crossings.over(AT_80, '80002', AT)).toEqual(first);
      await crossings.told(AT_80, 1);
      expect(await crossings.over(AT_80, '80003', AT)).toEqual({ ...first, told: true });
      expect(await crossings.over({ ...AT_80, percent: 100 }, '100000', AT)).toMatchObject({ number: 1, told: false });
    });

    it('counts the next crossing after usage was below again', async () => {
      const crossings = await make();
      await crossings.over(AT_80, '80001', AT);
      const [untold] = [...(await crossings.standing(LIMIT)).values()];
      if (untold === undefined) throw new Error('nothing stands');
      // A crossing that nobody was told of yet is not taken back: it is told first.
      await crossings.under(AT_80, untold);
      expect(await crossings.over(AT_80, '80005', AT)).toMatchObject({ number: 1, quantity: '80001' });
      await crossings.told(AT_80, 1);
      await crossings.under(AT_80, { number: 1, over: true, told: true });
      expect([...(await crossings.standing(LIMIT))]).toEqual([[80, { number: 1, over: false, told: true }]]);
      expect(await crossings.over(AT_80, '80009', AT)).toEqual({
        number: 2,
        over: true,
        told: false,
        quantity: '80009',
      });
      // Who saw the first crossing cannot take back the second, nor tell it.
      await crossings.under(AT_80, { number: 1, over: true, told: true });
      await crossings.told(AT_80, 1);
      expect([...(await crossings.standing(LIMIT))]).toEqual([[80, { number: 2, over: true, told: false }]]);
      expect((await crossings.standing({ ...LIMIT, periodStart: '2026-11-01' })).size).toBe(0);
    });
  });
};
