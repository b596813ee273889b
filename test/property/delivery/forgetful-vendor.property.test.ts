import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adapterHealth } from '../../../lambdas/delivery/adapter-health.ts';
import { consume, type QueueMessage } from '../../../lambdas/delivery/consume.ts';
import { netSuiteJobOf } from '../../../lambdas/delivery/netsuite/netsuite-job.ts';
import { breaker } from '../../../lambdas/delivery/retry.ts';
import type { AdapterClient, DeliveryOutcome } from '../../../lambdas/delivery/types.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { memoryDeliveryStore } from '../../twins/memory-delivery-store.ts';
import { memoryPayloads } from '../../twins/memory-payloads.ts';
import { failure, jobOf } from '../../unit/delivery/fake-adapter.ts';

/** How one call at the vendor goes: as it should, with its answer lost before or after the effect, or with our death. */
type Turn = 'well' | 'lost before' | 'lost after' | 'death before' | 'death after' | 'throttled' | 'lookup fails';
const turn = fc.constantFrom<Turn>(
  'well',
  'lost before',
  'lost after',
  'death before',
  'death after',
  'throttled',
  'lookup fails',
);

/** A vendor that would take the same id any number of times: only we can keep it from having two. */
const forgetfulVendor = (turns: Turn[]) => {
  const records: string[] = [];
  const next = (): Turn => turns.shift() ?? 'well';
  const breath = () => new Promise((resolve) => setImmediate(resolve));
  const client: AdapterClient = {
    lookup: async ({ deliveryId }) => {
      await breath();
      if (turns[0] === 'lookup fails') {
        next();
        return failure('transient');
      }
      const at = records.indexOf(deliveryId);
      if (at === -1) return { found: false };
      return { found: true, vendorId: String(at), total: '7.5', currency: 'USD', customerId: '614', live: true };
    },
    create: async ({ deliveryId }): Promise<DeliveryOutcome> => {
      await breath();
      const how = next();
      if (how === 'throttled') return failure('throttled');
      if (how === 'death before') throw new Error('we died');
      if (how === 'lost before') return failure('ambiguous');
      records.push(deliveryId);
      await breath();
      if (how === 'death after') throw new Error('we died');
      if (how === 'lost after') return failure('ambiguous');
      return { outcome: 'posted', vendorId: String(records.length - 1) };
    },
    renew: () => undefined,
  };
  return { client, records };
};

describe('at a vendor that promises nothing', () => {
  it('there is one record per delivery, with workers side by side, repeats and deaths', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), async (turns, workers) => {
        const clock = manualClock('2026-11-01T00:00:00.000Z');
        const { client, records } = forgetfulVendor([...turns]);
        const [store, payloads] = [memoryDeliveryStore(), memoryPayloads()];
        payloads.put(jobOf('any').payloadKey, '{}');
        const ports = {
          store,
          payloads,
          client,
          clock,
          concurrency: 2,
          health: adapterHealth(store, clock),
          breaker: breaker(clock, 5, 15_000),
          queue: { postpone: async () => undefined, bury: async () => undefined },
          observe: { ended: () => undefined, undeliverable: () => undefined, broke: () => undefined },
          jobOf: async (body: string) => netSuiteJobOf(body),
        };
        const messages = ['a', 'b', 'a'].map(
          (id, n): QueueMessage => ({
            messageId: `m-${n}`,
            receipt: 'r',
            body: JSON.stringify(jobOf(id)),
            receiveCount: 1,
          }),
        );
        for (let round = 0; round < turns.length + 2; round += 1) {
          const deadline = clock.nowMillis() + 30_000;
          await Promise.all(Array.from({ length: workers }, () => consume(ports, messages, deadline)));
          clock.advance(60_000);
        }
        expect(records.toSorted()).toEqual(['a', 'b']);
        for (const id of ['a', 'b']) expect(await store.status('netsuite', id)).toMatchObject({ state: 'posted' });
      }),
      { numRuns: 300 },
    );
  });
});
