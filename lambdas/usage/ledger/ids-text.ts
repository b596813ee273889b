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
