/** Appends a whole number, not below 0, to bytes: seven bits each, the lowest first, the highest bit says that more follow. */
export const putVarint = (bytes: number[], value: number): void => {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
};

/** The number that begins at a place, and where the next begins. @throws {RangeError} if the bytes end inside it. */
export const takeVarint = (bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } => {
  let value = 0;
  let next = at;
  for (let factor = 1; ; factor *= 0x80) {
    const byte = bytes[next++];
    if (byte === undefined) throw new RangeError('a packed list of an append is cut off');
    value += (byte % 0x80) * factor;
    if (byte < 0x80) return { value, next };
  }
};
