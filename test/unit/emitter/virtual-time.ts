import type { Clock } from '../../../emitter/types.ts';

type Timer = { readonly at: number; readonly order: number; readonly run: () => void };

/** A clock whose timers run when a test says so, in the order of their time. */
export type VirtualTime = Clock & {
  /** Lets everything that follows from promises happen. */
  settle(): Promise<void>;
  /** Runs the next timer. Answers whether there was one. */
  step(): Promise<boolean>;
  /** Runs all timers of so many milliseconds. */
  pass(millis: number): Promise<void>;
  /** A promise of that time having passed. */
  sleep(millis: number): Promise<void>;
};

/** A task of the event loop runs after all promises that are ready. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const virtualTime = (): VirtualTime => {
  const timers = new Set<Timer>();
  let now = 1_000_000;
  let order = 0;
  const after: Clock['after'] = (millis, run) => {
    order += 1;
    const timer = { at: now + Math.max(0, millis), order, run };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const next = (): Timer | undefined => [...timers].sort((a, b) => a.at - b.at || a.order - b.order)[0];
  const fire = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    now = timer.at;
    timer.run();
    await settle();
  };
  return {
    nowMillis: () => now,
    after,
    settle,
    step: async () => {
      await settle();
      const timer = next();
      if (timer) await fire(timer);
      return timer !== undefined;
    },
    pass: async (millis) => {
      const until = now + millis;
      await settle();
      for (let timer = next(); timer !== undefined && timer.at <= until; timer = next()) await fire(timer);
      now = until;
    },
    sleep: (millis) => new Promise((resolve) => void after(millis, resolve)),
  };
};
