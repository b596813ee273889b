import { chainsOf } from '../../lambdas/usage/ledger/chain.ts';
import {
  decodeAppend,
  encodeAppend,
  itemBytes,
  type LedgerItem,
  readStates,
  statesKeyOf,
  statesObjectOf,
} from '../../lambdas/usage/ledger/ledger-item.ts';
import { type LedgerRead, type LedgerStore, partRead } from '../../lambdas/usage/ledger/ledger-store.ts';
import { partitionKey, sortKey, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import type { Append } from '../../lambdas/usage/types.ts';

/** The ledger in memory, for tests. May be used because it passes test/contract/ledger-store.ts. */
export type MemoryLedger = LedgerStore & {
  /** Every item, by partition and sort key: as a table would hold them. To be changed only to show tampering. */
  readonly items: Map<string, LedgerItem>;
  /** States that lie outside their items, by key. */
  readonly objects: Map<string, string>;
  /** Every append that is there, in order of subject, slot, backfill and version. */
  appends(): Append[];
  /** Puts that were tried. */
  puts(): number;
};

/** What a page of a query and an item hold. */
const PAGE_BYTES = 1024 * 1024;
const MOST_BYTES = 400 * 1024;

/** `decodesOnce`: items are taken for unchanged, and each is decoded only once. */
export const memoryLedger = ({ decodesOnce = false } = {}): MemoryLedger => {
  const items = new Map<string, LedgerItem>();
  const objects = new Map<string, string>();
  let puts = 0;
  const decoded = new WeakMap<LedgerItem, Append>();
  const decode = (item: LedgerItem): Append => {
    const known = decodesOnce ? decoded.get(item) : undefined;
    if (known !== undefined) return known;
    const key = statesKeyOf(item);
    const append = decodeAppend(item, key === undefined ? undefined : readStates(key, objects.get(key) ?? ''));
    decoded.set(item, append);
    return append;
  };
  const find = (partition: string, first: string, last: string): Omit<LedgerRead, 'overlays'> => {
    const found = [...items.values()].filter(({ pk, sk }) => pk === partition && sk >= first && sk < last);
    const bytes = found.reduce((total, item) => total + itemBytes(item), 0);
    return { appends: chainsOf(found.map(decode)).flat(), queries: Math.max(1, Math.ceil(bytes / PAGE_BYTES)), bytes };
  };
  return {
    items,
    objects,
    appends: () => chainsOf([...items.values()].map(decode)).flat(),
    puts: () => puts,
    putIfAbsent: async (append) => {
      puts += 1;
      const object = statesObjectOf(append);
      if (object !== undefined) objects.set(object.key, object.body);
      const item = encodeAppend(append);
      if (itemBytes(item) > MOST_BYTES) throw new RangeError('the size of the item is above 400 KB');
      const key = `${item.pk} ${item.sk}`;
      const there = items.get(key);
      if (there !== undefined) return Buffer.from(there.g).toString('hex') === append.hash ? 'written' : 'taken';
      items.set(key, structuredClone(item));
      return 'written';
    },
    slotAbove: async (slot, version) => {
      const partition = partitionKey(slot.subject, utcDay(slot.start));
      return { ...find(partition, sortKey(slot, version + 1), sortKey(slot, 99_999_999)), overlays: [] };
    },
    day: async (subject, day, within) => {
      const read = find(partitionKey(subject, day), within?.from ?? '', within?.to ?? '9999-12-31T00:00:00.000Z');
      return { ...read, ...partRead(read.appends) };
    },
  };
};
