import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstBrokenLink } from '../../../lambdas/usage/chain.ts';
import { decodeAppend, encodeAppend, type LedgerItem } from '../../../lambdas/usage/ledger-item.ts';
import { decodeSettled, type SettledDay, type SettledItem } from '../../../lambdas/usage/settled-item.ts';
import type { Append } from '../../../lambdas/usage/types.ts';

/** Reads a golden file; `{"base64": ...}` stands for bytes. */
const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'), (_, value: unknown) => {
    const bytes = (item: LedgerItem) =>
      Object.entries(item).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value) : value]);
    expect(appends.map(encodeAppend).map(bytes)).toEqual(items.map(bytes));
  });

  it('reads a settled day', async () => {
    const { item, day } = golden<{ item: SettledItem; day: SettledDay }>('settled-day-1');
    expect(await decodeSettled(item, () => Promise.reject(new Error('no object')))).toEqual(day);
  });

  it('refuses a format it does not know', () => {
    const { items } = golden<{ items: LedgerItem[] }>('append-1');
    expect(() => decodeAppend({ ...items[0], f: 2 } as unknown as LedgerItem)).toThrow('has format 2');
  });
});
