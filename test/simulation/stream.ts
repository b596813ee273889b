import { createHash } from 'node:crypto';
import type { Chance } from './chance.ts';

/** A record as it lies in a shard. */
export type SimRecord = {
  readonly shard: string;
  readonly sequence: string;
  readonly data: Uint8Array;
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
};

/** A shard: records in order, and the part of the hash space whose keys it takes while it is open. */
export type Shard = {
  readonly id: string;
  readonly from: bigint;
  /** Exclusive. */
  readonly to: bigint;
  readonly records: SimRecord[];
  open: boolean;
};

/** A stream as Kinesis has it. */
export type SimStream = {
  readonly name: string;
  put(partitionKey: string, data: Uint8Array, arrivedAt: number): SimRecord;
  /** Splits an open shard in two, or merges two that are neighbours. The children take records at once. */
  reshard(): void;
  shards(): readonly Shard[];
};

const HASH_SPACE = 1n << 128n;
/** Sequence numbers have 56 digits and are no neighbours. */
const FIRST_SEQUENCE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n;
const MOST_SHARDS = 6;

const hashOf = (partitionKey: string): bigint => BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);

/** `onArrival` is told of the shard whenever a record came. */
export const simStream = (dice: Chance, onArrival: (shard: Shard) => void): SimStream => {
  const name = 'usage';
  const shards: Shard[] = [];
  let sequence = FIRST_SEQUENCE;
  const add = (from: bigint, to: bigint): void => {
    shards.push({ id: `shardId-${String(shards.length).padStart(12, '0')}`, from, to, records: [], open: true });
  };
  const count = 1 + dice.below(3);
  for (let n = 0; n < count; n += 1) {
    add((HASH_SPACE * BigInt(n)) / BigInt(count), (HASH_SPACE * BigInt(n + 1)) / BigInt(count));
  }
  const open = (): Shard[] => shards.filter((shard) => shard.open).sort((a, b) => (a.from < b.from ? -1 : 1));
  return {
    name,
    shards: () => shards,
    put: (partitionKey, data, arrivedAt) => {
      const hash = hashOf(partitionKey);
      const shard = open().find(({ from, to }) => from <= hash && hash < to);
      if (shard === undefined) throw new Error('the open shards do not cover the hash space');
      sequence += BigInt(1 + dice.below(1000));
      const record = { shard: shard.id, sequence: String(sequence), data, arrivedAt };
      shard.records.push(record);
      onArrival(shard);
      return record;
    },
    reshard: () => {
      const [first, ...others] = open();
      if (first === undefined) return;
      if (others.length === 0 || (shards.length < MOST_SHARDS && dice.happens(0.6))) {
        const parent = dice.pick([first, ...others]);
        const middle = parent.from + (parent.to - parent.from) / BigInt(2 + dice.below(3));
        parent.open = false;
        add(parent.from, middle);
        add(middle, parent.to);
      } else {
        const right = dice.pick(others);
        const left = open().find(({ to }) => to === right.from);
        if (left === undefined) return;
        [left.open, right.open] = [false, false];
        add(left.from, right.to);
      }
    },
  };
};
