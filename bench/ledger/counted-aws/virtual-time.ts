import type { Clock } from '../../../lambdas/platform/clock.ts';

/** Time that passes only when everybody waits: an hour of waiting for AWS takes no time here, but is counted. */
export type VirtualTime = Clock & {
  /** Ends when so many milliseconds have passed. */
  wait(millis: number): Promise<void>;
  /** Sets the time; nobody may be waiting. */
  set(millis: number): void;
  /** Runs work to its end and answers, with its result, how many milliseconds it waited, some of it at the same time. */
  run<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly waited: number }>;
};

type Sleeper = { readonly until: number; readonly wake: () => void };

/** Time that begins at an instant, in milliseconds since 1970. */
export const virtualTime = (start: number): VirtualTime => {
  let now = start;
  let sleepers: Sleeper[] = [];
  const everybodyElse = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  /** Somebody waits for the machine's own clock: the SDK before it tries again. */
  const theMachine = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

  const passToNext = (): void => {
    const next = Math.min(...sleepers.map(({ until }) => until));
    if (next === Infinity) return;
    now = Math.max(now, next);
    const due = sleepers.filter(({ until }) => until <= now);
    sleepers = sleepers.filter(({ until }) => until > now);
    for (const { wake } of due) wake();
  };
  return {
    now: () => new Date(now).toISOString(),
    nowMillis: () => now,
    set: (millis) => {
      if (sleepers.length > 0) throw new RangeError('somebody waits');
      now = millis;
    },
    wait: (millis) => new Promise((resolve) => sleepers.push({ until: now + millis, wake: resolve })),
    run: async (work) => {
      const began = now;
      let over = false;
      const running = work().finally(() => {
        over = true;
      });
      // Whoever fails is told of below; until then a failure must not be taken for one that nobody hears of.
      running.catch(() => undefined);
      while (!over) {
        await everybodyElse();
        if (over) break;
        if (sleepers.length === 0) await theMachine();
        else passToNext();
      }
      return { result: await running, waited: now - began };
    },
  };
};
