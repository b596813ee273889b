import fc from 'fast-check';
import { expect, it } from 'vitest';
import { caseOf, type Mode } from './case.ts';
import { drawOf } from './draw.ts';
import { runs, SHARE } from './runs.ts';
import { differenceIn } from './same.ts';

/**
 * A test that the rating library and the oracle agree on so many generated cases: on every line and its amount, on what
 * passes to the next period, on what wallets pay, and on what cannot be rated. The cases are those of the seed, unless
 * `MB_SEED` asks for others. When they differ, the message is the smallest case found, with both arithmetics.
 */
export const agreeOn = (numRuns: number, mode: Mode, seed: number): void => {
  it(`agree on ${numRuns.toLocaleString('en-US')} generated cases (${mode})`, {
    timeout: 120_000,
  }, () => {
    const agree = fc.property(fc.gen(), (gen) => {
      const draw = drawOf(gen);
      const difference = differenceIn(caseOf(draw, mode), draw.onceIn(3));
      if (difference !== undefined) throw new Error(difference);
    });
    const checked = fc.check(agree, { ...runs(numRuns, seed), endOnFailure: SHARE > 1 });
    const { errorInstance: error, failed } = checked;
    expect(failed ? `${error instanceof Error ? error.message : error}\nseed ${checked.seed}` : '').toBe('');
  });
};
