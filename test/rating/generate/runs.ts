/** One in so many generated cases is enough where the same code is tested a thousand times over (`npm run mutation`). */
export const SHARE = Number(process.env.MB_AGREEMENT_SHARE ?? '1');

/**
 * So many runs from one seed, so that a change is judged by its own tests and not by luck. `MB_SEED=random` draws another
 * seed each time, `MB_SEED=7` takes that one: how to look further.
 */
export const runs = (numRuns: number): { numRuns: number; seed?: number } => {
  const asked = process.env.MB_SEED ?? '20261126';
  const shared = { numRuns: Math.ceil(numRuns / SHARE) };
  return asked === 'random' ? shared : { ...shared, seed: Number(asked) };
};
