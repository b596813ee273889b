import { describe, expect, it } from 'vitest';
import type { DeliveryStore } from '../../lambdas/delivery/delivery-store.ts';
import type { DeliveryAttempt, DeliveryJob } from '../../lambdas/delivery/types.ts';

const job = (deliveryId: string): DeliveryJob => ({
  format: 1,
  adapter: 'netsuite',
  deliveryId,
  record: 'invoice',
  payloadKey: 'payloads/a.json',
  payloadHash: 'a',
  correlationId: 'c-1',
  expect: { currency: 'USD', total: '1.00', customerId: '1' },
});

const at = (minute: number) => `2026-11-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const attempt = (number: number, step: DeliveryAttempt['step']): DeliveryAttempt => ({
  number,
  at: at(number),
  step,
  outcome: 'transient',
  code: 'HTTP_500',
  message: 'no',
  millis: 5,
});
const error = { class: 'transient', code: 'HTTP_500', message: 'no' };

/** What every delivery store must do. `makeStore` gives an empty one. */
export const deliveryStoreContract = (name: string, makeStore: () => Promise<DeliveryStore>): void => {
  describe(`delivery store: ${name}`, () => {
    it('knows nothing of a delivery that nobody queued', async () => {
      const store = await makeStore();
      expect(await store.status('netsuite', 'd-1')).toBeUndefined();
      expect(await store.statuses('netsuite', ['d-1'])).toEqual([]);
      expect(await store.attempts('netsuite', 'd-1')).toEqual([]);
    });

    it('counts tries and keeps the last error until it worked', async () => {
      const store = await makeStore();
      expect((await store.queue(job('d-1'), at(1))).state).toBe('queued');
      expect(await store.begin(job('d-1'), at(2), at(3))).toMatchObject({ begin: 'run', status: { attempts: 1 } });
      await store.end(job('d-1'), 1, { state: 'waiting', lastError: error }, at(2));
      expect(await store.status('netsuite', 'd-1')).toEqual({
        adapter: 'netsuite',
        deliveryId: 'd-1',
        state: 'waiting',
        attempts: 1,
        lastError: error,
        updatedAt: at(2),
        correlationId: 'c-1',
      });
      expect(await store.begin(job('d-1'), at(4), at(5))).toMatchObject({ begin: 'run', status: { attempts: 2 } });
      await store.end(job('d-1'), 2, { state: 'posted', vendorId: '1001' }, at(4));
      expect(await store.status('netsuite', 'd-1')).toEqual({
        adapter: 'netsuite',
        deliveryId: 'd-1',
        state: 'posted',
        attempts: 2,
        vendorId: '1001',
        updatedAt: at(4),
        correlationId: 'c-1',
      });
    });

    it('never leaves posted or accepted', async () => {
      const store = await makeStore();
      for (const state of ['posted', 'accepted'] as const) {
        const own = job(`d-${state}`);
        await store.begin(own, at(1), at(2));
        await store.end(own, 1, { state, vendorId: '1001' }, at(1));
        expect(await store.begin(own, at(9), at(10))).toMatchObject({ begin: 'finished', status: { state } });
        expect((await store.queue(own, at(9))).state).toBe(state);
      }
    });

    it('lets one worker at a time in, and the next when that one is dead', async () => {
      const store = await makeStore();
      await store.begin(job('d-1'), at(1), at(5));
      expect(await store.begin(job('d-1'), at(4), at(9))).toEqual({ begin: 'busy', until: at(5) });
      expect((await store.queue(job('d-1'), at(4))).state).toBe('sending');
      expect(await store.begin(job('d-1'), at(5), at(9))).toMatchObject({ begin: 'run', status: { attempts: 2 } });
      await expect(store.end(job('d-1'), 1, { state: 'failed' }, at(6))).rejects.toThrow();
      expect(await store.status('netsuite', 'd-1')).toMatchObject({ state: 'sending', attempts: 2 });
    });

    it('queues again what was parked, failed, waiting or unknown', async () => {
      const store = await makeStore();
      for (const state of ['parked', 'failed', 'waiting', 'unknown'] as const) {
        const own = job(`d-${state}`);
        await store.begin(own, at(1), at(2));
        await store.end(own, 1, { state, lastError: error }, at(1));
        expect(await store.queue(own, at(3))).toMatchObject({ state: 'queued', attempts: 1 });
      }
    });

    it('gives up for ever what has stopped, and nothing that may still arrive', async () => {
      const store = await makeStore();
      expect(await store.giveUp('netsuite', 'd-none', at(1))).toBe(false);
      for (const state of ['parked', 'failed'] as const) {
        const own = job(`d-${state}`);
        await store.begin(own, at(1), at(2));
        await store.end(own, 1, { state, lastError: error }, at(1));
        expect(await store.giveUp('netsuite', own.deliveryId, at(3))).toBe(true);
        expect(await store.giveUp('netsuite', own.deliveryId, at(4))).toBe(true);
        expect(await store.begin(own, at(9), at(10))).toMatchObject({ begin: 'finished', status: { state: 'void' } });
        expect(await store.queue(own, at(9))).toMatchObject({ state: 'void', lastError: error, updatedAt: at(4) });
      }
      for (const state of ['posted', 'waiting', 'unknown'] as const) {
        const own = job(`d-${state}`);
        await store.begin(own, at(1), at(2));
        expect(await store.giveUp('netsuite', own.deliveryId, at(3))).toBe(false);
        await store.end(own, 1, { state, lastError: error }, at(1));
        expect(await store.giveUp('netsuite', own.deliveryId, at(3))).toBe(false);
        expect((await store.status('netsuite', own.deliveryId))?.state).toBe(state);
      }
    });

    it('keeps the journal in order of tries and steps', async () => {
      const store = await makeStore();
      await store.record(job('d-1'), 2, attempt(1, 'create'));
      await store.record(job('d-1'), 1, attempt(1, 'lookup'));
      await store.record(job('d-1'), 1, attempt(2, 'lookup'));
      const entries = await store.attempts('netsuite', 'd-1');
      expect(entries.map(({ number, step }) => `${number} ${step}`)).toEqual(['1 lookup', '1 create', '2 lookup']);
      expect(entries[0]).toEqual(attempt(1, 'lookup'));
    });

    it('reads many statuses in the order asked for, of the right adapter', async () => {
      const store = await makeStore();
      const ids = Array.from({ length: 130 }, (_, n) => `d-${n}`);
      for (const id of ids) await store.queue(job(id), at(1));
      const found = await store.statuses('netsuite', [...ids, 'absent']);
      expect(found.map(({ deliveryId }) => deliveryId)).toEqual(ids);
      expect(await store.statuses('gainsight', ids)).toEqual([]);
    });

    it('keeps the state of adapters', async () => {
      const store = await makeStore();
      expect(await store.adapterState('netsuite')).toMatchObject({ adapter: 'netsuite', state: 'ok' });
      const refused = { adapter: 'netsuite', state: 'auth', since: at(1), message: '401' } as const;
      await store.setAdapterState(refused);
      expect(await store.adapterState('netsuite')).toEqual(refused);
      expect(await store.adapterState('gainsight')).toMatchObject({ state: 'ok' });
    });
  });
};
