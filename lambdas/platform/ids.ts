import { randomBytes, randomUUID } from 'node:crypto';

/** Where identifiers that are not derived from content come from. */
export type Ids = {
  /** A new unique id (UUID v4). */
  next(): string;
  /** A new secret with `bytes` bytes of entropy, base64url. */
  secret(bytes: number): string;
};

/** Ids from the machine's random source. */
export const systemIds: Ids = {
  next: () => randomUUID(),
  secret: (bytes) => randomBytes(bytes).toString('base64url'),
};

/** Ids that count up, for tests. */
export const countingIds = (prefix = 'id'): Ids => {
  let n = 0;
  const next = () => {
    n += 1;
    return `${prefix}-${n}`;
  };
  return { next, secret: () => next() };
};
