import type { RatingPolicy } from './types.ts';

/** Where a system differs from `standard`. What its material says nothing about is as in `standard`. */
type Profile = { readonly id: string } & Partial<RatingPolicy>;

/**
 * One policy per system that customers come from, so that what they were billed there is what they are billed here. The
 * worked cases of `test/rating/cases` hold under the profile of their system. S1 to S11: `README.md`.
 */
export const PROFILES: readonly Profile[] = [
  {
    // S1: the first flat fee also at zero usage. S4: discount, then maximum. S10: each split bill converts its own part.
    id: 'openmeter',
    zeroUsageFlatFee: 'charge',
    discountOrder: 'before-bounds',
    duplicateWinner: 'first',
    interimConversion: 'slice',
  },
  {
    // S3: 100.5 lies in 101 to 200. S6: whole days, first and last included. S7: fee and commitment are rounded before
    // one is taken off the other, and the fee counts towards the commitment. S11: net and tax of a credit note apart.
    id: 'lago',
    zeroUsageFlatFee: 'charge',
    tierGap: 'next',
    prorationUnit: 'day-inclusive',
    prorationRounding: 'each',
    duplicateWinner: 'first',
    creditTax: 'apart',
    partPeriodMinimum: 'by-day',
    commitmentCovers: 'all',
  },
  {
    // S1: nothing at zero usage. S5: wallets do not lower the tax. S6: a period ends at 23:59:59. S8, S9: the last wins.
    id: 'flexprice',
    zeroUsageFlatFee: 'none',
    taxBase: 'before-credits',
    prorationUnit: 'second-inclusive',
    prorationRounding: 'each',
    groupedTiers: 'per-group',
    duplicateWinner: 'last',
  },
  {
    // S6: days of the whole period that the part lies in, leading and trailing (14 of the 92 days of a quarter).
    id: 'killbill',
    prorationUnit: 'day',
  },
  {
    // S2: a tier begins with its first unit: 100 lies in the tier that starts at 100. S6: days of the half-open period.
    id: 'meteroid',
    tierEdge: 'exclusive',
    prorationUnit: 'day',
    prorationRounding: 'net',
    duplicateWinner: 'last',
  },
  { id: 'm3ter', duplicateWinner: 'first' },
  // S2: the last unit of a tier belongs to it. Ids: the first event stands.
  { id: 'orb', tierEdge: 'inclusive', duplicateWinner: 'first' },
  // S2: `up_to` is inclusive. Parts of a period are measured by the second.
  { id: 'stripe', tierEdge: 'inclusive', prorationUnit: 'second', duplicateWinner: 'first' },
  { id: 'metronome', duplicateWinner: 'first' },
  { id: 'amberflo', duplicateWinner: 'first' },
];
