import type { Usage } from './given.ts';
import { NOTHING, Rational } from './rational.ts';

/** A change of a level: by how much, and how much of that is charged where somebody said so. */
export type Change = { readonly at: string; readonly by: Rational; readonly prorated?: Rational };

/**
 * The changes of the level that some rows have together, in the order of time. What changes at one instant is one change:
 * a seat that goes from one account to another was never one seat more. What has its own charged share stays by itself.
 */
export const changesOf = (rows: readonly Usage[]): Change[] => {
  const all = rows.flatMap((row) => row.changes ?? []);
  const instants = [...new Set(all.map(({ at }) => at))].toSorted((a, b) => (a < b ? -1 : 1));
  return instants.flatMap((at): Change[] => {
    const now = all.filter((change) => change.at === at);
    const timed = now.filter(({ prorated }) => prorated === undefined);
    const by = timed.reduce((sum, change) => sum.plus(Rational.of(change.by)), NOTHING);
    const single = now.flatMap((change) =>
      change.prorated === undefined ? [] : [{ at, by: Rational.of(change.by), prorated: Rational.of(change.prorated) }],
    );
    return timed.length === 0 ? single : [{ at, by }, ...single];
  });
};

/** The level from each change on. */
export const levelsOf = (changes: readonly Change[]): Rational[] => {
  let level = NOTHING;
  return changes.map(({ by }) => {
    level = level.plus(by);
    return level;
  });
};
