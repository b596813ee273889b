import { type PayloadStore, payloadKey } from '../../lambdas/delivery/payload-store.ts';

/** Payloads in memory, for tests. `put` places a text under a key, whatever its hash. */
export const memoryPayloads = (): PayloadStore & { put(key: string, text: string): void } => {
  const kept = new Map<string, string>();
  return {
    read: async (key) => {
      const text = kept.get(key);
      if (text === undefined) throw new Error(`${key} is not there`);
      return text;
    },
    write: async ({ payload, hash }) => {
      kept.set(payloadKey(hash), payload);
      return payloadKey(hash);
    },
    put: (key, text) => {
      kept.set(key, text);
    },
  };
};
