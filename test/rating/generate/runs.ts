/** One in so many generated cases is enough where the same code is tested a thousand times over (`npm run mutation`). */
export const SHARE = Number(process.env.MB_AGREEMENT_SHARE ?? '1');

/**
 * So many runs from one seed, so that a change is judged by its own tests and not by luck. `MB_SEED=random` draws another
 * seed each time, `MB_SEED=7` takes that one: how to look further.
 * @param own the seed of these tests, where they have one of their own.
 */
export const runs = (numRuns: number, own = 20_261_126): { numRuns: number; seed?: number } => {
  const asked = process.env.MB_SEED ?? `${own}`;
  const shared = { numRuns: Math.ceil(numRuns / SHARE) };
  return asked === 'random' ? shared : { ...shared, seed: Number(asked) };
};
