import type { RatingPolicy } from './types.ts';

/**
 * The named policies. A contract names one; a policy is never changed once a period was closed under it: a new
 * meaning is a new name. The README beside this file says what each option does, with numbers.
 */
const POLICIES: readonly RatingPolicy[] = [
  {
    id: 'standard',
    tierEdge: 'inclusive',
    lineRounding: 'half-up',
    roundingStage: 'line',
    zeroUsageLine: 'omit',
    prorationUnit: 'day',
    partPeriodAllowance: 'whole',
    partPeriodMinimum: 'by-day',
    commitmentCovers: 'metered',
  },
  {
    id: 'itemised',
    tierEdge: 'inclusive',
    lineRounding: 'half-even',
    roundingStage: 'line',
    zeroUsageLine: 'show',
    prorationUnit: 'day',
    partPeriodAllowance: 'by-day',
    partPeriodMinimum: 'by-day',
    commitmentCovers: 'all',
  },
];

/** The ids of all policies, for the catalog's checks. */
export const POLICY_IDS: readonly string[] = POLICIES.map((policy) => policy.id);

/** The policy of that name; `undefined` if there is none (a contract that names one is refused at publication). */
export const policyOf = (id: string): RatingPolicy | undefined => POLICIES.find((policy) => policy.id === id);
