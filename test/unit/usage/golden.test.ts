import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chainsOf, firstBrokenLink } from '../../../lambdas/usage/ledger/chain.ts';
import {
  decodeAppend,
  encodeAppend,
  type LedgerItem,
  readStates,
  statesKeyOf,
} from '../../../lambdas/usage/ledger/ledger-item.ts';
import { openSealed, type SealedObject, sealChain } from '../../../lambdas/usage/ledger/sealed-view.ts';
import {
  decodeSettled,
  encodeSettled,
  type SettledDay,
  type SettledItem,
} from '../../../lambdas/usage/settle/settled-item.ts';
import type { Append } from '../../../lambdas/usage/types.ts';

const revive = (_: string, value: unknown): unknown => {
  const base64 = (value as { base64?: unknown } | null)?.base64;
  return typeof base64 === 'string' ? new Uint8Array(Buffer.from(base64, 'base64')) : value;
};

/** Reads a golden file; `{"base64": ...}` stands for bytes. */
const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'), revive) as T;

type Appends = { readonly items: LedgerItem[]; readonly appends: Append[] };
/** An append whose states lie beside its item. */
type Beside = { readonly item: LedgerItem; readonly key: string; readonly body: string; readonly append: Append };
const appendFile = () => golden<Appends>('append-1');

/** The item with its bytes in one form. Without `s`: builds of zlib deflate differently, and inflate alike. */
const plain = ({ s: _, ...item }: LedgerItem) =>
  Object.entries(item).map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value) : value]);

/** What was written once must stay readable: these files are never changed, a new format gets a new one. */
describe.each([1, 2])('layouts of format %i', (format) => {
  const file = golden<Appends>(`append-${format}`);

  it('reads an append', () => {
    const read = file.items.map((item) => decodeAppend(item));
    expect(read).toEqual(file.appends);
    for (const chain of chainsOf(read)) expect(firstBrokenLink(chain)).toBeUndefined();
  });

  it('writes an append as it always did', () => {
    expect(file.appends.map(encodeAppend).map(plain)).toEqual(file.items.map(plain));
  });

  it('reads and writes a settled day', async () => {
    const { item, day } = golden<{ item: SettledItem; day: SettledDay }>(`settled-day-${format}`);
    expect(await decodeSettled(item, () => Promise.reject(new Error('no object')))).toEqual(day);
    expect(encodeSettled(day).item).toEqual({ ...item, s: expect.anything() });
  });
});

describe('an append of format 2', () => {
  const { beside, appends } = golden<Appends & { beside: Beside }>('append-2');

  it('is whatever cancels, restates or belongs to a backfill', () => {
    const whats = appends.map(({ format, slot, cancels, full }) => [
      format,
      slot.overlay !== undefined || cancels !== undefined || full,
    ]);
    expect(whats.filter(([format, is]) => (format === 2) !== is)).toEqual([]);
    expect(new Set(whats.map(([format]) => format))).toEqual(new Set([1, 2]));
  });

  it('finds its states beside the item, and refuses others', () => {
    expect(statesKeyOf(beside.item)).toBe(beside.key);
    expect(decodeAppend(beside.item, readStates(beside.key, beside.body))).toEqual(beside.append);
    expect(() => decodeAppend(beside.item)).toThrow('were not read');
    expect(() => readStates(beside.key, `${beside.body} `)).toThrow('its hash differs');
  });

  it('refuses a format it does not know', () => {
    const [item] = appendFile().items;
    expect(() => decodeAppend({ ...item, f: 3 } as unknown as LedgerItem)).toThrow('has format 3');
  });
});

describe('a sealed slot of format 1', () => {
  const { seal, body } = golden<SealedObject>('sealed-slot-1');
  const chain = chainsOf(appendFile().appends).find(([first]) => first?.slot.start === seal.start) ?? [];

  it('is read, and written as it always was', () => {
    const opened = openSealed(seal, body);
    expect(opened.version).toBe(chain.at(-1)?.version);
    for (const { idHash, bodyHash } of chain.flatMap(({ ids }) => ids)) expect(opened.bodyOf(idHash)).toBe(bodyHash);
    expect(opened.view()).toMatchObject({ hash: chain.at(-1)?.hash, sealed: seal });
    expect(Buffer.from(sealChain(seal, chain).body)).toEqual(Buffer.from(body));
  });
});
