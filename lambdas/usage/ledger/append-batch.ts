import { mapBounded } from '../../platform/bounded.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Ids } from '../../platform/ids.ts';
import type { CanonicalUsage, Slot } from '../types.ts';
import { type ChainView, emptyView, judge, nextAppend } from './append.ts';
import type { DirtyMarks } from './dirty-marks.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { MeterIndex } from './meter-states.ts';
import { isOpen, SLOT_MILLIS, shiftDay, slotText, utcDay } from './slot.ts';
import type { Subjects } from './subjects.ts';
import type { WriterMemory } from './writer-memory.ts';

/** What appending needs. `memory` lives as long as the worker. */
export type AppendPorts = {
  readonly ledger: LedgerStore;
  readonly marks: DirtyMarks;
  readonly subjects: Subjects;
  readonly memory: WriterMemory;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** Events of one slot that could not be appended now; to be spilled and tried again. They may have been, in part. */
export type FailedGroup = {
  readonly slot: Slot;
  readonly events: readonly CanonicalUsage[];
  readonly reason: 'contended' | 'throttled' | 'failed';
  readonly message: string;
};

/** What became of an event. `unwritten`: its group is in `failed`, nothing is known. */
export type EventOutcome = 'accepted' | 'duplicate' | 'conflict' | 'unwritten';

export type AppendBatchResult = {
  /** Per event, in the order of the events. */
  readonly outcomes: readonly EventOutcome[];
  /** The groups of the `unwritten` events. */
  readonly failed: readonly FailedGroup[];
  /** Appends written, and the bytes of the largest. */
  readonly appends: number;
  readonly largestBytes: number;
};

/** How many slots are written at a time. */
const CONCURRENCY = 32;
/** How often a slot's race may be lost before its group is given back. */
const MAX_RACES = 8;
/**
 * Unknown slots of a day are read by one query when they are so many, and at least one of so many slots on the way: an
 * append is about a quarter of what one read unit holds, so even where all of them exist it costs little more.
 */
const TOGETHER = 3;
const ONE_OF = 8;

type Group = { readonly slot: Slot; readonly events: readonly CanonicalUsage[] };
/** A group on its way: to be appended, or what already went wrong before. */
type Task = { readonly group: Group } & ({ readonly assumeEmpty: boolean } | { readonly error: unknown });
type GroupResult = {
  readonly outcomes: ReadonlyMap<CanonicalUsage, EventOutcome>;
  readonly failure?: FailedGroup;
  readonly appends: number;
  readonly largest: number;
};

const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

const failed = (group: Group, reason: FailedGroup['reason'], message: string): GroupResult => ({
  outcomes: new Map(),
  failure: { ...group, reason, message },
  appends: 0,
  largest: 0,
});

const failedBy = (group: Group, error: unknown): GroupResult => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return failed(group, THROTTLES.has(name) ? 'throttled' : 'failed', `${name}: ${message}`);
};

const groupsOf = (events: readonly CanonicalUsage[]): Group[] =>
  [...Map.groupBy(events, ({ slot }) => slotText(slot))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => (group[0] === undefined ? [] : { slot: group[0].slot, events: group }));

/** Brings the view of a slot up to the ledger. */
const refresh = async ({ ledger, memory }: AppendPorts, slot: Slot): Promise<ChainView> => {
  const known = memory.slots.get(slot);
  const { appends } = await ledger.slotAbove(slot, known?.version ?? 0);
  return memory.slots.advance(slot, known, appends);
};

/** A worker that wakes to a backlog knows nothing: it reads a stretch of unknown slots of a day at once. */
const readTogether = async ({ ledger, memory }: AppendPorts, unknown: readonly Group[]): Promise<void> => {
  const [first, last] = [unknown[0]?.slot, unknown.at(-1)?.slot];
  if (first === undefined || last === undefined || unknown.length < TOGETHER) return;
  const end = Date.parse(last.start) + SLOT_MILLIS;
  if ((end - Date.parse(first.start)) / SLOT_MILLIS > unknown.length * ONE_OF) return;
  const stretch = { from: first.start, to: new Date(end).toISOString() };
  const { appends } = await ledger.day(first.subject, utcDay(first.start), stretch);
  const chains = Map.groupBy(appends, ({ slot }) => slot.start);
  for (const { slot } of unknown) memory.slots.advance(slot, undefined, chains.get(slot.start) ?? []);
};

/** Appends one slot's events: one append, or several where they do not fit into one. */
const appendGroup = async (
  ports: AppendPorts,
  group: Group,
  meters: MeterIndex,
  assumeEmpty: boolean,
): Promise<GroupResult> => {
  const { slot } = group;
  const { ledger, memory, clock } = ports;
  const outcomes = new Map<CanonicalUsage, EventOutcome>();
  let view = memory.slots.get(slot) ?? (assumeEmpty ? emptyView() : await refresh(ports, slot));
  let [appends, largest, races] = [0, 0, 0];

  for (;;) {
    const open = group.events.filter((event) => !outcomes.has(event));
    const verdicts = judge(view, open);
    const fresh = open.filter((_, n) => verdicts[n] === 'new');
    if (fresh.length === 0) {
      for (const [n, event] of open.entries())
        outcomes.set(event, verdicts[n] === 'conflict' ? 'conflict' : 'duplicate');
      return { outcomes, appends, largest };
    }
    const { append, bytes } = nextAppend(view, slot, fresh, meters, clock.now());
    if ((await ledger.putIfAbsent(append)) === 'written') {
      // Only now does the memory advance: a write that failed has claimed nothing.
      view = memory.slots.advance(slot, view, [append]);
      const written = new Set(append.ids.map(({ idHash }) => idHash));
      for (const event of fresh) if (written.has(event.idHash)) outcomes.set(event, 'accepted');
      appends += 1;
      largest = Math.max(largest, bytes);
      if (isOpen(slot.start, clock.now())) memory.unsettled.count(slot.subject, utcDay(slot.start));
      continue;
    }
    races += 1;
    if (races > MAX_RACES) return failed(group, 'contended', `other writers were first ${races} times in a row`);
    view = await refresh(ports, slot);
  }
};

/** Does what must be done before the appends of a subject: register it, and mark the days of slots that are not open. */
const prepare = async (
  { subjects, marks, memory, clock, ids }: AppendPorts,
  subject: string,
  slots: readonly Slot[],
): Promise<void> => {
  const now = clock.now();
  if (!memory.registered.has(subject)) {
    // Slots of yesterday may be open. Who registers a subject speaks also for a writer that took a slot for open a little
    // before, and whose own registration changes nothing any more.
    await subjects.register({ subject, firstSeenAt: now, watchedFrom: shiftDay(utcDay(now), -1) });
    memory.registered.add(subject);
  }
  const late = new Set(slots.filter(({ start }) => !isOpen(start, now)).map(({ start }) => utcDay(start)));
  await Promise.all(
    [...late]
      .filter((day) => !memory.marks.holds(subject, day, clock.nowMillis()))
      .map(async (day) => {
        await marks.mark({ subject, day, at: now, token: ids.next() });
        memory.marks.note(subject, day, Date.parse(now));
      }),
  );
};

/**
 * Appends a batch of canonical usage to the ledger: groups by (subject, slot), one conditional put per group, no
 * transaction and no write per event. Never throws for a group: what could not be written is in `failed`.
 */
export const appendBatch = async (
  ports: AppendPorts,
  events: readonly CanonicalUsage[],
  meters: MeterIndex,
): Promise<AppendBatchResult> => {
  const groups = groupsOf(events);
  const bySubject = [...Map.groupBy(groups, ({ slot }) => slot.subject)];
  const work = await mapBounded(bySubject, CONCURRENCY, async ([subject, own]): Promise<Task[]> => {
    const byDay = [...Map.groupBy(own, ({ slot }) => utcDay(slot.start))];
    // What the memory has seen of the subject before this batch: later slots are probably new.
    const newest = ports.memory.newestSlot.get(subject);
    const assumeEmpty = ({ slot }: Group): boolean => newest !== undefined && slot.start > newest;
    const tasks: Task[] = [];
    try {
      await prepare(
        ports,
        subject,
        own.map(({ slot }) => slot),
      );
    } catch (error) {
      return own.map((group) => ({ group, error }));
    }
    for (const [, inDay] of byDay) {
      const unknown = inDay.filter((group) => !assumeEmpty(group) && ports.memory.slots.get(group.slot) === undefined);
      try {
        await readTogether(ports, unknown);
        tasks.push(...inDay.map((group) => ({ group, assumeEmpty: assumeEmpty(group) })));
      } catch (error) {
        tasks.push(...inDay.map((group) => ({ group, error })));
      }
    }
    return tasks;
  });
  const results = await mapBounded(work.flat(), CONCURRENCY, async (task) => {
    const { group } = task;
    if ('error' in task) return failedBy(group, task.error);
    try {
      const result = await appendGroup(ports, group, meters, task.assumeEmpty);
      ports.memory.newestSlot.raise(group.slot.subject, group.slot.start);
      return result;
    } catch (error) {
      // The answer may be lost while the write is not: what the memory knew is no longer sure.
      ports.memory.slots.forget(group.slot);
      return failedBy(group, error);
    }
  });

  const outcomes = new Map(results.flatMap((result) => [...result.outcomes]));
  return {
    outcomes: events.map((event) => outcomes.get(event) ?? 'unwritten'),
    failed: results.flatMap(({ failure }) => failure ?? []),
    appends: results.reduce((total, { appends }) => total + appends, 0),
    largestBytes: Math.max(0, ...results.map(({ largest }) => largest)),
  };
};
