import { mapBounded } from './bounded.ts';
import { type BrokenLink, chainsOf, firstBrokenLink } from './chain.ts';
import type { LedgerStore } from './ledger-store.ts';
import { daysFrom } from './slot.ts';

/** A chain that is not whole. */
export type BrokenChain = BrokenLink & { readonly subject: string; readonly start: string };

/** What a verification looked at and found. */
export type LedgerVerification = {
  readonly slots: number;
  readonly appends: number;
  readonly broken: readonly BrokenChain[];
};

const DAYS_AT_A_TIME = 16;

/**
 * Verifies every chain of a subject from one UTC day to before another: each append is what was hashed, follows the one
 * before, and none is missing in between. What was cut off at the end of a chain only a signed root can show.
 */
export const verifyLedger = async (
  ledger: LedgerStore,
  subject: string,
  start: string,
  end: string,
): Promise<LedgerVerification> => {
  const reads = await mapBounded(daysFrom(start, end), DAYS_AT_A_TIME, (day) => ledger.day(subject, day));
  const chains = chainsOf(reads.flatMap(({ appends }) => appends));
  return {
    slots: chains.length,
    appends: reads.reduce((total, { appends }) => total + appends.length, 0),
    broken: chains.flatMap((chain) => {
      const link = firstBrokenLink(chain);
      const slot = chain[0]?.slot;
      return link === undefined || slot === undefined ? [] : [{ ...slot, ...link }];
    }),
  };
};
