import type { Clock } from '../platform/clock.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { AdapterState } from './types.ts';

/** Whether the vendor takes our credentials, kept in the delivery table for the people who mend them. */
export type AdapterHealth = {
  works(adapter: string): Promise<void>;
  refused(adapter: string, message: string): Promise<void>;
};

/** What a process knows is looked up again after this long: other processes write it too. */
const TRUSTED_MILLIS = 60_000;

/** Health of adapters. One write per change, not per delivery; one read a minute sees what others wrote. */
export const adapterHealth = (
  store: Pick<DeliveryStore, 'adapterState' | 'setAdapterState'>,
  clock: Clock,
): AdapterHealth => {
  const known = new Map<string, { readonly state: AdapterState['state']; readonly at: number }>();
  const set = async (state: AdapterState): Promise<void> => {
    const { adapter } = state;
    const seen = known.get(adapter);
    const now = clock.nowMillis();
    if (seen?.state === state.state && now - seen.at < TRUSTED_MILLIS) return;
    if ((await store.adapterState(adapter)).state !== state.state) await store.setAdapterState(state);
    known.set(adapter, { state: state.state, at: now });
  };
  return {
    works: (adapter) => set({ adapter, state: 'ok', since: clock.now() }),
    refused: (adapter, message) => set({ adapter, state: 'auth', since: clock.now(), message }),
  };
};
