import { sha256 } from '../../platform/hash.ts';

/**
 * Merkle trees as in RFC 9162, section 2.1: a leaf and an inner node are hashed with another first byte, so that neither
 * can be taken for the other, and a tree of n leaves splits at the largest power of two below n. Hashes are SHA-256.
 */

/** The hash of a leaf: of a zero byte and its text. */
export const leafHash = (text: string): Buffer => sha256(Buffer.concat([Buffer.of(0), Buffer.from(text)]));

const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.concat([Buffer.of(1), left, right]));

/** The root of a tree whose leaves come one after another; holds one hash per level. */
export type RootBuilder = { add(leaf: Uint8Array): void; leaves(): number; root(): Buffer };

/** A tree without leaves has the hash of nothing as its root. */
export const rootBuilder = (): RootBuilder => {
  const whole: { readonly size: number; readonly hash: Uint8Array }[] = [];
  let count = 0;
  return {
    add: (leaf) => {
      let node = { size: 1, hash: leaf };
      for (let left = whole.at(-1); left?.size === node.size; left = whole.at(-1)) {
        whole.pop();
        node = { size: left.size * 2, hash: nodeHash(left.hash, node.hash) };
      }
      whole.push(node);
      count += 1;
    },
    leaves: () => count,
    root: () => {
      const last = whole.at(-1);
      if (last === undefined) return sha256('');
      return whole.slice(0, -1).reduceRight<Buffer>((right, { hash }) => nodeHash(hash, right), Buffer.from(last.hash));
    },
  };
};

/** The root over leaf hashes. */
export const merkleRoot = (leaves: readonly Uint8Array[]): Buffer => {
  const builder = rootBuilder();
  for (const leaf of leaves) builder.add(leaf);
  return builder.root();
};

/** The largest power of two below `count`, which is at least 2. */
const splitOf = (count: number): number => 2 ** Math.floor(Math.log2(count - 1));

/**
 * What, beside a leaf, gives the root: the hashes of the other half at each level, from the leaf up.
 * @throws {RangeError} if there is no such leaf.
 */
export const inclusionPath = (leaves: readonly Uint8Array[], index: number): Buffer[] => {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`a tree of ${leaves.length} leaves has no leaf ${index}`);
  }
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionPath(left, index), merkleRoot(right)]
    : [...inclusionPath(right, index - split), merkleRoot(left)];
};

/**
 * The root that a leaf and its path give in a tree of `count` leaves.
 * @throws {RangeError} if the path has another length than such a tree's.
 */
export const rootByPath = (leaf: Uint8Array, index: number, count: number, path: readonly Uint8Array[]): Buffer => {
  const other = path.at(-1);
  if (count === 1) {
    if (index === 0 && other === undefined) return Buffer.from(leaf);
  } else if (other !== undefined && index >= 0 && index < count) {
    const split = splitOf(count);
    const rest = path.slice(0, -1);
    return index < split
      ? nodeHash(rootByPath(leaf, index, split, rest), other)
      : nodeHash(other, rootByPath(leaf, index - split, count - split, rest));
  }
  throw new RangeError(`the path does not belong to leaf ${index} of ${count}`);
};
