import { describe, expect, it } from 'vitest';
import { breaker, retryDelay } from '../../../lambdas/delivery/retry.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';

describe('retryDelay', () => {
  it('doubles with each try, between half and all of it, up to a longest', () => {
    for (let tries = 1; tries <= 12; tries += 1) {
      const whole = Math.min(300, 2 ** (tries - 1));
      const delay = retryDelay('transient', tries, 'd-1');
      expect(delay).toBeGreaterThanOrEqual(Math.max(1, Math.floor(whole / 2)));
      expect(delay).toBeLessThanOrEqual(whole);
    }
  });

  it('spreads different deliveries and repeats for the same one', () => {
    const delays = Array.from({ length: 50 }, (_, n) => retryDelay('throttled', 8, `d-${n}`));
    expect(new Set(delays).size).toBeGreaterThan(20);
    expect(retryDelay('throttled', 8, 'd-1')).toBe(retryDelay('throttled', 8, 'd-1'));
  });
});

describe('breaker', () => {
  it('opens after consecutive failures only', () => {
    const clock = manualClock('2026-11-01T00:00:00.000Z');
    const own = breaker(clock, 3, 10_000);
    own.failed();
    own.failed();
    own.worked();
    own.failed();
    own.failed();
    expect(own.waitMillis()).toBe(0);
    own.failed();
    expect(own.waitMillis()).toBe(10_000);
    clock.advance(4_000);
    expect(own.waitMillis()).toBe(6_000);
  });

  it('after the pause lets one try decide', () => {
    const clock = manualClock('2026-11-01T00:00:00.000Z');
    const own = breaker(clock, 3, 10_000);
    for (let n = 0; n < 3; n += 1) own.failed();
    clock.advance(10_000);
    expect(own.waitMillis()).toBe(0);
    own.failed();
    expect(own.waitMillis()).toBe(10_000);
    clock.advance(10_000);
    own.worked();
    own.failed();
    expect(own.waitMillis()).toBe(0);
  });
});
