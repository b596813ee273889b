import type { Append } from '../types.ts';

/** An append is hashed, measured and packed: its ids are put together once. */
const texts = new WeakMap<Append['ids'], string>();

/** The ids of an append in one text: the hex of each id hash, followed by that of its body hash. */
export const idsText = (ids: Append['ids']): string => {
  let text = texts.get(ids);
  if (text === undefined) {
    text = '';
    for (const { idHash, bodyHash } of ids) {
      text += idHash;
      text += bodyHash;
    }
    texts.set(ids, text);
  }
  return text;
};

const ID_DIGITS = 32;
const DIGITS = 48;

/**
 * Remembers ids, with their body hashes. They are cut out of one text, which is all that they keep in memory: an id that
 * was cut out of a digest would keep the whole digest.
 */
export const rememberIds = (known: Map<string, string>, ids: Append['ids']): void => {
  const text = idsText(ids);
  for (let at = 0; at < text.length; at += DIGITS) {
    known.set(text.slice(at, at + ID_DIGITS), text.slice(at + ID_DIGITS, at + DIGITS));
  }
};
