import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstBrokenLink } from '../../../lambdas/usage/ledger/chain.ts';
import { decodeAppend, encodeAppend, type LedgerItem } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { decodeSettled, type SettledDay, type SettledItem } from '../../../lambdas/usage/settle/settled-item.ts';
import type { Append } from '../../../lambdas/usage/types.ts';

const revive = (_: string, value: unknown): unknown => {
  const base64 = (value as { base64?: unknown } | null)?.base64;
  return typeof base64 === 'string' ? new Uint8Array(Buffer.from(base64, 'base64')) : value;
};

/** Reads a golden file; `{"base64": ...}` stands for bytes. */
const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'), revive) as T;

const appendFile = () => golden<{ items: LedgerItem[]; appends: Append[] }>('append-1');

/** The item with its bytes in one form. Without `s`: builds of zlib deflate differently, and inflate alike. */
const plain = ({ s: _, ...item }: LedgerItem) =>
  Object.entries(item).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value) : value]);

/** What was written once must stay readable: these files are never changed, a new format gets a new one. */
describe('layouts of format 1', () => {
  it('reads an append', () => {
    const { items, appends } = appendFile();
    const read = items.map((item) => decodeAppend(item));
    expect(read).toEqual(appends);
    expect(firstBrokenLink(read)).toBeUndefined();
  });

  it('writes an append as it always did', () => {
    const { items, appends } = appendFile();
    expect(appends.map(encodeAppend).map(plain)).toEqual(items.map(plain));
  });

  it('reads a settled day', async () => {
    const { item, day } = golden<{ item: SettledItem; day: SettledDay }>('settled-day-1');
    expect(await decodeSettled(item, () => Promise.reject(new Error('no object')))).toEqual(day);
  });

  it('refuses a format it does not know', () => {
    const [item] = appendFile().items;
    expect(() => decodeAppend({ ...item, f: 3 } as unknown as LedgerItem)).toThrow('has format 3');
  });
});
