/**
 * The keys of an object in order, and the texts that stand before their values. Objects of one kind have the same keys in
 * the same sequence, so what was worked out for one is kept for the next.
 */
type KeyOrder = {
  /** The keys as the object has them. */
  readonly keys: readonly string[];
  /** The keys sorted by code unit. */
  readonly sorted: readonly string[];
  /** What comes before each value: a comma (or the opening brace) and `"key":`. */
  readonly heads: Heads;
  /** The same after a text whose closing quote is still missing. */
  readonly headsAfterText: Heads;
};

/** Before a text its opening quote is part of the head: fewer and longer pieces make a cheaper whole. */
type Heads = { readonly any: readonly string[]; readonly text: readonly string[] };

/** Places for orders that are remembered, a power of two; a newcomer takes the place of whoever has it. */
const PLACES = 256;
/** Objects with more or longer keys are rare: what they would hold in memory is not worth it. */
const MOST_KEYS = 64;
const MOST_KEY_UNITS = 2_048;

const sameKeys = (a: readonly string[], b: readonly string[]): boolean => {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n += 1) if (a[n] !== b[n]) return false;
  return true;
};

const isKept = (keys: readonly string[]): boolean =>
  keys.length <= MOST_KEYS && keys.reduce((units, key) => units + key.length, 0) <= MOST_KEY_UNITS;

const workOut = (keys: readonly string[], omitted: readonly string[]): KeyOrder => {
  // Without a comparator, texts are sorted by code unit.
  const sorted = keys.filter((key) => !omitted.includes(key)).sort();
  const heads = (before: string): Heads => {
    const any = sorted.map((key, n) => `${n === 0 ? '{' : before}${JSON.stringify(key)}:`);
    return { any, text: any.map((head) => `${head}"`) };
  };
  return { keys, sorted, heads: heads(','), headsAfterText: heads('",') };
};

/** The order of an object's keys. */
export type KeyOrders = (keys: readonly string[]) => KeyOrder;

/** A memory of orders that leave out certain keys. It never holds more than a few megabytes, and seldom more than a few kilobytes. */
export const keyOrders = (omitted: readonly string[] = []): KeyOrders => {
  const places = new Array<KeyOrder | undefined>(PLACES);
  return (keys) => {
    let mixed = keys.length;
    for (let n = 0; n < keys.length; n += 1) mixed = (mixed * 31 + (keys[n] ?? '').length) % 65_521;
    const place = mixed % PLACES;
    const known = places[place];
    if (known !== undefined && sameKeys(known.keys, keys)) return known;
    const order = workOut(keys, omitted);
    if (isKept(keys)) places[place] = order;
    return order;
  };
};
