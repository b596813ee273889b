import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from './faults.ts';
import { simulate } from './simulate.ts';

const SEEDS = 300;

describe('the ledger under faults', () => {
  it(`counts every event exactly once over ${SEEDS} seeds`, { timeout: 180_000 }, async () => {
    const faults = { ...NO_FAULTS };
    const totals = { comparisons: 0, events: 0, spilled: 0, sweeps: 0 };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await simulate(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      });
      for (const kind of Object.keys(faults) as (keyof typeof faults)[]) faults[kind] += report.faults[kind];
      for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += report[name];
    }
    // A simulation in which nothing goes wrong would prove nothing.
    for (const [kind, count] of Object.entries(faults)) expect(count, kind).toBeGreaterThan(SEEDS / 20);
    expect(totals.comparisons).toBeGreaterThan(SEEDS);
    expect(totals.events).toBeGreaterThan(SEEDS * 10);
    expect(totals.spilled).toBeGreaterThan(SEEDS);
    expect(totals.sweeps).toBeGreaterThan(SEEDS * 5);
  });

  it('is the same run for the same seed', async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });
});
