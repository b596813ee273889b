import type { Item, Value } from './item-size.ts';

const wireValue = (value: unknown): Value => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { L: value.map(wireValue) };
  if (typeof value === 'object') return { M: wireItem(value) };
  throw new TypeError(`a ${typeof value} is no value of an item`);
};

/** An item as it goes over the wire, as the document client makes it: fields without a value are left out. */
export const wireItem = (item: object): Item =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, wireValue(value)]),
  );
