import { canonicalJson } from '../../platform/canonical-json.ts';
import { sha256 } from '../../platform/hash.ts';
import type { UsageEvent } from '../types.ts';

/** The identity of an event in the ledger: the first 16 bytes of SHA-256 over (source, id), as 32 hex digits. */
export const idHashOf = ({ source, id }: Pick<UsageEvent, 'source' | 'id'>): string =>
  sha256(canonicalJson([source, id]))
    .subarray(0, 16)
    .toString('hex');

/**
 * The first 8 bytes of SHA-256 over the event as it was sent, before upcasting, as 16 hex digits. Formatting, the order
 * of keys and the notation of times do not count. `recordedtime` does not either: a producer that sends an event again
 * stamps the time of the new try, and that is still the same event. Nor does `releasedfrom`: a line that was released
 * from quarantine is the same event as if it had come right at once.
 */
export const bodyHashOf = (event: UsageEvent): string => {
  const { recordedtime: _, releasedfrom: __, ...body } = event;
  return sha256(canonicalJson(body)).subarray(0, 8).toString('hex');
};
