import type { Chance } from './chance.ts';

/** A process that can die: a writer or a settler. */
export type Process = { readonly name: string; dead: boolean; startedAt: number };

/** Thrown to a living process: the call failed, or its answer was lost after it took effect. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** How often what goes wrong, per call. */
export type Faults = { readonly fails: number; readonly loses: number; readonly dies: number };

/**
 * Interleaves processes: every call of a port waits for its turn before and after its effect, and chance says whose turn
 * is next. At each of these places the call may fail, lose its answer, or its process may die.
 */
export type World = {
  /** A port of a process over a real one: each of its functions becomes a call that can go wrong. */
  port<T extends object>(process: Process, real: T): T;
  /** Gives turns until nobody waits any more. `between` runs between turns, atomically. */
  run(between: () => Promise<void>): Promise<void>;
  /** Switches faults off. */
  calm(): void;
};

/** A promise of its own each time: a shared one would keep every dead process in memory. */
const never = (): Promise<never> => new Promise(() => undefined);
/** What is under way when a process dies may still arrive, but not after its longest run. */
const LONGEST_RUN = 15 * 60_000;

/** A run takes some thousand steps. */
const MAX_STEPS = 50_000;

/** `onDeath` is told when a process dies; its code never goes on. */
export const world = (
  dice: Chance,
  faults: Faults,
  nowMillis: () => number,
  onDeath: (process: Process) => void,
): World => {
  let waiting: (() => void)[] = [];
  let calm = false;
  const turn = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));

  const dies = (process: Process): boolean => {
    const tooLong = nowMillis() - process.startedAt >= LONGEST_RUN;
    if (!process.dead && (tooLong || (!calm && dice.happens(faults.dies)))) {
      process.dead = true;
      onDeath(process);
    }
    return process.dead;
  };
  const call = async <R>(process: Process, effect: () => Promise<R>): Promise<R> => {
    await turn();
    if (dies(process)) {
      const arrives = nowMillis() - process.startedAt < LONGEST_RUN && dice.happens(0.5);
      if (arrives) await effect();
      return never();
    }
    if (!calm && dice.happens(faults.fails)) throw new NetworkError('the call failed');
    const result = await effect();
    await turn();
    if (dies(process)) return never();
    if (!calm && dice.happens(faults.loses)) throw new NetworkError('the answer was lost');
    return result;
  };
  return {
    port: (process, real) =>
      Object.fromEntries(
        Object.entries(real).map(([name, run]) => [
          name,
          (...args: unknown[]) => call(process, () => (run as (...given: unknown[]) => Promise<unknown>)(...args)),
        ]),
      ) as typeof real,
    run: async (between) => {
      // One round of the event loop lets every resumed process reach its next wait.
      const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
      await settle();
      for (let steps = 0; waiting.length > 0; steps += 1) {
        if (steps > MAX_STEPS) throw new Error('the processes do not come to an end');
        const next = dice.below(waiting.length);
        const resume = waiting[next];
        waiting = waiting.filter((_, n) => n !== next);
        resume?.();
        await settle();
        await between();
      }
    },
    calm: () => {
      calm = true;
    },
  };
};
