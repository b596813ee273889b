import { gunzipSync, gzipSync } from 'node:zlib';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { sha256Hex } from '../../platform/hash.ts';
import { chainName, utcDay } from '../ledger/slot.ts';
import { leafHash, rootBuilder } from './merkle.ts';

/** Where a chain of the ledger ended when it was last walked. A leaf of the tree under a signed root. */
export type ChainHead = {
  readonly subject: string;
  readonly start: string;
  /** The backfill whose overlay the chain is; absent for the live chain. */
  readonly overlay?: string;
  readonly version: number;
  /** Hash of the append of that version, which names all before it. */
  readonly hash: string;
};

/** The heads of one UTC day as they are kept: in an object by the hash of its text. */
export type DayHeads = {
  readonly day: string;
  readonly count: number;
  /** Merkle root over the heads. */
  readonly root: string;
  /** SHA-256 of the NDJSON text that the object holds. */
  readonly file: string;
};

/** The line of a head, which is also the text of its leaf. */
export const headLine = (head: ChainHead): string => canonicalJson(head);

/** Order of heads within a day: by subject, then slot, then backfill. */
export const compareHeads = (a: ChainHead, b: ChainHead): number => {
  if (a.subject !== b.subject) return a.subject < b.subject ? -1 : 1;
  const [first, second] = [chainName(a), chainName(b)];
  return first === second ? 0 : first < second ? -1 : 1;
};

/** Heads as gzip of NDJSON, one per line. */
export const packHeads = (heads: Iterable<ChainHead>): Uint8Array =>
  gzipSync(Array.from(heads, (head) => `${headLine(head)}\n`).join(''));

/** The heads of a text, parsed one by one: a day may have a million. */
function* headsOfText(text: string): Generator<ChainHead> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    yield JSON.parse(text.slice(from, end)) as ChainHead;
    from = end + 1;
  }
}

/** The heads of `packHeads`. */
export const unpackHeads = (body: Uint8Array): Iterable<ChainHead> => headsOfText(gunzipSync(body).toString('utf8'));

/**
 * The heads of a day's object, which must be what the root says.
 * @throws {Error} if they are not.
 */
export const readDayHeads = (body: Uint8Array, { day, file }: Pick<DayHeads, 'day' | 'file'>): Iterable<ChainHead> => {
  const text = gunzipSync(body);
  if (sha256Hex(text) !== file)
    throw new Error(`the chain heads of ${day} are not what was signed: their hash differs`);
  return headsOfText(text.toString('utf8'));
};

/** A day's heads after a walk: those that it changed in place of what they were. Both in order, as is what comes out. */
export function* mergeHeads(before: Iterable<ChainHead>, changed: Iterable<ChainHead>): Generator<ChainHead> {
  const old = before[Symbol.iterator]();
  let next = old.next();
  for (const head of changed) {
    for (; next.done !== true && compareHeads(next.value, head) < 0; next = old.next()) yield next.value;
    if (next.done !== true && compareHeads(next.value, head) === 0) next = old.next();
    yield head;
  }
  for (; next.done !== true; next = old.next()) yield next.value;
}

/**
 * A day's heads as they are to be kept, with the object.
 * @throws {RangeError} for a head of another day.
 */
export const packDayHeads = (
  day: string,
  heads: Iterable<ChainHead>,
): { readonly summary: DayHeads; readonly body: Uint8Array } => {
  const builder = rootBuilder();
  const lines: string[] = [];
  for (const head of heads) {
    if (utcDay(head.start) !== day) throw new RangeError(`the slot ${head.start} does not lie in ${day}`);
    const line = headLine(head);
    builder.add(leafHash(line));
    lines.push(line, '\n');
  }
  const text = Buffer.from(lines.join(''));
  return {
    summary: { day, count: builder.leaves(), root: builder.root().toString('hex'), file: sha256Hex(text) },
    body: gzipSync(text),
  };
};

/** Where the heads of a day lie in the bucket of proofs. */
export const dayHeadsKey = ({ day, file }: Pick<DayHeads, 'day' | 'file'>): string => `heads/${day}/${file}.ndjson.gz`;
