import { mapBounded } from '../../platform/bounded.ts';
import type { Ids } from '../../platform/ids.ts';
import type { CanonicalUsage, Slot } from '../types.ts';
import {
  appendGroup,
  type FailedGroup,
  type Group,
  type GroupPorts,
  type GroupResult,
  type GroupStart,
  refresh,
} from './append-group.ts';
import type { DirtyMarks } from './dirty-marks.ts';
import { isInTwo, isOfBackfill, otherSlot, overtaken, partElsewhere } from './elsewhere.ts';
import type { MeterIndex } from './meter-states.ts';
import { type OverlayStatus, placeText, type TouchedDays } from './overlays.ts';
import type { Seal } from './seal.ts';
import { isOpen, shiftDay, slotText, utcDay } from './slot.ts';
import type { Subjects } from './subjects.ts';
import { readTogether, sealsOf } from './unknown-slots.ts';

/** What appending needs. `memory` lives as long as the worker. */
export type AppendPorts = GroupPorts & {
  readonly marks: DirtyMarks;
  readonly subjects: Subjects;
  /** Asked only for lines of backfills. */
  readonly touched: TouchedDays;
  /** How backfills stand, asked between the two parts of their replacements. Absent: as when they were looked at before. */
  readonly backfills?: Pick<OverlayStatus, 'overlays'>;
  readonly ids: Ids;
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
/** A batch states slots anew for so long; one that is begun is finished. Then others come first. */
const RESTATE_MILLIS = 10_000;

/** A group on its way: to be appended, or what already went wrong before. */
type Task = { readonly group: Group } & (Omit<GroupStart, 'restateUntil'> | { readonly error: unknown });

const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
]);

const failedBy = (group: Group, error: unknown): GroupResult => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const reason = THROTTLES.has(name) ? 'throttled' : 'failed';
  return {
    outcomes: new Map(),
    failure: { ...group, reason, message: `${name}: ${message}` },
    appends: 0,
    largest: 0,
  };
};

const groupsOf = (events: readonly CanonicalUsage[], slotIn: (event: CanonicalUsage) => Slot): Group[] =>
  [...Map.groupBy(events, (event) => slotText(slotIn(event)))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => (group[0] === undefined ? [] : { slot: slotIn(group[0]), events: group }));

/**
 * Does what must be done before the appends of a subject: register it, mark the days of slots that are not open, and note
 * which days backfills touch. What is in an overlay counts nothing yet, so it needs no mark.
 */
const prepare = async (
  { subjects, marks, touched, memory, clock, ids }: AppendPorts,
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
  const isLate = ({ start, overlay }: Slot): boolean => overlay === undefined && !isOpen(start, now);
  const late = slots.filter((slot) => isLate(slot) && !memory.marks.holds(subject, slot.start, clock.nowMillis()));
  const places = slots.flatMap(({ start, overlay }) =>
    overlay === undefined ? [] : [{ backfill: overlay, subject, day: utcDay(start) }],
  );
  const untouched = places.filter((place) => !memory.touched.has(placeText(place)));
  for (const [text, [place]] of Map.groupBy(untouched, placeText)) {
    if (place !== undefined) await touched.touch(place);
    memory.touched.add(text);
  }
  await Promise.all(
    [...Map.groupBy(late, ({ start }) => utcDay(start))].map(async ([day, own]) => {
      const starts = [...new Set(own.map(({ start }) => start))];
      await marks.mark({ subject, day, at: now, token: ids.next(), slots: starts });
      for (const start of starts) memory.marks.note(subject, start, Date.parse(now));
    }),
  );
};

/**
 * Appends groups of any slots, each for itself: one that fails does not hold up the others. `mayBeNew`: slots later than
 * any that was seen of their subject are probably empty, and are not read first.
 */
const appendGroups = async (
  ports: AppendPorts,
  groups: readonly Group[],
  meters: MeterIndex,
  { restateUntil, mayBeNew }: { readonly restateUntil: number; readonly mayBeNew: boolean },
): Promise<GroupResult[]> => {
  const bySubject = [...Map.groupBy(groups, ({ slot }) => slot.subject)];
  const work = await mapBounded(bySubject, CONCURRENCY, async ([subject, own]): Promise<Task[]> => {
    const byDay = [...Map.groupBy(own, ({ slot }) => utcDay(slot.start))];
    // What the memory has seen of the subject before this batch: later slots are probably new.
    const newest = ports.memory.newestSlot.get(subject);
    const assumeEmpty = ({ slot }: Group): boolean =>
      mayBeNew && slot.overlay === undefined && newest !== undefined && slot.start > newest;
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
        const seals = await sealsOf(ports, unknown);
        // Between two slots of a heavy day lie chains that nobody should read.
        if (seals.size === 0) await readTogether(ports, unknown);
        const sealOf = ({ slot }: Group): Seal | undefined =>
          slot.overlay === undefined ? seals.get(slot.start) : undefined;
        tasks.push(...inDay.map((group) => ({ group, assumeEmpty: assumeEmpty(group), seal: sealOf(group) })));
      } catch (error) {
        tasks.push(...inDay.map((group) => ({ group, error })));
      }
    }
    return tasks;
  });
  return mapBounded(work.flat(), CONCURRENCY, async (task) => {
    const { group } = task;
    if ('error' in task) return failedBy(group, task.error);
    try {
      const { assumeEmpty, seal } = task;
      const result = await appendGroup(ports, group, meters, { assumeEmpty, seal, restateUntil });
      if (group.slot.overlay === undefined) ports.memory.newestSlot.raise(group.slot.subject, group.slot.start);
      return result;
    } catch (error) {
      // The answer may be lost while the write is not: what the memory knew is no longer sure.
      ports.memory.slots.forget(group.slot);
      return failedBy(group, error);
    }
  });
};

const ownSlot = ({ slot }: CanonicalUsage): Slot => slot;

type Outcomes = Map<CanonicalUsage, EventOutcome>;

const take = (outcomes: Outcomes, results: readonly GroupResult[]): void => {
  for (const result of results) {
    for (const [event, outcome] of result.outcomes) outcomes.set(event, outcome);
    for (const event of result.failure?.events ?? []) if (!result.outcomes.has(event)) outcomes.set(event, 'unwritten');
  }
};

/** The lines whose own chain does not know their id with another body, nor meets it so in the batch before. */
const unopposed = async (
  ports: AppendPorts,
  lines: readonly CanonicalUsage[],
  batch: readonly CanonicalUsage[],
): Promise<CanonicalUsage[]> => {
  const placeOf = ({ slot, idHash }: CanonicalUsage): string => `${slotText(slot)} ${idHash}`;
  const first = new Map(batch.toReversed().map((event) => [placeOf(event), event.bodyHash]));
  const bodies = await mapBounded(lines, CONCURRENCY, async (line) => {
    const view = ports.memory.slots.get(line.slot) ?? (await refresh(ports, line.slot));
    return view.ids.get(line.idHash) ?? first.get(placeOf(line));
  });
  return lines.filter(({ bodyHash }, n) => bodies[n] === bodyHash);
};

/**
 * Appends a batch of canonical usage to the ledger: groups by slot, one conditional put per group, no transaction and no
 * write per event. A replacement of an event in another slot is appended there too, as a line that only cancels; it is done
 * when both are. That comes once it counts in its own slot; of a backfill before, because what is sealed between the two is
 * refused, and must not count then: days are fixed one after another, so its own part follows only while the backfill is
 * seen to be open, and all of its days will be fixed later. Never throws for a group: what could not be written is in
 * `failed`.
 */
export const appendBatch = async (
  ports: AppendPorts,
  events: readonly CanonicalUsage[],
  meters: MeterIndex,
): Promise<AppendBatchResult> => {
  const outcomes: Outcomes = new Map();
  const results: GroupResult[] = [];
  const restateUntil = ports.clock.nowMillis() + RESTATE_MILLIS;
  const keep = (done: readonly GroupResult[]): void => {
    results.push(...done);
    take(outcomes, done);
  };
  const appendElsewhere = async (lines: readonly CanonicalUsage[]): Promise<void> => {
    const parts = lines.map(partElsewhere);
    keep(await appendGroups(ports, groupsOf(parts, otherSlot), meters, { restateUntil, mayBeNew: false }));
    for (const [n, part] of parts.entries()) {
      const [line, outcome] = [lines[n], outcomes.get(part)];
      if (line !== undefined) outcomes.set(line, outcome ?? 'unwritten');
    }
  };
  const inTwo = events.filter(isInTwo);
  const first = inTwo.filter(isOfBackfill);
  try {
    await appendElsewhere(await unopposed(ports, first, events));
    for (const line of await overtaken(first, ports.backfills)) outcomes.set(line, 'unwritten');
  } catch (error) {
    keep(groupsOf(first, ownSlot).map((group) => failedBy(group, error)));
  }
  const own = events.filter((event) => outcomes.get(event) !== 'unwritten');
  keep(await appendGroups(ports, groupsOf(own, ownSlot), meters, { restateUntil, mayBeNew: true }));
  const isDone = (event: CanonicalUsage): boolean => ['accepted', 'duplicate'].includes(outcomes.get(event) ?? '');
  await appendElsewhere(inTwo.filter((event) => !isOfBackfill(event) && isDone(event)));
  return {
    outcomes: events.map((event) => outcomes.get(event) ?? 'unwritten'),
    failed: results.flatMap(({ failure }) => failure ?? []),
    appends: results.reduce((total, { appends }) => total + appends, 0),
    largestBytes: Math.max(0, ...results.map(({ largest }) => largest)),
  };
};
