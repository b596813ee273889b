/**
 * So many runs from one seed, so that a change is judged by its own tests and not by luck. `MB_SEED=random` draws another
 * seed each time, `MB_SEED=7` takes that one: how to look further.
 */
export const runs = (numRuns: number): { numRuns: number; seed?: number } => {
  const asked = process.env.MB_SEED ?? '20261126';
  return asked === 'random' ? { numRuns } : { numRuns, seed: Number(asked) };
};
