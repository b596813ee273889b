import { type Item, itemBytes } from './item-size.ts';

/** An item of a table: as text, because there are many. `bytes` is what DynamoDB would say of its size. */
export type Row = { readonly sk: string; readonly json: string; readonly bytes: number };

/**
 * Items that lie in a table since before the sampled time and are made up when they are asked for, so that months of
 * history need no memory. What was written since hides them, key by key.
 */
export type Past = {
  /** Rows of a partition with sort keys from `from` to `to`, both included, in order. */
  range(pk: string, from: string, to: string): readonly Row[];
  get(pk: string, sk: string): Row | undefined;
};

/** The rows of a table. */
export type Rows = {
  get(pk: string, sk: string): Row | undefined;
  put(pk: string, sk: string, item: Item): Row;
  remove(pk: string, sk: string): void;
  /** Drops all that was written to a partition: only its past is left. */
  forget(pk: string): void;
  /** Both ends included, in order of the sort key. */
  range(pk: string, from: string, to: string): readonly Row[];
  /** The partitions that were written to. */
  partitions(): readonly string[];
  /** Bytes and number of the rows that were written. */
  size(): { readonly bytes: number; readonly rows: number };
};

type Partition = { readonly keys: string[]; readonly rows: Map<string, Row | undefined> };

/** Where a key is, or would be, in sorted keys. */
const placeOf = (keys: readonly string[], key: string): number => {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** An empty table, on top of a past. */
export const tableRows = (past?: Past): Rows => {
  const partitions = new Map<string, Partition>();
  const size = { bytes: 0, rows: 0 };

  const store = (pk: string, sk: string, row: Row | undefined): void => {
    const partition = partitions.get(pk) ?? { keys: [], rows: new Map() };
    partitions.set(pk, partition);
    const old = partition.rows.get(sk);
    size.bytes += (row?.bytes ?? 0) - (old?.bytes ?? 0);
    size.rows += (row ? 1 : 0) - (old ? 1 : 0);
    if (!partition.rows.has(sk)) partition.keys.splice(placeOf(partition.keys, sk), 0, sk);
    partition.rows.set(sk, row);
  };
  const written = (pk: string, from: string, to: string): (readonly [string, Row | undefined])[] => {
    const partition = partitions.get(pk);
    if (partition === undefined) return [];
    const found: (readonly [string, Row | undefined])[] = [];
    for (let n = placeOf(partition.keys, from); n < partition.keys.length; n += 1) {
      const key = partition.keys[n] ?? '';
      if (key > to) break;
      found.push([key, partition.rows.get(key)]);
    }
    return found;
  };
  return {
    get: (pk, sk) => {
      const own = partitions.get(pk)?.rows;
      return own?.has(sk) ? own.get(sk) : past?.get(pk, sk);
    },
    put: (pk, sk, item) => {
      const row = { sk, json: JSON.stringify(item), bytes: itemBytes(item) };
      store(pk, sk, row);
      return row;
    },
    remove: (pk, sk) => store(pk, sk, undefined),
    forget: (pk) => {
      for (const row of partitions.get(pk)?.rows.values() ?? []) {
        size.bytes -= row?.bytes ?? 0;
        size.rows -= row ? 1 : 0;
      }
      partitions.delete(pk);
    },
    range: (pk, from, to) => {
      const own = written(pk, from, to);
      const old = past?.range(pk, from, to) ?? [];
      if (old.length === 0) return own.flatMap(([, row]) => row ?? []);
      const merged = new Map<string, Row | undefined>(old.map((row) => [row.sk, row]));
      for (const [sk, row] of own) merged.set(sk, row);
      return [...merged.values()].flatMap((row) => row ?? []).sort((a, b) => (a.sk < b.sk ? -1 : 1));
    },
    partitions: () => [...partitions.keys()],
    size: () => size,
  };
};
