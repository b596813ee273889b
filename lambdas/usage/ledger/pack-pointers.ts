import type { ArchivePointer } from '../types.ts';
import { putVarint, takeVarint } from './varint.ts';

/**
 * Archive pointers, packed: each key once, and per pointer two varints (index of its key, line); the index is left out
 * when there is only one key, as there nearly always is.
 */
export type PackedPointers = { readonly keys: readonly string[]; readonly lines: Uint8Array };

/** Packs pointers in their order. */
export const packPointers = (pointers: readonly ArchivePointer[]): PackedPointers => {
  const keys = new Map<string, number>();
  const bytes: number[] = [];
  for (const { key } of pointers) if (!keys.has(key)) keys.set(key, keys.size);
  for (const { key, line } of pointers) {
    if (keys.size > 1) putVarint(bytes, keys.get(key) ?? 0);
    putVarint(bytes, line);
  }
  return { keys: [...keys.keys()], lines: Uint8Array.from(bytes) };
};

/** The pointers again. @throws {RangeError} if the bytes are cut or name a key that is not there. */
export const unpackPointers = (keys: readonly string[], lines: Uint8Array): ArchivePointer[] => {
  const pointers: ArchivePointer[] = [];
  let at = 0;
  const varint = (): number => {
    const { value, next } = takeVarint(lines, at);
    at = next;
    return value;
  };
  while (at < lines.length) {
    const key = keys[keys.length === 1 ? 0 : varint()];
    if (key === undefined) throw new RangeError('an archive pointer of an append names no key');
    pointers.push({ key, line: varint() });
  }
  return pointers;
};
