import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { simulate } from './simulate.ts';
import { Violation } from './violation.ts';

const SEEDS = 200;

/** The first seed at which a mutant is found, and how. */
const found = async (make: (typeof MUTANTS)[string]): Promise<{ readonly seed: number; readonly error: unknown }> => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    try {
      await simulate(seed, make());
    } catch (error) {
      return { seed, error };
    }
  }
  return { seed: Number.POSITIVE_INFINITY, error: undefined };
};

describe('the simulation finds deliberate bugs', () => {
  it.each(Object.entries(MUTANTS))('%s', { timeout: 120_000 }, async (name, make) => {
    const { seed, error } = await found(make);
    expect(error).toBeInstanceOf(Violation);
    const [message] = (error as Violation).message.split('\n');
    console.info(`${name}: found at seed ${seed} (${message})`);
  });
});
