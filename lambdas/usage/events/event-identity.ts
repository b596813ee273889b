import { canonicalJson, canonicalWithout } from '../../platform/canonical-json.ts';
import { sha256Hex } from '../../platform/hash.ts';
import type { UsageEvent } from '../types.ts';

const ID_DIGITS = 32;
const BODY_DIGITS = 16;

/** What may differ between two sendings of the same event. */
const bodyTextOf = canonicalWithout(['recordedtime', 'releasedfrom']);

/** The identity of an event in the ledger: the first 16 bytes of SHA-256 over (source, id), as 32 hex digits. */
export const idHashOf = ({ source, id }: Pick<UsageEvent, 'source' | 'id'>): string =>
  sha256Hex(canonicalJson([source, id])).slice(0, ID_DIGITS);

/**
 * The first 8 bytes of SHA-256 over the event as it was sent, before upcasting, as 16 hex digits. Formatting, the order
 * of keys and the notation of times do not count. `recordedtime` does not either: a producer that sends an event again
 * stamps the time of the new try, and that is still the same event. Nor does `releasedfrom`: a line that was released
 * from quarantine is the same event as if it had come right at once.
 */
export const bodyHashOf = (event: UsageEvent): string => sha256Hex(bodyTextOf(event, false)).slice(0, BODY_DIGITS);

/** Both hashes of an event, and the length of the text that the second is made of. */
export type Identity = { readonly idHash: string; readonly bodyHash: string; readonly bodyLength: number };

/** What comes before the id; the events of a pack share it. */
let head = { source: '', text: '["","' };
const headOf = (source: string): string => {
  if (source !== head.source) head = { source, text: `["${source}","` };
  return head.text;
};

/** The identity of an event in whose line nothing is escaped: the same, found faster. `bodyText` if it is known. */
export const plainIdentityOf = (event: UsageEvent, bodyText: string = bodyTextOf(event, true)): Identity => ({
  idHash: sha256Hex(`${headOf(event.source)}${event.id}"]`).slice(0, ID_DIGITS),
  bodyHash: sha256Hex(bodyText).slice(0, BODY_DIGITS),
  bodyLength: bodyText.length,
});
