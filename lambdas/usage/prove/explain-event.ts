import type { Clock } from '../../platform/clock.ts';
import type { Archive } from '../archive/archive.ts';
import { batchCorrelationId } from '../archive/batch-correlation.ts';
import { readEnvelope } from '../events/envelope.ts';
import { idHashOf } from '../events/event-identity.ts';
import { normalTime, slotStart } from '../events/event-time.ts';
import { chainsOf } from '../ledger/chain.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { type BackfillState, type OverlayStatus, placeText } from '../ledger/overlays.ts';
import { SLOT_MILLIS, utcDay } from '../ledger/slot.ts';
import type { QuarantineStore } from '../quarantine/quarantine.ts';
import type { Append, ArchivePointer, QuarantineCode, QuarantineState, Slot, Tombstone } from '../types.ts';
import { type Deliveries, type EventQuestion, findDeliveries } from './find-deliveries.ts';

/** What takes an event away: an event that cancels or replaces it, and the append that says so. */
export type CancelledBy = {
  readonly kind: 'cancellation' | 'replacement';
  readonly id: string;
  readonly version: number;
  readonly appendedAt: string;
  readonly backfill?: string;
};

/** One place in the ledger that holds an event. */
export type EventPlace = {
  readonly slot: string;
  /** The backfill whose overlay it is, and how that stands. */
  readonly backfill?: { readonly id: string; readonly state: BackfillState | 'unknown' };
  readonly version: number;
  readonly hash: string;
  readonly appendedAt: string;
  readonly pointer: ArchivePointer;
  readonly correlationId: string;
  /** `only-cancels`: the line takes another event away and is no usage here. */
  readonly state: 'counted' | 'cancelled' | 'only-cancels' | 'backfill-not-closed' | 'counted-elsewhere';
  /** What it cancels or replaces has not come to its slot: it never will where the line names it wrongly. */
  readonly waits?: true;
};

/** Where an event went. */
export type EventExplanation = {
  readonly idHash: string;
  readonly places: readonly EventPlace[];
  /** What cancels it, also when it never came. */
  readonly cancelledBy: readonly CancelledBy[];
  readonly quarantine: readonly {
    readonly id: string;
    readonly code: QuarantineCode;
    readonly state: QuarantineState;
    readonly message: string;
    readonly receivedAt: string;
  }[];
  readonly deliveries: Deliveries;
  /** One sentence. */
  readonly verdict: string;
};

/** What explaining an event needs. */
export type ExplainEventPorts = {
  readonly ledger: Pick<LedgerStore, 'day'>;
  readonly overlays: OverlayStatus;
  readonly archive: Pick<Archive, 'shards' | 'lines' | 'line'>;
  readonly quarantine: Pick<QuarantineStore, 'byEvent'>;
  readonly clock: Clock;
};

type Chain = { readonly slot: Slot; readonly appends: readonly Append[] };

const chainsOfSlot = async ({ ledger }: ExplainEventPorts, { subject, time }: EventQuestion): Promise<Chain[]> => {
  const from = slotStart(time);
  const to = new Date(Date.parse(from) + SLOT_MILLIS).toISOString();
  const { appends, overlays } = await ledger.day(subject, utcDay(time), { from, to });
  return chainsOf([...appends, ...overlays]).flatMap((chain) => {
    const slot = chain[0]?.slot;
    return slot === undefined ? [] : [{ slot, appends: chain }];
  });
};

/** Which overlays count, and up to which version. */
const countingUpTo = async (
  { overlays }: ExplainEventPorts,
  chains: readonly Chain[],
): Promise<{
  readonly states: ReadonlyMap<string, BackfillState>;
  readonly counts: (slot: Slot, version: number) => boolean;
}> => {
  const backfills = [...new Set(chains.flatMap(({ slot }) => slot.overlay ?? []))];
  if (backfills.length === 0) return { states: new Map(), counts: () => true };
  const placeOf = ({ subject, start, overlay = '' }: Slot) => ({ backfill: overlay, subject, day: utcDay(start) });
  const standing = await overlays.overlays(backfills);
  const pinned = await overlays.pinned(
    chains.flatMap(({ slot }) => (slot.overlay === undefined ? [] : [placeOf(slot)])),
  );
  return {
    states: new Map([...standing].map(([backfill, { state }]) => [backfill, state])),
    counts: (slot, version) =>
      slot.overlay === undefined ||
      (standing.get(slot.overlay)?.state === 'closed' &&
        version <= (pinned.get(placeText(placeOf(slot)))?.[slot.start] ?? 0)),
  };
};

type Found = { readonly chain: Chain; readonly append: Append; readonly n: number };

const holding = (chains: readonly Chain[], idHash: string): Found[] =>
  chains.flatMap((chain) =>
    chain.appends.flatMap((append) => {
      const n = append.ids.findIndex((id) => id.idHash === idHash);
      return n === -1 ? [] : [{ chain, append, n }];
    }),
  );

const isAlone = ({ append: { cancels = [] }, n }: Found): boolean =>
  cancels.some(({ line, alone }) => alone && line === n);

/** Whether it cancels an event that no chain of its slot holds. */
const isWaiting = (chains: readonly Chain[], { append: { cancels = [] }, n }: Found): boolean =>
  cancels.some(({ line, idHash }) => line === n && holding(chains, idHash).length === 0);

/** The event that a tombstone's line is, as it was sent. */
const cancelledBy = async (
  { archive }: ExplainEventPorts,
  { slot }: Chain,
  { pointers, version, appendedAt }: Append,
  { line }: Tombstone,
): Promise<CancelledBy> => {
  const pointer = pointers[line];
  const envelope = pointer === undefined ? undefined : readEnvelope((await archive.line(pointer)).line);
  const event = envelope !== undefined && 'event' in envelope ? envelope.event : undefined;
  return {
    kind: event?.replaces === undefined ? 'cancellation' : 'replacement',
    id: event?.id ?? '',
    version,
    appendedAt,
    ...(slot.overlay === undefined ? {} : { backfill: slot.overlay }),
  };
};

const verdictOf = (found: Omit<EventExplanation, 'verdict' | 'idHash'>): string => {
  const { places, cancelledBy: cancelled, quarantine, deliveries } = found;
  const by = cancelled[0];
  const byWhom = by === undefined ? '' : `${by.kind === 'replacement' ? 'replaced' : 'cancelled'} by ${by.id}`;
  const counted = places.find(({ state }) => state === 'counted');
  if (counted !== undefined) {
    const waits = counted.waits ? ' What it replaces has not come to its slot.' : '';
    return `It counts, in slot ${counted.slot}, since ${counted.appendedAt}.${waits}`;
  }
  if (places.some(({ state }) => state === 'cancelled')) return `It was accepted and counts nothing: ${byWhom}.`;
  const waiting = places.find(({ state }) => state === 'backfill-not-closed');
  if (waiting !== undefined) return `It lies in backfill ${waiting.backfill?.id}, which is ${waiting.backfill?.state}.`;
  const early = places.find(({ waits }) => waits);
  if (early !== undefined)
    return `It waits for the event that it takes away, which has not come to slot ${early.slot}. If it should be there, look whether the cancellation names its subject, time, source and id.`;
  if (places.length > 0) return 'It is a line that only takes another event away; it is no usage by itself.';
  const entry = quarantine[0];
  if (entry !== undefined) {
    const state = entry.state === 'written-off' ? 'written off' : entry.state;
    return `It was refused (${entry.code}) and is ${state} in quarantine as ${entry.id}.`;
  }
  if (by !== undefined) return `It never came; ${byWhom}, it would count nothing.`;
  if (deliveries.found.length > 0) return 'It arrived and is not decided yet: spilled, or on its way.';
  return `It was not seen: neither in its slot, nor in quarantine, nor among what arrived from ${deliveries.from} to ${deliveries.to}.`;
};

/**
 * Where an event went: which append accepted it and whether it counts now, what cancelled or replaced it, how often it
 * arrived, and whether it was refused. An event is looked for in the slot of its time; one that was sent again under
 * another time is another event there.
 */
export const explainEvent = async (ports: ExplainEventPorts, question: EventQuestion): Promise<EventExplanation> => {
  const idHash = idHashOf(question);
  const chains = await chainsOfSlot(ports, question);
  const { states, counts } = await countingUpTo(ports, chains);
  const tombstones = chains.flatMap((chain) =>
    chain.appends
      .filter(({ version }) => counts(chain.slot, version))
      .flatMap((append) =>
        (append.cancels ?? [])
          .filter((tombstone) => tombstone.idHash === idHash)
          .map((tombstone) => ({ chain, append, tombstone })),
      ),
  );
  const found = holding(chains, idHash);
  // Of an id in several chains the live one counts, then the first that was closed.
  const first = found.find((each) => !isAlone(each) && counts(each.chain.slot, each.append.version));
  const stateOf = (each: Found): EventPlace['state'] => {
    if (isAlone(each)) return 'only-cancels';
    if (!counts(each.chain.slot, each.append.version)) return 'backfill-not-closed';
    if (tombstones.length > 0) return 'cancelled';
    return each === first ? 'counted' : 'counted-elsewhere';
  };
  const places = found.flatMap((each): EventPlace[] => {
    const { append, chain, n } = each;
    const pointer = append.pointers[n];
    const { overlay } = chain.slot;
    if (pointer === undefined) return [];
    return [
      {
        slot: chain.slot.start,
        ...(overlay === undefined ? {} : { backfill: { id: overlay, state: states.get(overlay) ?? 'unknown' } }),
        version: append.version,
        hash: append.hash,
        appendedAt: append.appendedAt,
        pointer,
        correlationId: batchCorrelationId(pointer.key),
        state: stateOf(each),
        ...(isWaiting(chains, each) && { waits: true as const }),
      },
    ];
  });
  const entries = (await ports.quarantine.byEvent(idHash)).filter(({ subject }) => subject === question.subject);
  const pointer = places[0]?.pointer ?? entries[0]?.pointer;
  const arrivedAt = pointer === undefined ? question.time : (await ports.archive.line(pointer)).receivedAt;
  const explanation = {
    places,
    cancelledBy: await Promise.all(
      tombstones.map(({ chain, append, tombstone }) => cancelledBy(ports, chain, append, tombstone)),
    ),
    quarantine: entries.map(({ id, code, state, message, receivedAt }) => ({ id, code, state, message, receivedAt })),
    deliveries: await findDeliveries(ports, question, arrivedAt),
  };
  return { idHash, ...explanation, verdict: verdictOf(explanation) };
};

/** The event that a request asks for, its time normalised; `undefined` for a time that is none. */
export const questionOf = (asked: EventQuestion): EventQuestion | undefined => {
  const time = normalTime(asked.time);
  return time === undefined ? undefined : { ...asked, time };
};
