import { shiftDay, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import { type Counted, plus, since, times } from './counted-aws/usage.ts';
import { FUNCTIONS } from './functions.ts';
import { onlySubjects, registerSubjects, registryBytes } from './preparation.ts';
import { settle } from './workers.ts';
import { BEGIN, type World } from './world.ts';

/** A sweep looks at these accounts each for itself, since they differ: the largest. Of the others it takes a sample. */
const LARGEST = 16;

/**
 * Runs one sweep, as the settle function does, over the largest accounts and one in `oneIn` of the others, and answers what
 * a sweep over all of them costs.
 */
export const sampledSweep = async (world: World, oneIn: number, offset: number): Promise<Counted> => {
  const { usage, aws, lambda } = world;
  const run = async (wanted: (rank: number) => boolean): Promise<Counted> => {
    const before = usage.counted();
    await onlySubjects(aws, wanted, async () => {
      await lambda.call(FUNCTIONS.settle, settle);
    });
    return since(before, usage.counted());
  };
  if (oneIn === 1) return run(() => true);
  const largest = await run((rank) => rank < LARGEST);
  const sample = await run((rank) => rank >= LARGEST && rank % oneIn === offset % oneIn);
  // Each sweep reads the whole registry, once, and is one call.
  const registry = { 'dynamodb.read': { 'settle sweeps': registryBytes(aws) / 4096 } };
  const onceOnly = { 'lambda.request': { settle: -oneIn } };
  return plus(largest, times(sample, oneIn), registry, onceOnly);
};

/** What settling yesterday for good costs, for all accounts: the sweep that runs when all its slots are covered. */
export const midnight = async (world: World, oneIn: number): Promise<Counted> => {
  const { aws, time, workload, history } = world;
  const today = utcDay(new Date(BEGIN).toISOString());
  time.set(Date.parse(`${today}T00:50:00.000Z`));
  history.settledUpTo(shiftDay(today, -2));
  registerSubjects(aws, workload, shiftDay(today, -2));
  const counted = await sampledSweep(world, oneIn, 0);
  history.settledUpTo(today);
  for (const pk of aws.tables('projection').partitions()) aws.tables('projection').forget(pk);
  registerSubjects(aws, workload, shiftDay(today, -1));
  time.set(BEGIN);
  return counted;
};
