import type { Clock } from '../platform/clock.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { AdapterState } from './types.ts';

/** Whether the vendor takes our credentials, kept in the delivery table for the people who mend them. */
export type AdapterHealth = {
  works(adapter: string): Promise<void>;
  refused(adapter: string, message: string): Promise<void>;
};

/** Health of adapters. What the process knows already is not written again: one write per change, not per delivery. */
export const adapterHealth = (store: DeliveryStore, clock: Clock): AdapterHealth => {
  const known = new Map<string, AdapterState['state']>();
  const set = async (state: AdapterState): Promise<void> => {
    if (known.get(state.adapter) === state.state) return;
    const stored = known.has(state.adapter) ? undefined : await store.adapterState(state.adapter);
    if (stored?.state !== state.state) await store.setAdapterState(state);
    known.set(state.adapter, state.state);
  };
  return {
    works: (adapter) => set({ adapter, state: 'ok', since: clock.now() }),
    refused: (adapter, message) => set({ adapter, state: 'auth', since: clock.now(), message }),
  };
};
