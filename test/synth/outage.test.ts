import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../lambdas/delivery/retry.ts';
import { prod } from '../../lib/config/prod.ts';
import { stage } from '../../lib/config/stage.ts';

describe('an hour without a vendor', () => {
  it.each([stage, prod])('passes in $name without a dead letter', ({ queues }) => {
    for (const { maxReceiveCount } of [queues.netsuite, queues.gainsight]) {
      for (const delivery of ['d-1', 'd-2', 'd-3']) {
        const waits = Array.from({ length: maxReceiveCount - 1 }, (_, n) => retryDelay('transient', n + 1, delivery));
        expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3600);
      }
    }
  });
});
