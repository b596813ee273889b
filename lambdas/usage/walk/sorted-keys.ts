/** Numbers that are gathered one by one, 8 bytes each. */
export type KeyList = { add(key: number): void; sorted(): Float64Array };

/** An empty list. */
export const keyList = (): KeyList => {
  let keys = new Float64Array(1024);
  let n = 0;
  return {
    add: (key) => {
      if (n === keys.length) {
        const larger = new Float64Array(n * 2);
        larger.set(keys);
        keys = larger;
      }
      keys[n++] = key;
    },
    sorted: () => distinct(keys.slice(0, n).sort()),
  };
};

/** Sorted keys without repeats. */
const distinct = (sorted: Float64Array): Float64Array => {
  let n = 0;
  for (const key of sorted) if (n === 0 || sorted[n - 1] !== key) sorted[n++] = key;
  return sorted.slice(0, n);
};

/** Finds the keys that stand in a sorted list more than once. */
export const repeatedKeys = (sorted: Float64Array, found: (key: number) => void): void => {
  for (let n = 1; n < sorted.length; n += 1) {
    const key = sorted[n] ?? 0;
    if (key === sorted[n - 1]) found(key);
  }
};

/** A sieve has at least sixteen bits per key, and at most 32 MB. */
const SIEVE_BITS = { perKey: 16, least: 10, most: 28 };

/**
 * Sorts out most of the keys that are not in a list, of keys from `first` to before `end`: a bit for each of up to 268
 * million stretches of equal length, set where a key lies. Keys that come in order meet the bits in order, so this takes a
 * few nanoseconds each, where searching the list takes a hundred.
 */
export const keySieve = (keys: Float64Array, first: number, end: number): ((others: Float64Array) => Float64Array) => {
  const wanted = Math.ceil(Math.log2(keys.length * SIEVE_BITS.perKey + 1));
  const bits = Math.min(Math.max(wanted, SIEVE_BITS.least), SIEVE_BITS.most);
  const scale = 2 ** bits / (end - first);
  const words = new Uint32Array(2 ** (bits - 5));
  const stretchOf = (key: number): number => ((key - first) * scale) | 0;
  for (let n = 0; n < keys.length; n += 1) {
    const stretch = stretchOf(keys[n] ?? 0);
    words[stretch >>> 5] = (words[stretch >>> 5] ?? 0) | (1 << (stretch & 31));
  }
  return (others) => {
    const passed = new Float64Array(others.length);
    let n = 0;
    for (let at = 0; at < others.length; at += 1) {
      const key = others[at] ?? 0;
      const stretch = stretchOf(key);
      if (((words[stretch >>> 5] ?? 0) >>> (stretch & 31)) & 1) passed[n++] = key;
    }
    return passed.subarray(0, n);
  };
};

/** The index of the first key of a sorted list from `from` on that is not below a key: in steps that double, then halve. */
const notBelow = (sorted: Float64Array, key: number, from: number): number => {
  let step = 1;
  let low = from;
  while (low + step < sorted.length && (sorted[low + step] ?? 0) < key) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, sorted.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * Tells each place of one sorted list whose key stands in another sorted list too. Both may have repeats. Takes about as
 * many steps as the shorter has keys, times the logarithm of how much longer the other is.
 */
export const commonKeys = (
  sorted: Float64Array,
  others: Float64Array,
  found: (index: number, key: number) => void,
): void => {
  let at = 0;
  for (let other = 0; other < others.length && at < sorted.length; ) {
    const key = others[other] ?? 0;
    at = notBelow(sorted, key, at);
    for (; at < sorted.length && sorted[at] === key; at += 1) found(at, key);
    const next = sorted[at];
    if (next === undefined) break;
    other = notBelow(others, next, other);
  }
};
