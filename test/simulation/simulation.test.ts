import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const SEEDS = 300;

describe('the ledger under faults', () => {
  it(`counts every event exactly once over ${SEEDS} seeds`, { timeout: 60_000 }, async () => {
    let [deaths, comparisons, appends] = [0, 0, 0];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await simulate(seed);
      deaths += report.deaths;
      comparisons += report.comparisons;
      appends += report.appends;
    }
    // A simulation in which nothing goes wrong would prove nothing.
    expect(deaths).toBeGreaterThan(SEEDS);
    expect(comparisons).toBeGreaterThan(SEEDS);
    expect(appends).toBeGreaterThan(SEEDS * 5);
  });

  it('is the same run for the same seed', async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });
});
