import { mapBounded } from '../../platform/bounded.ts';
import { type BrokenLink, chainsOf, firstBrokenLink } from '../ledger/chain.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { daysFrom } from '../ledger/slot.ts';
import type { SettledStore } from '../settle/settled-store.ts';

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
 * before, and none is missing in between. A chain shows by itself nothing of what was cut off at its end; the settled days
 * do, since they say up to which version each slot was settled. What came after the last settle, and what was cut off in
 * both places, only a signed root can show.
 */
export const verifyLedger = async (
  { ledger, settled }: { readonly ledger: LedgerStore; readonly settled: Pick<SettledStore, 'heads'> },
  subject: string,
  start: string,
  end: string,
): Promise<LedgerVerification> => {
  // Settled days first: what they were made from is in the ledger by then.
  const { days } = await settled.heads(subject, start, end);
  const reads = await mapBounded(daysFrom(start, end), DAYS_AT_A_TIME, (day) => ledger.day(subject, day));
  const chains = chainsOf(reads.flatMap(({ appends }) => appends));
  const ends = new Map(chains.map((chain) => [chain[0]?.slot.start, chain.at(-1)?.version ?? 0]));
  const broken = chains.flatMap((chain): BrokenChain[] => {
    const link = firstBrokenLink(chain);
    const slot = chain[0]?.slot;
    return link === undefined || slot === undefined ? [] : [{ ...slot, ...link }];
  });
  const cut = days
    .flatMap(({ versions }) => Object.entries(versions))
    .filter(([slot, version]) => (ends.get(slot) ?? 0) < version)
    .map(([slot, version]): BrokenChain => {
      const message = `the slot was settled at version ${version}, and ends at ${ends.get(slot) ?? 0}`;
      return { subject, start: slot, version, reason: 'CUT', message };
    });
  return {
    slots: chains.length,
    appends: reads.reduce((total, { appends }) => total + appends.length, 0),
    broken: [...broken, ...cut],
  };
};
