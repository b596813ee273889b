import { describe, expect, it } from 'vitest';
import { POLICY_IDS, policyOf } from '../../../lambdas/rating/policies.ts';
import { PROFILES } from '../../../lambdas/rating/profiles.ts';

describe('the profiles of other systems', () => {
  it('are policies that a contract may name', () => {
    expect(POLICY_IDS).toEqual(expect.arrayContaining(PROFILES.map(({ id }) => id)));
    expect(new Set(POLICY_IDS).size).toBe(POLICY_IDS.length);
  });

  it('are as standard but for what the system does otherwise', () => {
    for (const profile of PROFILES) {
      expect(policyOf(profile.id)).toEqual({ ...policyOf('standard'), ...profile });
    }
  });

  it.each([
    ['openmeter', { zeroUsageFlatFee: 'charge', interimConversion: 'slice' }],
    ['lago', { zeroUsageFlatFee: 'charge', prorationRounding: 'each', creditTax: 'apart', commitmentCovers: 'all' }],
    ['flexprice', { zeroUsageFlatFee: 'none', taxBase: 'before-credits', duplicateWinner: 'last' }],
    ['killbill', { prorationUnit: 'day' }],
    ['meteroid', { tierEdge: 'exclusive', prorationRounding: 'net' }],
    ['stripe', { tierEdge: 'inclusive', prorationUnit: 'second', duplicateWinner: 'first' }],
  ])('%s differs where its system does', (id, differs) => {
    expect(policyOf(id)).toMatchObject(differs);
  });
});
