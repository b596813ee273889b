import type { Limit } from '../../lambdas/catalog/types.ts';
import { add, compare, parseDecimal, ZERO } from '../../lambdas/platform/decimal.ts';
import { thresholdOf } from '../../lambdas/usage/limits/look-at-limit.ts';
import { type Known, mustLook } from '../../lambdas/usage/limits/when-to-look.ts';
import { MONTH_SECONDS } from './traffic.ts';

/** A worker that knows an account's use looks again after a minute at the earliest. */
const STEP_SECONDS = 60;

/**
 * How often a limit is looked at in a month, when its account uses `perSecond` of it all the time in events `everySeconds` apart
 * and workers live `lifeSeconds`: asked of the product's own rule, minute by minute.
 */
export const looksInMonth = (limit: Limit, perSecond: number, everySeconds: number, lifeSeconds: number): number => {
  const step = Math.max(STEP_SECONDS, everySeconds);
  const added = parseDecimal((perSecond * step).toFixed(3));
  let known: Known | undefined;
  let [used, looks] = [ZERO, 0];
  for (let second = 0; second < MONTH_SECONDS; second += step) {
    const now = Math.round(second * 1000);
    used = add(used, added);
    // The next worker knows nothing.
    if (Math.floor(second / lifeSeconds) > Math.floor((second - step) / lifeSeconds)) known = undefined;
    if (mustLook(known, { limit, added, mayFall: false }, now)) {
      looks += 1;
      const told = limit.thresholds.filter((percent) => compare(used, thresholdOf(limit, percent)) >= 0);
      known = { quantity: used, seen: ZERO, readAt: now, told: new Set(told) };
    } else if (known !== undefined) known = { ...known, seen: add(known.seen, added) };
  }
  return looks;
};
