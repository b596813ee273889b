import type { Clock } from '../../platform/clock.ts';
import type { CanonicalUsage, Slot } from '../types.ts';
import {
  type ChainView,
  cancelledIn,
  emptyView,
  judge,
  mustRestate,
  type NextAppend,
  nextAppend,
  restatingAppend,
  restatingLines,
} from './append.ts';
import { appendBytes } from './ledger-item.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { MeterIndex } from './meter-states.ts';
import { type ArchiveLines, countingEntries, recomputeStates } from './recompute.ts';
import type { Seal } from './seal.ts';
import type { SealedSlots } from './sealed-slots.ts';
import { isOpen, utcDay } from './slot.ts';
import type { WriterMemory } from './writer-memory.ts';

/** What appending to one chain needs. */
export type GroupPorts = {
  readonly ledger: LedgerStore;
  readonly memory: WriterMemory;
  /** Read only where a counted event is cancelled. */
  readonly archive: ArchiveLines;
  /** Asked only for slots that are not open any more. Absent: chains are read. */
  readonly sealed?: Pick<SealedSlots, 'of' | 'open'> | undefined;
  readonly clock: Clock;
};

/** Lines of one slot: its usage, and what cancels in it. */
export type Group = { readonly slot: Slot; readonly events: readonly CanonicalUsage[] };

/** Lines of one slot that could not be appended now; to be spilled and tried again. They may have been, in part. */
export type FailedGroup = Group & {
  /** `later`: it must be stated anew, and this batch has no more time for that. */
  readonly reason: 'contended' | 'throttled' | 'failed' | 'later';
  readonly message: string;
};

/** What became of a line at a chain. */
export type GroupOutcome = 'accepted' | 'duplicate' | 'conflict';

/** What became of a group. Its lines that are in no outcome are in `failure`. */
export type GroupResult = {
  readonly outcomes: ReadonlyMap<CanonicalUsage, GroupOutcome>;
  readonly failure?: FailedGroup;
  /** Appends written, and the bytes of the largest. */
  readonly appends: number;
  readonly largest: number;
};

/** How often a slot's race may be lost before its group is given back. */
const MAX_RACES = 8;

/** How a group begins. */
export type GroupStart = {
  /** Nothing is known of the slot, and it is probably new: try without reading. */
  readonly assumeEmpty: boolean;
  /** The seal of the slot, as far as anybody knows of one: what is in it need not be read from the chain. */
  readonly seal?: Seal | undefined;
  /** After this instant nothing is stated anew: reading events again takes long, and other groups wait behind it. */
  readonly restateUntil: number;
};

const notWritten = (group: Group, reason: FailedGroup['reason'], message: string): GroupResult => ({
  outcomes: new Map(),
  failure: { ...group, reason, message },
  appends: 0,
  largest: 0,
});

/** Brings the view of a slot up to the ledger: from what is known, else from its seal, else from its first append on. */
export const refresh = async (
  { ledger, memory, sealed }: Pick<GroupPorts, 'ledger' | 'memory' | 'sealed'>,
  slot: Slot,
  seal?: Seal,
): Promise<ChainView> => {
  const known = memory.slots.get(slot) ?? (seal && (await sealed?.open(seal)))?.view();
  const { appends } = await ledger.slotAbove(slot, known?.version ?? 0);
  return memory.slots.advance(slot, known, appends);
};

/** The view with what is sealed of these ids in it; of the whole chain, if what was sealed is gone. */
const knowing = async (ports: GroupPorts, slot: Slot, view: ChainView, ids: readonly string[]): Promise<ChainView> => {
  const unknown = view.sealed === undefined ? [] : ids.filter((idHash) => !view.ids.has(idHash));
  if (view.sealed === undefined || unknown.length === 0) return view;
  const chain = await ports.sealed?.open(view.sealed);
  if (chain === undefined) {
    ports.memory.slots.forget(slot);
    return refresh(ports, slot);
  }
  for (const idHash of unknown) {
    const bodyHash = chain.bodyOf(idHash);
    if (bodyHash !== undefined) view.ids.set(idHash, bodyHash);
  }
  return view;
};

/**
 * The next append where lines cancel what the chain counts: the states of all that still counts, from the archive. Answers
 * nothing if the chain is longer than the view: what is not in the view must be judged first.
 */
const restated = async (
  { ledger, archive, clock }: GroupPorts,
  view: ChainView,
  slot: Slot,
  fresh: readonly CanonicalUsage[],
  meters: MeterIndex,
): Promise<NextAppend | undefined> => {
  const { appends: chain } = await ledger.slotAbove(slot, 0);
  if (chain.length !== view.version) return undefined;
  const { lines, counting, cancelled } = restatingLines(view, slot, fresh);
  const entries = countingEntries(chain).filter(({ idHash }) => !cancelled.has(idHash));
  const states = await recomputeStates(entries, archive, meters, counting);
  const append = restatingAppend(view, slot, lines, states, clock.now());
  return { append, bytes: appendBytes(append), rest: fresh.filter((line) => !lines.includes(line)) };
};

/**
 * Appends one slot's lines: one append, or several where they do not fit into one. Every append is under the version after
 * the one that was seen, so whatever it was computed from is what it follows.
 */
export const appendGroup = async (
  ports: GroupPorts,
  group: Group,
  meters: MeterIndex,
  { assumeEmpty, seal, restateUntil }: GroupStart,
): Promise<GroupResult> => {
  const { slot } = group;
  const { ledger, memory, clock } = ports;
  const outcomes = new Map<CanonicalUsage, GroupOutcome>();
  const ids = group.events.flatMap((event) => [event.idHash, cancelledIn(slot, event) ?? []].flat());
  let view = memory.slots.get(slot) ?? (assumeEmpty ? emptyView() : await refresh(ports, slot, seal));
  let [appends, largest, races] = [0, 0, 0];

  for (;;) {
    view = await knowing(ports, slot, view, ids);
    const open = group.events.filter((event) => !outcomes.has(event));
    const verdicts = judge(view, open);
    const fresh = open.filter((_, n) => verdicts[n] === 'new');
    if (fresh.length === 0) {
      for (const [n, event] of open.entries())
        outcomes.set(event, verdicts[n] === 'conflict' ? 'conflict' : 'duplicate');
      return { outcomes, appends, largest };
    }
    const restates = mustRestate(view, slot, fresh);
    if (restates && clock.nowMillis() > restateUntil) {
      return notWritten(group, 'later', 'there are too many slots to state anew in one batch');
    }
    const next = restates
      ? await restated(ports, view, slot, fresh, meters)
      : nextAppend(view, slot, fresh, meters, clock.now());
    if (next !== undefined && (await ledger.putIfAbsent(next.append)) === 'written') {
      // Only now does the memory advance: a write that failed has claimed nothing.
      view = memory.slots.advance(slot, view, [next.append]);
      const written = new Set(next.append.ids.map(({ idHash }) => idHash));
      for (const event of fresh) if (written.has(event.idHash)) outcomes.set(event, 'accepted');
      appends += 1;
      largest = Math.max(largest, next.bytes);
      if (slot.overlay === undefined && isOpen(slot.start, clock.now()))
        memory.unsettled.count(slot.subject, utcDay(slot.start));
      continue;
    }
    races += 1;
    if (races > MAX_RACES) {
      return notWritten(group, 'contended', `other writers were first ${races} times in a row`);
    }
    view = await refresh(ports, slot);
  }
};
