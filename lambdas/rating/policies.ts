import { PROFILES } from './profiles.ts';
import type { RatingPolicy } from './types.ts';

/**
 * The named policies. A contract names one; a policy is never changed once a period was closed under it: a new
 * meaning is a new name. The README beside this file says what each option does, with numbers.
 */
const STANDARD: RatingPolicy = {
  id: 'standard',
  zeroUsageFlatFee: 'none',
  tierEdge: 'inclusive',
  tierGap: 'next',
  discountOrder: 'before-bounds',
  taxBase: 'after-credits',
  prorationUnit: 'day',
  prorationRounding: 'net',
  groupedTiers: 'per-group',
  duplicateWinner: 'first',
  interimConversion: 'cumulative',
  creditTax: 'apart',
  lineRounding: 'half-up',
  roundingStage: 'line',
  zeroUsageLine: 'omit',
  partPeriodAllowance: 'whole',
  partPeriodMinimum: 'by-day',
  commitmentCovers: 'metered',
};

const POLICIES: readonly RatingPolicy[] = [
  STANDARD,
  {
    ...STANDARD,
    id: 'itemised',
    lineRounding: 'half-even',
    zeroUsageLine: 'show',
    partPeriodAllowance: 'by-day',
    commitmentCovers: 'all',
  },
  ...PROFILES.map((profile) => ({ ...STANDARD, ...profile })),
];

/** The ids of all policies, for the catalog's checks. */
export const POLICY_IDS: readonly string[] = POLICIES.map((policy) => policy.id);

/** The policy of that name; `undefined` if there is none (a contract that names one is refused at publication). */
export const policyOf = (id: string): RatingPolicy | undefined => POLICIES.find((policy) => policy.id === id);
