import { describe, expect, it } from 'vitest';
import { chainsOf, firstBrokenLink } from '../../../lambdas/usage/ledger/chain.ts';
import { decodeAppend } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { proofWorld, traffic } from './proof-world.ts';
import { restore, told } from './restored-world.ts';

describe('a ledger that was lost', () => {
  it('comes back from the archive alone: the same ids and states of every slot, in chains that are whole', async () => {
    const world = proofWorld();
    await traffic(world);
    const { ledger, restored } = await restore(world, []);
    expect(told(ledger)).toEqual(told(world.ledger));
    expect(restored).toMatchObject({ journaled: 0, refused: 0 });
    expect(chainsOf(ledger.appends()).map(firstBrokenLink)).toEqual(told(ledger).map(() => undefined));
  });

  it('comes back hash for hash as far as the journal goes, and from the archive beyond it', async () => {
    const world = proofWorld();
    await traffic(world);
    const items = [...world.ledger.items.values()];
    const whole = await restore(world, items);
    expect([...whole.ledger.items.keys()].sort()).toEqual([...world.ledger.items.keys()].sort());
    expect(whole.ledger.appends()).toEqual(world.ledger.appends());
    const part = items.filter(({ sk }) => sk.endsWith('#00000001')).slice(0, 5);
    const { ledger, restored } = await restore(world, part);
    expect(restored.journaled).toBe(5);
    expect(told(ledger)).toEqual(told(world.ledger));
    const hashes = new Set(ledger.appends().map(({ hash }) => hash));
    expect(part.map((item) => hashes.has(decodeAppend(item).hash))).toEqual(part.map(() => true));
  });
});
