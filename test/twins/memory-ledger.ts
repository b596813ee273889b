import { chainsOf } from '../../lambdas/usage/ledger/chain.ts';
import { decodeAppend, encodeAppend, itemBytes, type LedgerItem } from '../../lambdas/usage/ledger/ledger-item.ts';
import type { LedgerRead, LedgerStore } from '../../lambdas/usage/ledger/ledger-store.ts';
import { partitionKey, sortKey, utcDay } from '../../lambdas/usage/ledger/slot.ts';

/** The ledger in memory, for tests. May be used because it passes test/contract/ledger-store.ts. */
export type MemoryLedger = LedgerStore & {
  /** Every item, by partition and sort key: as a table would hold them. To be changed only to show tampering. */
  readonly items: Map<string, LedgerItem>;
  /** Puts that were tried. */
  puts(): number;
};

export const memoryLedger = (): MemoryLedger => {
  const items = new Map<string, LedgerItem>();
  let puts = 0;
  const read = (partition: string, first: string, last: string): LedgerRead => {
    const found = [...items.values()].filter(({ pk, sk }) => pk === partition && sk >= first && sk < last);
    const bytes = found.reduce((total, item) => total + itemBytes(item), 0);
    return { appends: chainsOf(found.map(decodeAppend)).flat(), overlays: [], queries: 1, bytes };
  };
  return {
    items,
    puts: () => puts,
    putIfAbsent: async (append) => {
      puts += 1;
      const item = encodeAppend(append);
      const key = `${item.pk} ${item.sk}`;
      const there = items.get(key);
      if (there !== undefined) return Buffer.from(there.g).toString('hex') === append.hash ? 'written' : 'taken';
      items.set(key, structuredClone(item));
      return 'written';
    },
    slotAbove: async (slot, version) =>
      read(partitionKey(slot.subject, utcDay(slot.start)), sortKey(slot, version + 1), sortKey(slot, 99_999_999)),
    day: async (subject, day, within) =>
      read(partitionKey(subject, day), within?.from ?? '', within?.to ?? '9999-12-31T00:00:00.000Z'),
  };
};
