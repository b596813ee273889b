import { describe, expect, it } from 'vitest';
import { chainsOf, firstBrokenLink, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import { decodeAppend, type LedgerItem } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { restoreLedger } from '../../../lambdas/usage/prove/restore.ts';
import { positionText } from '../../../lambdas/usage/quarantine/quarantined-positions.ts';
import { journalLine, packJournal } from '../../../lambdas/usage/walk/journal.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import { type ProofWorld, proofWorld, traffic } from './proof-world.ts';

/** Restores the ledger of a world into an empty one, with a journal of these items. */
const restore = async (world: ProofWorld, journal: readonly LedgerItem[]) => {
  const ledger = memoryLedger();
  const { entries } = await world.quarantine.list({}, 1_000);
  const { marks, subjects, clock, ids } = world.ports;
  const body = packJournal(journal.map(journalLine));
  const restored = await restoreLedger(
    {
      archive: world.archive,
      target: ledger,
      quarantined: new Set(entries.map(({ position }) => positionText(position))),
      catalog: world.catalog,
      settings: { lateAfterHours: 6, horizonDays: 400 },
      clock,
      ids,
      beside: { marks, subjects, touched: world.overlays },
      stamper: () => async () => undefined,
      journal: {
        list: async function* () {
          if (journal.length > 0) yield 'journal/walk-1/1.ndjson.gz';
        },
        read: async () => body,
      },
      put: async (item) => {
        ledger.items.set(`${item.pk} ${item.sk}`, item);
      },
    },
    '2026-09-01',
  );
  return { ledger, restored };
};

const told = (ledger: ProofWorld['ledger']) =>
  chainsOf(ledger.appends()).map((chain) => {
    const { subject, start, states, accepted, cancelled, late } = foldChain(chain);
    return { subject, start, states, accepted, cancelled, late };
  });

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
