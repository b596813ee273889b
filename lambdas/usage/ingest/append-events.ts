import type { CatalogReader } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { type AppendBatchResult, type AppendPorts, appendBatch } from '../ledger/append-batch.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { meterIndex } from '../ledger/meter-states.ts';
import type { ArchivePointer, CanonicalUsage } from '../types.ts';

/** What became of the events handed to the ledger. Each is in exactly one of the lists. */
export type AppendOutcome = {
  readonly accepted: readonly CanonicalUsage[];
  readonly duplicates: readonly CanonicalUsage[];
  /** The id was accepted before with another body; `accepted` is where that one lies. */
  readonly conflicts: readonly { readonly usage: CanonicalUsage; readonly accepted?: ArchivePointer }[];
  /** Events of chains that were contended or throttled beyond the writer's patience. */
  readonly failed: readonly CanonicalUsage[];
  /** Why they failed, one sentence per chain. */
  readonly reasons: readonly string[];
  /** Bytes of the largest append written. */
  readonly largestAppend: number;
};

/** The ledger took nothing at all: everything must wait until it can be reached again. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

/**
 * Nothing written, and chains of several subjects failed for other reasons than a lost race: that is no hot chain, the
 * ledger is down. A single failing subject never looks like that, so it cannot hold up the others.
 */
const isOutage = ({ outcomes, failed }: AppendBatchResult): boolean =>
  outcomes.length > 0 &&
  outcomes.every((outcome) => outcome === 'unwritten') &&
  failed.every(({ reason }) => reason !== 'contended') &&
  new Set(failed.map(({ slot }) => slot.subject)).size > 1;

/** Where the event lies whose id a slot's chain knows. */
const acceptedAt = async (
  ledger: LedgerStore,
  { slot, idHash }: CanonicalUsage,
): Promise<ArchivePointer | undefined> => {
  const { appends } = await ledger.slotAbove(slot, 0);
  for (const { ids, pointers } of appends) {
    const n = ids.findIndex((id) => id.idHash === idHash);
    if (n !== -1) return pointers[n];
  }
  return undefined;
};

/** How many chains are read at a time to show what a conflict conflicts with. */
const CONCURRENCY = 8;

/**
 * Appends events with the meters that the catalog holds, and says of each what became of it.
 * @throws {LedgerUnavailable} when the ledger as a whole took nothing.
 */
export const makeAppendEvents =
  (ports: AppendPorts, catalog: Pick<CatalogReader, 'history'>) =>
  async (events: readonly CanonicalUsage[]): Promise<AppendOutcome> => {
    const result = await appendBatch(ports, events, meterIndex(await catalog.history('meter')));
    if (isOutage(result)) throw new LedgerUnavailable(result.failed[0]?.message);
    const withOutcome = (wanted: string) => events.filter((_, n) => result.outcomes[n] === wanted);
    return {
      accepted: withOutcome('accepted'),
      duplicates: withOutcome('duplicate'),
      conflicts: await mapBounded(withOutcome('conflict'), CONCURRENCY, async (usage) => {
        const accepted = await acceptedAt(ports.ledger, usage);
        return { usage, ...(accepted ? { accepted } : {}) };
      }),
      failed: withOutcome('unwritten'),
      reasons: result.failed.map(({ message }) => message),
      largestAppend: result.largestBytes,
    };
  };
