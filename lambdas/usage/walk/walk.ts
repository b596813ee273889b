import { mapBounded } from '../../platform/bounded.ts';
import type { Ids } from '../../platform/ids.ts';
import type { DirtyMarks } from '../ledger/dirty-marks.ts';
import { utcDay } from '../ledger/slot.ts';
import type { Subjects } from '../ledger/subjects.ts';
import { CLOCK_SKEW_MILLIS } from '../ledger/writer-memory.ts';
import { type HeadsPorts, joinHeads, keepRoot, readRoot, type WalkContext } from './walk-heads.ts';
import { type MatchPorts, matchIds } from './walk-match.ts';
import type { WalkObjects } from './walk-objects.ts';
import { padded, planKey, type WalkParts } from './walk-parts.ts';
import { packPlan, tasksOf, unpackPlan } from './walk-plan.ts';
import { type ReadPorts, readDays } from './walk-read.ts';
import type { WalkResult, WalkState, WalkStore, Walks } from './walk-state.ts';

/** What a walk needs. */
export type WalkPorts = ReadPorts &
  HeadsPorts &
  MatchPorts & {
    readonly walks: WalkStore;
    readonly subjects: Pick<Subjects, 'list' | 'walked'>;
    readonly marks: Pick<DirtyMarks, 'marksOf'>;
    readonly objects: WalkObjects;
    readonly proofs: WalkObjects;
    readonly ids: Pick<Ids, 'next'>;
    readonly parts: WalkParts;
    /** Is told of every walk that ends. */
    readonly ended: (result: WalkResult) => void;
    /** Waits so many milliseconds. */
    readonly pause: (millis: number) => Promise<unknown>;
  };

/** What is asked for: a walk that began at `since` or later; with `through`, one that took all days up to that day. */
export type WalkRequest = { readonly since: string; readonly through?: string };

/** How long a run has; `onProgress` is told how far a walk is. */
export type WalkRun = {
  readonly remainingMillis: number;
  readonly onProgress?: (state: WalkState) => Promise<void>;
};

/** A run saves and ends so long before its function's time does. */
const MARGIN_MILLIS = 90_000;
/** Between two looks whether another run has given the turn back. */
const LOOK_MILLIS = 2_000;
const SUBJECTS_AT_A_TIME = 16;

/** Whether a walk that ended is what was asked for. */
const answers = (last: WalkResult | undefined, { since, through }: WalkRequest): last is WalkResult =>
  last !== undefined && last.startedAt >= since && (through === undefined || (last.through ?? '') >= through);

/** Begins a walk: what it reads is decided once, and kept. */
const begin = async (
  ports: WalkPorts,
  last: WalkResult | undefined,
  through: string | undefined,
): Promise<WalkState> => {
  const startedAt = ports.clock.now();
  const number = (last?.number ?? 0) + 1;
  const walkId = `${utcDay(startedAt)}-${padded(number)}`;
  const tasks = await mapBounded(await ports.subjects.list(), SUBJECTS_AT_A_TIME, async (record) => {
    const marked = through === undefined ? [] : (await ports.marks.marksOf(record.subject)).map(({ day }) => day);
    return tasksOf(record, marked, { through, now: startedAt });
  });
  const plan = tasks.flat();
  await ports.objects.put(planKey(walkId), packPlan(plan));
  return {
    format: 1,
    walkId,
    number,
    startedAt,
    ...(through === undefined ? {} : { through }),
    stage: 'read',
    cursor: 0,
    tasks: plan.length,
    counts: { days: 0, appends: 0, ids: 0, findings: 0, broken: 0 },
    broken: [],
  };
};

/** Takes the walked days off their subjects; those with a broken chain stay, so that every walk looks at them again. */
const settlePlan = async (ports: WalkPorts, { plan, state }: WalkContext): Promise<void> => {
  const broken = new Set(state.broken.map(({ subject, start }) => `${subject}#${utcDay(start)}`));
  const isDone = state.counts.broken === state.broken.length;
  const walked = isDone ? plan.filter(({ subject, day }) => !broken.has(`${subject}#${day}`)) : [];
  const bySubject = Map.groupBy(walked, ({ subject }) => subject);
  await mapBounded([...bySubject], SUBJECTS_AT_A_TIME, async ([subject, tasks]) => {
    const tokens = tasks.flatMap(({ day, token }) => (token === undefined ? [] : [[day, token]]));
    if (tokens.length > 0) await ports.subjects.walked(subject, Object.fromEntries(tokens));
  });
};

/** Goes on with a walk until it ends or time is up. Every step ends with a save; a repeat of one writes the same. */
const goOn = async (
  ports: WalkPorts,
  token: string,
  begun: WalkContext,
  run: WalkRun,
  isTimeUp: () => boolean,
): Promise<WalkResult | undefined> => {
  let { state } = begun;
  for (;;) {
    const context = { ...begun, state };
    if (state.stage === 'root') {
      const root = await keepRoot(ports, context);
      await settlePlan(ports, context);
      const { stage: _, cursor: __, tasks: ___, ...said } = state;
      const result: WalkResult = { ...said, root, endedAt: ports.clock.now() };
      ports.ended(result);
      await ports.walks.finish(token, result);
      return result;
    }
    if (state.stage === 'read') state = await readDays(ports, context, ports.parts, isTimeUp);
    else if (state.stage === 'match') state = await matchIds(ports, state, isTimeUp);
    else state = await joinHeads(ports, context);
    await ports.walks.save(token, state);
    await run.onProgress?.(state);
    if (isTimeUp()) return undefined;
  }
};

/** With the turn: ends the walk under way, then begins one that answers the request. */
const walkInTurn = async (
  ports: WalkPorts,
  token: string,
  found: Walks,
  request: WalkRequest,
  run: WalkRun,
  isTimeUp: () => boolean,
): Promise<WalkResult | undefined> => {
  let { state, last } = found;
  while (state !== undefined || !answers(last, request)) {
    if (isTimeUp()) return undefined;
    if (state === undefined) {
      state = await begin(ports, last, request.through);
      await ports.walks.save(token, state);
    }
    const plan = unpackPlan(await ports.objects.read(planKey(state.walkId)));
    const root = last === undefined ? undefined : (await readRoot(ports.proofs, last.number, last.root)).root;
    const ended = await goOn(ports, token, { state, plan, root }, run, isTimeUp);
    if (ended === undefined) return undefined;
    [state, last] = [undefined, ended];
  }
  return last;
};

/**
 * Walks the ledger, or waits for a walk: answers the first one that ended, began at `since` or later and took what was
 * asked for. One run at a time; a walk that another run left is ended first. `later`: time is up, ask again.
 */
export const walkLedger = async (
  ports: WalkPorts,
  request: WalkRequest,
  run: WalkRun,
): Promise<WalkResult | 'later'> => {
  const { clock } = ports;
  const deadline = clock.nowMillis() + run.remainingMillis;
  const isTimeUp = (): boolean => clock.nowMillis() > deadline - MARGIN_MILLIS;
  const token = ports.ids.next();
  for (;;) {
    const until = new Date(deadline + CLOCK_SKEW_MILLIS).toISOString();
    const found = await ports.walks.take(token, clock.now(), until);
    if (found !== undefined) {
      try {
        return (await walkInTurn(ports, token, found, request, run, isTimeUp)) ?? 'later';
      } finally {
        await ports.walks.release(token);
      }
    }
    if (isTimeUp()) return 'later';
    await ports.pause(LOOK_MILLIS);
  }
};
