import type { RecordedSignal, SignalStore } from '../../lambdas/success/signal-store.ts';
import type { Signal } from '../../lambdas/success/types.ts';

/** The success table in memory, for tests. May be used because it passes test/contract/signal-store.ts. */
export const memorySignals = (): SignalStore => {
  const kept = new Map<string, RecordedSignal>();
  const keyOf = ({ account, since, rule }: Signal) => `${account}#${since}#${rule}`;
  return {
    list: async (account) =>
      [...kept]
        .filter(([, { signal }]) => signal.account === account)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, recorded]) => structuredClone(recorded)),
    record: async (signal, at) => {
      if (kept.has(keyOf(signal))) return false;
      kept.set(keyOf(signal), { signal: structuredClone(signal), recordedAt: at, published: false });
      return true;
    },
    published: async (signal) => {
      const recorded = kept.get(keyOf(signal));
      if (recorded === undefined) throw new Error(`${signal.signalId} was never recorded`);
      kept.set(keyOf(signal), { ...recorded, published: true });
    },
  };
};
