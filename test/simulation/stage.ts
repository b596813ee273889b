import { type Clock, manualClock } from '../../lambdas/platform/clock.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS } from '../../lambdas/usage/ledger/writer-memory.ts';
import type { Chance } from './chance.ts';
import { type FaultCounts, type FaultKind, type FaultRates, NO_FAULTS } from './faults.ts';
import { fail } from './violation.ts';

/** A process that can die: one sandbox of a function. Frozen between its invocations, as the platform does it. */
export type Process = {
  readonly name: string;
  /** Its own clock, which differs from that of others by less than the product allows for. */
  readonly clock: Clock;
  state: 'running' | 'frozen' | 'dead';
  startedAt: number;
  /** Told when it dies; its code never goes on. */
  onDeath: () => void;
};

/** Thrown to a living process: the call failed, or its answer was lost before or after it took effect. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** Thrown to a living process: the service refused the call; nothing happened. */
class Throttled extends Error {
  override readonly name = 'ProvisionedThroughputExceededException';
}

/**
 * Interleaves processes: every call of a port waits for its turn, and chance says whose turn is next. Before its effect and
 * after it the call may fail, take effect late, lose its answer, or its process may die.
 */
export type Stage = {
  readonly clock: Clock & { advance(millis: number): void };
  /** A new process, frozen until `begin`. */
  process(name: string): Process;
  /** Starts an invocation: what was frozen in the process goes on too. */
  begin(process: Process): void;
  /** Ends an invocation: what it left behind waits for the next one. */
  freeze(process: Process): void;
  /** A port of a process over a real one: each of its functions becomes a call that can go wrong. */
  port<T extends object>(process: Process, real: T): T;
  /** A turn of the platform itself, which does not fail. */
  turn(): Promise<void>;
  /** Runs something at an instant (milliseconds), or as soon as that has passed. */
  at(millis: number, run: () => void): void;
  /** Gives turns, and lets time pass when nobody waits, until nothing is left to do. `between` runs between turns. */
  run(between: () => Promise<void>): Promise<void>;
  /** From now on nothing goes wrong, and each turn takes a few milliseconds. */
  calm(): void;
  readonly faults: FaultCounts;
  steps(): number;
};

/** What the simulated services around the processes work with. */
export type Platform = {
  readonly stage: Stage;
  readonly dice: Chance;
  readonly rates: FaultRates;
  readonly faults: FaultCounts;
};

/** A promise of its own each time: a shared one would keep every dead process in memory. */
const never = (): Promise<never> => new Promise(() => undefined);
/** What a caller gave up may still take effect so long after. */
const IN_FLIGHT_MILLIS = 30_000;
/** A run takes some thousand steps. */
const MAX_STEPS = 60_000;
const HOUR = 3_600_000;
/** Functions of ports that change nothing, and how often they fail in comparison with the others. */
const READS: ReadonlySet<string> = new Set([
  ...['slotAbove', 'day', 'days', 'heads', 'marksOf', 'get', 'list', 'standing', 'history', 'version'],
  ...['overlays', 'pinned', 'places', 'changes', 'lasts', 'of', 'open', 'scalars'],
]);
const SELDOM = 0.1;
/** Functions of ports that are transactions: the client's own second try has the same token, and so the same answer. */
const TRANSACTIONS: ReadonlySet<string> = new Set(['change', 'create', 'resume']);

type Turn = { readonly process: Process | undefined; readonly resume: () => void };
type Timer = { readonly at: number; readonly run: () => void };

/** `pace`: a turn takes up to so many milliseconds. */
export const makeStage = (dice: Chance, start: string, rates: FaultRates, pace: number): Stage => {
  const clock = manualClock(start);
  const faults: FaultCounts = { ...NO_FAULTS };
  const waiting: Turn[] = [];
  const frozen = new Map<Process, Turn[]>();
  const timers: Timer[] = [];
  let [isCalm, steps] = [false, 0];

  const turn = (process?: Process): Promise<void> =>
    new Promise((resume) => {
      const own = process?.state === 'frozen' ? frozen.get(process) : waiting;
      own?.push({ process, resume });
    });
  const strikes = (kind: FaultKind, share = 1): boolean => {
    if (isCalm || !dice.happens(rates[kind] * share)) return false;
    faults[kind] += 1;
    return true;
  };
  const die = (process: Process): void => {
    process.state = 'dead';
    frozen.delete(process);
    process.onDeath();
  };
  const isOver = (process: Process): boolean => clock.nowMillis() - process.startedAt >= LONGEST_RUN_MILLIS;
  const dies = (process: Process, kind: 'diedBefore' | 'diedAfter', share = 1): boolean => {
    if (process.state === 'dead') return true;
    if (isOver(process)) faults.timedOut += 1;
    else if (!strikes(kind, share)) return false;
    die(process);
    return true;
  };
  /** The caller has given up; the call takes effect a little later, or never. */
  const later = async (effect: () => Promise<unknown>): Promise<void> => {
    const until = clock.nowMillis() + IN_FLIGHT_MILLIS;
    await turn();
    if (clock.nowMillis() < until) await effect().catch(() => undefined);
  };
  /** A read leaves nothing behind, so it only fails, and seldom: there are many. */
  const read = async <R>(process: Process, _: string, effect: () => Promise<R>): Promise<R> => {
    await turn(process);
    if (dies(process, 'diedBefore', SELDOM)) return never();
    if (strikes('failed', SELDOM)) throw new NetworkError('the read failed');
    return effect();
  };
  const call = async <R>(process: Process, name: string, effect: () => Promise<R>): Promise<R> => {
    await turn(process);
    if (dies(process, 'diedBefore')) {
      // What was under way may still arrive, but not after the longest run.
      if (!isOver(process) && dice.happens(0.5)) await effect();
      return never();
    }
    if (strikes('throttled')) throw new Throttled('slow down');
    if (strikes('failed')) throw new NetworkError('the call failed');
    if (strikes('lateEffect')) {
      void later(effect);
      throw new NetworkError('the call timed out');
    }
    let result = await effect();
    // The client did not hear the answer and tried again by itself.
    if (!TRANSACTIONS.has(name) && strikes('repeated')) result = await effect();
    if (dies(process, 'diedAfter')) return never();
    if (strikes('lostAnswer')) throw new NetworkError('the answer was lost');
    return result;
  };

  const runDue = (): void => {
    for (let due = timers[0]; due !== undefined && due.at <= clock.nowMillis(); due = timers[0]) {
      timers.shift();
      due.run();
    }
  };
  const giveTurn = (): void => {
    const next = dice.below(waiting.length);
    const chosen = waiting[next];
    const last = waiting.pop();
    if (last !== undefined && next < waiting.length) waiting[next] = last;
    chosen?.resume();
  };
  const passTime = (): void => {
    if (isCalm) clock.advance(dice.below(20));
    else if (strikes('clockJump')) clock.advance(dice.below(30 * HOUR));
    else clock.advance(dice.below(pace));
  };

  return {
    clock,
    faults,
    steps: () => steps,
    process: (name) => {
      // Two clocks differ by at most twice this, which is less than the allowed skew.
      const skew = Math.floor((dice.next() - 0.5) * (CLOCK_SKEW_MILLIS - 2_000));
      const nowMillis = () => clock.nowMillis() + skew;
      const own = { now: () => new Date(nowMillis()).toISOString(), nowMillis };
      const process: Process = { name, clock: own, state: 'frozen', startedAt: 0, onDeath: () => undefined };
      frozen.set(process, []);
      return process;
    },
    begin: (process) => {
      process.state = 'running';
      process.startedAt = clock.nowMillis();
      waiting.push(...(frozen.get(process) ?? []));
      frozen.set(process, []);
    },
    freeze: (process) => {
      if (process.state === 'dead') return;
      process.state = 'frozen';
      const left = waiting.filter((each) => each.process === process);
      if (left.length === 0) return;
      frozen.set(process, left);
      waiting.splice(0, waiting.length, ...waiting.filter((each) => each.process !== process));
    },
    port: (process, real) =>
      Object.fromEntries(
        Object.entries(real).map(([name, run]) => [
          name,
          typeof run === 'function'
            ? (...args: unknown[]) => (READS.has(name) ? read : call)(process, name, async () => run(...args))
            : run,
        ]),
      ) as typeof real,
    turn: () => turn(),
    at: (millis, run) => {
      const place = timers.findIndex((timer) => timer.at > millis);
      timers.splice(place === -1 ? timers.length : place, 0, { at: millis, run });
    },
    run: async (between) => {
      // One round of the event loop lets every resumed process reach its next wait.
      const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
      for (;;) {
        await settle();
        await between();
        const [next] = timers;
        if (waiting.length === 0 && next === undefined) return;
        if (waiting.length === 0 && next !== undefined) clock.advance(Math.max(0, next.at - clock.nowMillis()));
        else {
          steps += 1;
          if (steps > MAX_STEPS) fail('the processes do not come to an end');
          giveTurn();
          passTime();
        }
        runDue();
      }
    },
    calm: () => {
      isCalm = true;
    },
  };
};
