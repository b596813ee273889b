import { chainsOf, foldChain } from '../../../lambdas/usage/ledger/chain.ts';
import type { LedgerItem } from '../../../lambdas/usage/ledger/ledger-item.ts';
import { restoreLedger } from '../../../lambdas/usage/prove/restore.ts';
import { positionText } from '../../../lambdas/usage/quarantine/quarantined-positions.ts';
import { journalLine, packJournal } from '../../../lambdas/usage/walk/journal.ts';
import { memoryLedger } from '../../twins/memory-ledger.ts';
import type { ProofWorld } from './proof-world.ts';

/** Restores the ledger of a world into an empty one, with a journal of these items. */
export const restore = async (world: ProofWorld, journal: readonly LedgerItem[]) => {
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

/** What a ledger says of every chain, however many appends it came in. */
export const told = (ledger: ProofWorld['ledger']) =>
  chainsOf(ledger.appends()).map((chain) => {
    const { subject, start, states, accepted, cancelled, late } = foldChain(chain);
    return { subject, start, states, accepted, cancelled, late };
  });
