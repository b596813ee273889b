import type { RatingPolicy } from './types.ts';

/**
 * The events that count where several have one id, in the order of their arrival (metering option S9): the first of
 * each id, or the last. 1,000 that was sent again as 800 is 1,000 by `first`, 800 by `last`. The ledger itself knows
 * only `first`; `last` is for usage taken over from a system that lets later events win.
 */
export const countedEvents = <E extends { readonly id: string }>(
  events: readonly E[],
  winner: RatingPolicy['duplicateWinner'],
): E[] => {
  const counted = new Map<string, E>();
  for (const event of events) {
    if (winner === 'last' || !counted.has(event.id)) counted.set(event.id, event);
  }
  return [...counted.values()];
};
