import type { Clock } from './types.ts';

/** A timer can wait so long; one that is asked for more fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock and timers. A timer keeps the process alive: what was emitted is not forgotten at an idle end. */
export const systemClock: Clock = {
  nowMillis: () => Date.now(),
  after: (millis, run) => {
    const timer = setTimeout(run, Math.min(millis, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
};

/** The machine's chance, from 0 to below 1: spreads retries, decides nothing else. */
export const systemChance = (): number => Math.random();
