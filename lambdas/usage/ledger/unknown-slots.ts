import type { Interval } from '../../platform/period.ts';
import type { Group, GroupPorts } from './append-group.ts';
import type { Seal } from './seal.ts';
import { isOpen, SLOT_MILLIS, slotText, utcDay } from './slot.ts';

/**
 * Unknown slots of a day are read by one query when they are so many, and at least one of so many slots on the way: an
 * append is about a quarter of what one read unit holds, so even where all of them exist it costs little more.
 */
const TOGETHER = 3;
const ONE_OF = 8;

/** The time from the first to the last slot of some groups, which are in order; none for none. */
const stretchOf = (groups: readonly Group[]): Interval | undefined => {
  const [first, last] = [groups[0]?.slot, groups.at(-1)?.slot];
  if (first === undefined || last === undefined) return undefined;
  return { from: first.start, to: new Date(Date.parse(last.start) + SLOT_MILLIS).toISOString() };
};

/** The seals of slots of one day that are not open any more. */
export const sealsOf = async (
  { sealed, clock }: GroupPorts,
  groups: readonly Group[],
): Promise<ReadonlyMap<string, Seal>> => {
  const now = clock.now();
  const quiet = groups.filter(({ slot }) => slot.overlay === undefined && !isOpen(slot.start, now));
  const stretch = stretchOf(quiet);
  if (stretch === undefined || sealed === undefined) return new Map();
  const seals = await sealed.of(quiet[0]?.slot.subject ?? '', stretch);
  return new Map(seals.map((seal) => [seal.start, seal]));
};

/** A worker that wakes to a backlog knows nothing: it reads a stretch of unknown slots of a day at once. */
export const readTogether = async ({ ledger, memory }: GroupPorts, unknown: readonly Group[]): Promise<void> => {
  const stretch = stretchOf(unknown);
  const [subject, start] = [unknown[0]?.slot.subject ?? '', unknown[0]?.slot.start ?? ''];
  if (stretch === undefined || unknown.length < TOGETHER) return;
  if ((Date.parse(stretch.to) - Date.parse(stretch.from)) / SLOT_MILLIS > unknown.length * ONE_OF) return;
  const { appends, overlays } = await ledger.day(subject, utcDay(start), stretch);
  const chains = Map.groupBy([...appends, ...overlays], ({ slot }) => slotText(slot));
  for (const { slot } of unknown) memory.slots.advance(slot, undefined, chains.get(slotText(slot)) ?? []);
};
