import type { Limit } from '../../catalog/types.ts';
import { add, compare, type Decimal, fromInteger, multiply, subtract } from '../../platform/decimal.ts';
import { thresholdOf } from './look-at-limit.ts';

/** What a warm worker knows of one account's use of one limit in one period. */
export type Known = {
  /** Read at `readAt` (milliseconds), and what this worker has seen since. Others may have added more. */
  readonly quantity: Decimal;
  readonly seen: Decimal;
  readonly readAt: number;
  /** Thresholds (percent) that are known to be told. */
  readonly told: ReadonlySet<number>;
};

/** What a batch does to the use of a limit. */
export type Touch = {
  readonly limit: Limit;
  /** What the batch adds; for meters that do not add up, nothing can be said. */
  readonly added: Decimal | undefined;
  /** The batch takes something back: usage may fall below a threshold that was crossed. */
  readonly mayFall: boolean;
};

/**
 * The balance is read again when this worker has seen one part in so many of what was left up to a threshold: others may
 * have added as much, up to seven of them. The nearer the threshold, the sooner, but not more often than `NEAR_MILLIS`.
 */
const PARTS_LEFT = fromInteger(8);
const NEAR_MILLIS = 60_000;
/**
 * What was read is trusted no longer than this. Who adds to an account looks by the same rule, so what others add alone needs
 * no such end; but usage may be taken back without any event of the account.
 */
export const TRUST_MILLIS = 6 * 60 * 60_000;

/** Whether the balance must be read: nothing is known, it is old, or an untold threshold is near. */
export const mustLook = (known: Known | undefined, { limit, added, mayFall }: Touch, nowMillis: number): boolean => {
  if (known === undefined || mayFall) return true;
  const open = limit.thresholds.filter((percent) => !known.told.has(percent));
  const age = nowMillis - known.readAt;
  if (age >= TRUST_MILLIS) return true;
  if (open.length === 0) return false;
  if (added === undefined) return age >= NEAR_MILLIS;
  const left = subtract(thresholdOf(limit, Math.min(...open)), known.quantity);
  const since = add(known.seen, added);
  if (compare(since, left) >= 0) return true;
  return age >= NEAR_MILLIS && compare(multiply(since, PARTS_LEFT), left) >= 0;
};
