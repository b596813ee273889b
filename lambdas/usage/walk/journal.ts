import { gunzipSync, gzipSync } from 'node:zlib';
import type { LedgerItem } from '../ledger/ledger-item.ts';

/**
 * The journal: every append as it was stored, in the order of the walk. A line is the item in JSON, its bytes as base64
 * in `{"b": ...}`. An append never changes, so one that lies in two objects (a walk that died and went on) is the same in
 * both: readers take each key once.
 */

type Bytes = { readonly b: string };

const isBytes = (value: unknown): value is Bytes => typeof value === 'object' && value !== null && 'b' in value;

/** The line of an item. */
export const journalLine = (item: LedgerItem): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? { b: Buffer.from(value).toString('base64') } : value,
      ]),
    ),
  );

const journalItem = (line: string): LedgerItem =>
  JSON.parse(line, (_, value: unknown) =>
    isBytes(value) ? Uint8Array.from(Buffer.from(value.b, 'base64')) : value,
  ) as LedgerItem;

/** The body of a journal object. */
export const packJournal = (lines: readonly string[]): Uint8Array => gzipSync(`${lines.join('\n')}\n`);

/** The items of a journal object, in order. */
export const readJournal = (body: Uint8Array): LedgerItem[] =>
  gunzipSync(body)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(journalItem);
