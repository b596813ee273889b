import type { QuarantineStore } from '../usage/quarantine/quarantine.ts';

/** How many rejected events wait for a person. `more`: counted no further. */
export type WaitingCount = { readonly count: number; readonly more: boolean };

/** Counts them, as far as the quarantine counts. What is being released is not billed yet either. */
export const waitingIn = (quarantine: Pick<QuarantineStore, 'counts'>) => async (): Promise<WaitingCount> => {
  const waiting = (await quarantine.counts()).filter(({ state }) => state === 'waiting' || state === 'releasing');
  return {
    count: waiting.reduce((total, { count }) => total + count, 0),
    more: waiting.some(({ more }) => more),
  };
};
