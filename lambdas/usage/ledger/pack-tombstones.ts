import type { Tombstone } from '../types.ts';
import { putVarint, takeVarint } from './varint.ts';

const HASH_BYTES = 16;

/** Tombstones, packed: 16 bytes of id hash, and a varint of the line's index with `alone` as its lowest bit. */
export const packTombstones = (tombstones: readonly Tombstone[]): Uint8Array => {
  const bytes: number[] = [];
  for (const { idHash, line, alone } of tombstones) {
    bytes.push(...Buffer.from(idHash, 'hex'));
    putVarint(bytes, line * 2 + (alone ? 1 : 0));
  }
  return Uint8Array.from(bytes);
};

/** The tombstones again. @throws {RangeError} if the bytes are cut. */
export const unpackTombstones = (packed: Uint8Array): Tombstone[] => {
  const tombstones: Tombstone[] = [];
  for (let at = 0; at < packed.length; ) {
    const idHash = Buffer.from(packed.subarray(at, at + HASH_BYTES)).toString('hex');
    const { value, next } = takeVarint(packed, at + HASH_BYTES);
    tombstones.push({ idHash, line: Math.floor(value / 2), alone: value % 2 === 1 });
    at = next;
  }
  return tombstones;
};
