import type { DeliveryStore } from '../../lambdas/delivery/delivery-store.ts';
import type { AdapterState, DeliveryAttempt, DeliveryStatus } from '../../lambdas/delivery/types.ts';

type Kept = { status: DeliveryStatus; leaseUntil?: string };

/** The delivery table in memory, for tests. May be used because it passes test/contract/delivery-store.ts. */
export const memoryDeliveryStore = (): DeliveryStore => {
  const statuses = new Map<string, Kept>();
  const journal = new Map<string, Map<number, DeliveryAttempt>>();
  const adapters = new Map<string, AdapterState>();
  const keyOf = (adapter: string, deliveryId: string) => `${adapter}#${deliveryId}`;
  const isFinished = ({ state }: DeliveryStatus) => ['posted', 'accepted', 'void'].includes(state);

  return {
    status: async (adapter, deliveryId) => structuredClone(statuses.get(keyOf(adapter, deliveryId))?.status),
    statuses: async (adapter, deliveryIds) =>
      deliveryIds.flatMap((id) => structuredClone(statuses.get(keyOf(adapter, id))?.status) ?? []),
    attempts: async (adapter, deliveryId) =>
      [...(journal.get(keyOf(adapter, deliveryId)) ?? [])].sort(([a], [b]) => a - b).map(([, entry]) => entry),
    queue: async ({ adapter, deliveryId, correlationId }, at) => {
      const key = keyOf(adapter, deliveryId);
      const known = statuses.get(key)?.status;
      if (known && (isFinished(known) || known.state === 'sending')) return structuredClone(known);
      const status: DeliveryStatus = {
        ...(known ?? { adapter, deliveryId, attempts: 0 }),
        state: 'queued',
        updatedAt: at,
        correlationId,
      };
      statuses.set(key, { status });
      return structuredClone(status);
    },
    giveUp: async (adapter, deliveryId, at) => {
      const key = keyOf(adapter, deliveryId);
      const known = statuses.get(key)?.status;
      if (known === undefined || !['parked', 'failed', 'void'].includes(known.state)) return false;
      statuses.set(key, { status: { ...known, state: 'void', updatedAt: at } });
      return true;
    },
    begin: async ({ adapter, deliveryId, correlationId }, at, leaseUntil) => {
      const key = keyOf(adapter, deliveryId);
      const known = statuses.get(key);
      if (known && isFinished(known.status)) return { begin: 'finished', status: structuredClone(known.status) };
      if (known?.status.state === 'sending' && (known.leaseUntil ?? '') > at) {
        return { begin: 'busy', until: known.leaseUntil ?? at };
      }
      const before = known?.status ?? { adapter, deliveryId, attempts: 0 };
      const status: DeliveryStatus = {
        ...before,
        attempts: before.attempts + 1,
        state: 'sending',
        updatedAt: at,
        correlationId,
      };
      statuses.set(key, { status, leaseUntil });
      return { begin: 'run', status: structuredClone(status) };
    },
    record: async ({ adapter, deliveryId }, step, attempt) => {
      const key = keyOf(adapter, deliveryId);
      const entries = journal.get(key) ?? new Map<number, DeliveryAttempt>();
      entries.set(attempt.number * 1000 + step, structuredClone(attempt));
      journal.set(key, entries);
    },
    end: async ({ adapter, deliveryId }, attempt, ending, at) => {
      const key = keyOf(adapter, deliveryId);
      const known = statuses.get(key)?.status;
      if (known?.attempts !== attempt || known.state !== 'sending') {
        throw Object.assign(new Error('another try is under way'), { name: 'ConditionalCheckFailedException' });
      }
      const { lastError: _lastError, ...rest } = known;
      statuses.set(key, { status: { ...rest, ...ending, updatedAt: at } });
    },
    adapterState: async (adapter) => adapters.get(adapter) ?? { adapter, state: 'ok', since: '' },
    setAdapterState: async (state) => {
      adapters.set(state.adapter, state);
    },
  };
};
