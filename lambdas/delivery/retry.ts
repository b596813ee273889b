import type { Clock } from '../platform/clock.ts';
import { sha256 } from '../platform/hash.ts';
import type { DeliveryFailure } from './types.ts';

/** Seconds before the first repeat, doubled with each, up to the longest. */
const SCHEDULE: Readonly<Record<DeliveryFailure['outcome'], { readonly first: number; readonly longest: number }>> = {
  transient: { first: 1, longest: 300 },
  throttled: { first: 1, longest: 300 },
  ambiguous: { first: 1, longest: 300 },
  auth: { first: 4, longest: 300 },
  // Not retried by the frame; here so that the table is whole.
  'closed-period': { first: 300, longest: 900 },
  rejected: { first: 300, longest: 900 },
};

/**
 * A delivery that was refused for its credentials is tried so often; then it waits among the dead letters, with its
 * reason, for the people who mend credentials. Trying on would only delay that.
 */
export const AUTH_TRIES = 2;

/**
 * How long a message hides before its next try: between half and all of `first × 2^(tries-1)` (jitter, so that a herd
 * does not come back at once). The jitter comes from the delivery and the try, so the same case waits the same.
 */
export const retryDelay = (errorClass: DeliveryFailure['outcome'], tries: number, deliveryId: string): number => {
  const { first, longest } = SCHEDULE[errorClass];
  const whole = Math.min(longest, first * 2 ** Math.min(tries - 1, 20));
  const fraction = sha256(`${deliveryId}#${tries}`).readUInt32BE(0) / 2 ** 32;
  return Math.max(1, Math.round(whole * (0.5 + fraction / 2)));
};

/** Stops calling a vendor that is down: while open, messages wait instead of being tried. */
export type Breaker = {
  /** Milliseconds until calls are allowed; 0 if they are. */
  waitMillis(): number;
  worked(): void;
  failed(): void;
};

/**
 * Opens after `threshold` consecutive failures for `pauseMillis`. After the pause one failure more opens it again, one
 * success closes it.
 */
export const breaker = (clock: Clock, threshold: number, pauseMillis: number): Breaker => {
  let failures = 0;
  let openUntil = 0;
  return {
    waitMillis: () => Math.max(0, openUntil - clock.nowMillis()),
    worked: () => {
      failures = 0;
      openUntil = 0;
    },
    failed: () => {
      failures += 1;
      if (failures < threshold) return;
      openUntil = clock.nowMillis() + pauseMillis;
      failures = threshold - 1;
    },
  };
};

/** Runs `work` over all items, at most `limit` at a time. @throws the first error, after all have ended. */
export const eachLimited = async <T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  const workers = Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker);
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};
