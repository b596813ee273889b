import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../lambdas/platform/hash.ts';
import { encodeAppend, statesObjectOf } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { stateKey } from '../../../lambdas/usage/ledger/state.ts';
import type { Append, KeyState } from '../../../lambdas/usage/types.ts';
import { journalLine, packJournal, readJournal } from '../../../lambdas/usage/walk/journal.ts';
import { decodeStored } from '../../../lambdas/usage/walk/walk-ledger.ts';

const idHash = (n: number): string => n.toString(16).padStart(32, '0');

/** An append of a kind that has every field an item can have. */
const restating: Append = {
  format: 2,
  slot: { subject: 'org-01', start: '2026-10-05T00:00:00.000Z', overlay: 'bf-1' },
  version: 3,
  ids: [{ idHash: idHash(1), bodyHash: '0'.repeat(16) }],
  cancels: [{ idHash: idHash(2), line: 0, alone: true }],
  states: Object.fromEntries(
    Array.from({ length: 600 }, (_, n): [string, KeyState] => [
      stateKey('users', 1, { model: `m-${n}` }),
      { class: 'set', values: [sha256Hex(`user ${n}`)] },
    ]),
  ),
  pointers: [{ key: 'events/x', line: 7 }],
  late: 1,
  newestTime: '2026-10-05T00:01:00.000Z',
  stamp: { account: 'acct-01', plan: 'team', salesRegion: 'eu' },
  appendedAt: '2026-10-06T00:00:00.000Z',
  full: true,
  previousHash: 'a'.repeat(64),
  hash: 'b'.repeat(64),
};

describe('the journal', () => {
  it('gives an item back as it was stored, byte by byte', () => {
    const items = [encodeAppend(restating), encodeAppend({ ...restating, version: 4, full: false, states: {} })];
    const bytes = ({ pk, sk, ...rest }: (typeof items)[number]) => [
      pk,
      sk,
      Object.entries(rest).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ]),
    ];
    expect(readJournal(packJournal(items.map(journalLine))).map(bytes)).toEqual(items.map(bytes));
  });

  it('leads to states that lie in an object, which must be what was appended', async () => {
    const object = statesObjectOf(restating);
    if (object === undefined) throw new Error('the states fit into the item');
    const item = encodeAppend(restating);
    const read = async (key: string) => Buffer.from(key === object.key ? object.body : '');
    expect((await decodeStored(item, { read })).append).toEqual(restating);
    await expect(decodeStored(item, { read: async () => Buffer.from('{}') })).rejects.toThrow('its hash differs');
  });
});
