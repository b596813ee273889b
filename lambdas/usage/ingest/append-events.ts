import type { CatalogReader } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { type AppendBatchResult, type AppendPorts, appendBatch } from '../ledger/append-batch.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { type MeterIndex, meterIndex } from '../ledger/meter-states.ts';
import type { ArchivePointer, CanonicalUsage } from '../types.ts';
import { type GatePorts, type RefusalCode, type Standing, standings } from './backfill-gate.ts';

/** What became of the events handed to the ledger. Each is in exactly one of the lists. */
export type AppendOutcome = {
  readonly accepted: readonly CanonicalUsage[];
  readonly duplicates: readonly CanonicalUsage[];
  /** The id was accepted before with another body; `accepted` is where that one lies. */
  readonly conflicts: readonly { readonly usage: CanonicalUsage; readonly accepted?: ArchivePointer }[];
  /** Lines of backfills that do not take them. */
  readonly refused: readonly { readonly usage: CanonicalUsage; readonly code: RefusalCode }[];
  /** Events of chains that were contended or throttled beyond the writer's patience, or of a backfill being sealed. */
  readonly failed: readonly CanonicalUsage[];
  /** Why they failed, one sentence per chain. */
  readonly reasons: readonly string[];
  /** Bytes of the largest append written. */
  readonly largestAppend: number;
};

/** What appending events needs. */
export type AppendEventsPorts = AppendPorts & GatePorts;

/** The ledger took nothing at all: everything must wait until it can be reached again. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

/**
 * Nothing written, and chains of several subjects failed for other reasons than a lost race or want of time: that is no hot
 * chain, the ledger is down. A single failing subject never looks like that, so it cannot hold up the others.
 */
const isOutage = ({ outcomes, failed }: AppendBatchResult): boolean =>
  outcomes.length > 0 &&
  outcomes.every((outcome) => outcome === 'unwritten') &&
  failed.every(({ reason }) => reason !== 'contended' && reason !== 'later') &&
  new Set(failed.map(({ slot }) => slot.subject)).size > 1;

/** Where the event lies whose id the chain of the line knows. */
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

type Fate = 'accepted' | 'duplicate' | 'conflict' | 'unwritten' | RefusalCode;

/** What a line's standing says of it, when it was not appended now, or its backfill is not open any more since. */
const fateOf = (standing: Exclude<Standing, 'open'>, ifHeld: Fate): Fate => {
  if (standing === 'held') return ifHeld;
  return standing === 'wait' ? 'unwritten' : standing;
};

const SEALING = 'a backfill is being sealed';

/** What became of each event, in their order, and the append that was tried. */
type Decided = { readonly fates: readonly Fate[]; readonly result: AppendBatchResult };

/**
 * Appends, and says of each event what became of it. A line of a backfill is looked at before its append, so that nothing
 * is written that will not count, and after it, because the backfill may have been sealed meanwhile: then it is accepted
 * if it is in what was fixed.
 */
const decide = async (
  ports: AppendEventsPorts,
  events: readonly CanonicalUsage[],
  meters: MeterIndex,
): Promise<Decided> => {
  const ofBackfills = events.filter(({ slot }) => slot.overlay !== undefined);
  if (ofBackfills.length === 0) {
    const result = await appendBatch(ports, events, meters);
    return { fates: result.outcomes, result };
  }
  const fates = new Map<CanonicalUsage, Fate>();
  for (const [line, standing] of await standings(ports, ofBackfills)) {
    if (standing !== 'open') fates.set(line, fateOf(standing, 'duplicate'));
  }
  const toAppend = events.filter((event) => !fates.has(event));
  const result = await appendBatch(ports, toAppend, meters);
  for (const [n, event] of toAppend.entries()) fates.set(event, result.outcomes[n] ?? 'unwritten');
  const done = toAppend.filter(
    (event) => event.slot.overlay !== undefined && ['accepted', 'duplicate'].includes(fates.get(event) ?? ''),
  );
  for (const [line, standing] of await standings(ports, done)) {
    if (standing !== 'open') fates.set(line, fateOf(standing, fates.get(line) ?? 'duplicate'));
  }
  return { fates: events.map((event) => fates.get(event) ?? 'unwritten'), result };
};

/**
 * Appends events with the meters that the catalog holds, and says of each what became of it.
 * @throws {LedgerUnavailable} when the ledger as a whole took nothing.
 */
export const makeAppendEvents =
  (ports: AppendEventsPorts, catalog: Pick<CatalogReader, 'history'>) =>
  async (events: readonly CanonicalUsage[]): Promise<AppendOutcome> => {
    const { fates, result } = await decide(ports, events, meterIndex(await catalog.history('meter')));
    if (isOutage(result)) throw new LedgerUnavailable(result.failed[0]?.message);
    const withFate = (wanted: Fate) => events.filter((_, n) => fates[n] === wanted);
    const refused = (code: RefusalCode) => withFate(code).map((usage) => ({ usage, code }));
    const failed = withFate('unwritten');
    const unexplained = failed.length > result.failed.reduce((total, group) => total + group.events.length, 0);
    return {
      accepted: withFate('accepted'),
      duplicates: withFate('duplicate'),
      conflicts: await mapBounded(withFate('conflict'), CONCURRENCY, async (usage) => {
        const accepted = await acceptedAt(ports.ledger, usage);
        return { usage, ...(accepted ? { accepted } : {}) };
      }),
      refused: [...refused('UNKNOWN_BACKFILL'), ...refused('BACKFILL_NOT_OPEN')],
      failed,
      reasons: [...result.failed.map(({ message }) => message), ...(unexplained ? [SEALING] : [])],
      largestAppend: result.largestBytes,
    };
  };
