import { canonicalJson, canonicalWithout } from '../../platform/canonical-json.ts';
import { sha256Hex } from '../../platform/hash.ts';
import type { UsageEvent } from '../types.ts';

const ID_DIGITS = 32;
const BODY_DIGITS = 16;

/** What may differ between two sendings of the same event. */
const textWithout = canonicalWithout(['recordedtime', 'releasedfrom']);

/**
 * The canonical text of an event as it was sent, before upcasting, with its times in normal form. `plain` says that its
 * line held no escapes.
 */
export const bodyTextOf = (event: UsageEvent, plain = false): string => textWithout(event, plain);

/** The identity of an event in the ledger: the first 16 bytes of SHA-256 over (source, id), as 32 hex digits. */
export const idHashOf = ({ source, id }: Pick<UsageEvent, 'source' | 'id'>): string =>
  sha256Hex(canonicalJson([source, id])).slice(0, ID_DIGITS);

/**
 * The first 8 bytes of SHA-256 over the event as it was sent, before upcasting, as 16 hex digits. Formatting, the order
 * of keys and the notation of times do not count. `recordedtime` does not either: a producer that sends an event again
 * stamps the time of the new try, and that is still the same event. Nor does `releasedfrom`: a line that was released
 * from quarantine is the same event as if it had come right at once. `text` is its body's text where that is known.
 */
export const bodyHashOf = (event: UsageEvent, text: string = bodyTextOf(event)): string =>
  sha256Hex(text).slice(0, BODY_DIGITS);
