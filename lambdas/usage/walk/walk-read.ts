import { mapBounded } from '../../platform/bounded.ts';
import { shiftDay } from '../ledger/slot.ts';
import type { SettledStore } from '../settle/settled-store.ts';
import { type ChainHead, dayHeadsKey, mergeHeads, readDayHeads } from './chain-heads.ts';
import type { LedgerRoot } from './ledger-root.ts';
import { dayWalker, type KnownDay, type WalkedDay } from './walk-day.ts';
import type { WalkLedger, WalkPage } from './walk-ledger.ts';
import type { WalkObjects } from './walk-objects.ts';
import type { WalkParts } from './walk-parts.ts';
import type { WalkTask } from './walk-plan.ts';
import type { BrokenChain, WalkState } from './walk-state.ts';

/** What reading days needs. */
export type ReadPorts = {
  readonly ledger: WalkLedger;
  readonly settled: Pick<SettledStore, 'heads'>;
  /** The bucket of proofs. */
  readonly proofs: Pick<WalkObjects, 'read'>;
};

/** Tasks whose first page is read at the same time. */
const TASKS_AT_A_TIME = 16;
/** Broken chains that are listed; beyond them they are counted. */
const MOST_BROKEN = 100;

/** The heads that a root has of a day, subject by subject, in order. */
type HeadsOfDay = { readonly day: string; of(subject: string): ChainHead[] };

const headsOfDay = async (ports: ReadPorts, root: LedgerRoot | undefined, day: string): Promise<HeadsOfDay> => {
  const summary = root?.days.find((each) => each.day === day);
  const heads = summary === undefined ? [] : readDayHeads(await ports.proofs.read(dayHeadsKey(summary)), summary);
  const rest = heads[Symbol.iterator]();
  let next = rest.next();
  return {
    day,
    of: (subject) => {
      const own: ChainHead[] = [];
      for (; next.done !== true && next.value.subject <= subject; next = rest.next()) {
        if (next.value.subject === subject) own.push(next.value);
      }
      return own;
    },
  };
};

/** Reads a day's pages from its first one on. */
const walkPages = async (
  ports: ReadPorts,
  known: KnownDay,
  { day, strongly, first }: { readonly day: string; readonly strongly: boolean; readonly first: WalkPage },
  parts: WalkParts,
  relieve: () => Promise<void>,
): Promise<WalkedDay> => {
  const walker = dayWalker(known, parts.take);
  for (let page = first; ; page = await ports.ledger.page(known.subject, day, strongly, page.next)) {
    for (const stored of page.appends) walker.add(stored);
    await relieve();
    if (page.next === undefined) return walker.end();
  }
};

/**
 * Walks one day of a subject. A day that is settled for good is read at half the price first: an answer that is behind what
 * was settled, or does not hang together, is asked for again strongly before a chain is called broken.
 */
const walkTask = async (
  ports: ReadPorts,
  task: WalkTask,
  known: KnownDay,
  first: WalkPage,
  parts: WalkParts,
  relieve: () => Promise<void>,
): Promise<WalkedDay> => {
  const { day, subject, open: strongly = false } = task;
  const walked = await walkPages(ports, known, { day, strongly, first }, parts, relieve);
  if (strongly || walked.broken.length === 0) return walked;
  const heads = [...mergeHeads(known.heads, walked.heads)];
  const again = { day, strongly: true, first: await ports.ledger.page(subject, day, true) };
  const rest = await walkPages(ports, { ...known, heads }, again, parts, relieve);
  return { heads: [...mergeHeads(walked.heads, rest.heads)], broken: rest.broken };
};

/** Broken chains as a walk's state keeps them. */
const withBroken = (state: WalkState, broken: readonly BrokenChain[]): Pick<WalkState, 'broken'> => ({
  broken: [...state.broken, ...broken].slice(0, MOST_BROKEN),
});

/**
 * Reads days from the plan until there is enough to save or time is up, and writes what they brought.
 * @returns the state to be saved.
 */
export const readDays = async (
  ports: ReadPorts,
  {
    state,
    plan,
    root,
  }: { readonly state: WalkState; readonly plan: readonly WalkTask[]; readonly root: LedgerRoot | undefined },
  parts: WalkParts,
  isTimeUp: () => boolean,
): Promise<WalkState> => {
  const { walkId, cursor: saved } = state;
  const broken: BrokenChain[] = [];
  parts.begin();
  let cursor = saved;
  let heads: HeadsOfDay | undefined;
  while (cursor < plan.length && (cursor === saved || !(parts.isFull() || isTimeUp()))) {
    const tasks = plan.slice(cursor, cursor + TASKS_AT_A_TIME);
    const firsts = await mapBounded(tasks, TASKS_AT_A_TIME, async ({ subject, day, open = false }) => {
      // The settled day before the appends: what it was made from is there to be read.
      const [settled] = (await ports.settled.heads(subject, day, shiftDay(day, 1))).days;
      return { settled: settled?.versions ?? {}, page: await ports.ledger.page(subject, day, open) };
    });
    for (const [n, task] of tasks.entries()) {
      const { settled = {}, page = { appends: [] } } = firsts[n] ?? {};
      if (heads?.day !== task.day) heads = await headsOfDay(ports, root, task.day);
      const known = { subject: task.subject, heads: heads.of(task.subject), settled };
      const walked = await walkTask(ports, task, known, page, parts, () => parts.relieve(walkId, saved));
      parts.takeHeads(walked.heads);
      broken.push(...walked.broken);
    }
    cursor += tasks.length;
  }
  const { appends, ids } = await parts.write(walkId, saved);
  const { counts } = state;
  return {
    ...state,
    ...withBroken(state, broken),
    ...(cursor === plan.length ? { stage: 'match', cursor: 0 } : { cursor }),
    counts: {
      ...counts,
      days: counts.days + cursor - saved,
      appends: counts.appends + appends,
      ids: counts.ids + ids,
      broken: counts.broken + broken.length,
    },
  };
};
