import type { Append } from '../types.ts';

/** An append is hashed, measured and packed: its ids are put together once. */
const texts = new WeakMap<Append['ids'], string>();

/** The ids of an append in one text: the hex of each id hash, followed by that of its body hash. */
export const idsText = (ids: Append['ids']): string => {
  let text = texts.get(ids);
  if (text === undefined) {
    text = ids.map(({ idHash, bodyHash }) => idHash + bodyHash).join('');
    texts.set(ids, text);
  }
  return text;
};
