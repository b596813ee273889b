import { clock } from '../clock.ts';

/** How long each step of the demo took, in the order they ran. */
export type Timing = { readonly step: string; readonly seconds: number };

/** Runs named steps, says what happens while it happens, and remembers how long each took. */
export type Progress = {
  step<T>(name: string, run: (note: (text: string) => void) => Promise<T>): Promise<T>;
  readonly timings: readonly Timing[];
};

const seconds = (millis: number): number => Math.round(millis / 100) / 10;

/**
 * Progress for people: a line when a step starts, notes under it, a line with its time when it ends. In a terminal and
 * without one the same lines appear, so that a log reads like the screen.
 */
export const makeProgress = (write: (line: string) => void): Progress => {
  const timings: Timing[] = [];
  return {
    timings,
    step: async (name, run) => {
      const started = clock.nowMillis();
      write(`▸ ${name}`);
      const result = await run((text) => write(`    ${text}`));
      const taken = seconds(clock.nowMillis() - started);
      timings.push({ step: name, seconds: taken });
      write(`  ✓ ${taken.toFixed(1)} s`);
      return result;
    },
  };
};

/** Asks again and again until there is an answer. @throws {Error} naming what was waited for after `limitSeconds`. */
export const until = async <T>(
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined>,
  pauseMillis: number | (() => number) = 500,
): Promise<T> => {
  const started = clock.nowMillis();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.nowMillis() - started > limitSeconds * 1000)
      throw new Error(`waited ${limitSeconds} s in vain for ${what}`);
    const millis = typeof pauseMillis === 'number' ? pauseMillis : pauseMillis();
    await new Promise((resolve) => setTimeout(resolve, millis));
  }
};
