import { shiftDay, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import { DAYS_AT_A_TIME } from '../../lambdas/usage/settle/early-settle.ts';
import { type Counted, plus, since, times, total } from './counted-aws/usage.ts';
import { subjectOf } from './events.ts';
import { FUNCTIONS } from './functions.ts';
import { CALL_LOG_GB } from './lambda.ts';
import { onlySubjects, registerSubjects, registryBytes } from './preparation.ts';
import { DAY_SECONDS, MONTH_SECONDS } from './traffic.ts';
import { earlyWorker, settle } from './workers.ts';
import { BEGIN, type World } from './world.ts';

/** A sweep looks at these accounts each for itself, since they differ: the largest. Of the others it takes a sample. */
export const LARGEST = 16;

/** Whether a sweep of a sample looks at an account. */
export const isSwept = (rank: number, oneIn: number, offset: number): boolean =>
  rank < LARGEST || oneIn === 1 || rank % oneIn === offset % oneIn;

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
  const sample = await run((rank) => rank >= LARGEST && isSwept(rank, oneIn, offset));
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
  history.settledUpTo(shiftDay(today, -1));
  for (const pk of aws.tables('projection').partitions()) aws.tables('projection').forget(pk);
  registerSubjects(aws, workload, shiftDay(today, -1));
  time.set(BEGIN);
  return counted;
};

/** It is part of a batch's call. */
export const NO_CALL: Counted = { 'lambda.request': { ingest: -1 }, 'cloudwatch.log': { ingest: -CALL_LOG_GB } };

/** A count in which so many wait at the same time, and so wait together as long as one. */
const waitingTogether = (counted: Counted, atATime: number): Counted => {
  const spared = total(counted, 'lambda.waited-ms') * (1 - 1 / atATime);
  const gigabytes = FUNCTIONS.ingest.memoryMegabytes / 1_024;
  return plus(counted, {
    'lambda.waited-ms': { ingest: -spared },
    'lambda.arm64': { ingest: (-spared / 1000) * gigabytes },
  });
};

/**
 * What settling days early costs in a month. A writer does it after so many appends, which takes longer than a sample lasts:
 * so each of the largest accounts, and some of the others, is settled early once, as it is due, and counted as often as it
 * comes. Those that one batch settles wait together.
 */
export const earlySettles = async (
  { usage, lambda, history, workload, batchSeconds }: World,
  oneIn: number,
): Promise<Counted> => {
  history.earlyIsDue(true);
  const { result: settleEarly } = await lambda.call(FUNCTIONS.ingest, () => earlyWorker(usage));
  const months: Counted[] = [];
  let perBatch = 0;
  for (let rank = 0; rank < workload.accounts; rank += 1) {
    const seconds = history.earlySeconds(rank);
    if (seconds > DAY_SECONDS) continue;
    perBatch += batchSeconds / seconds;
    if (!isSwept(rank, oneIn, 0)) continue;
    const before = usage.counted();
    await lambda.call(FUNCTIONS.ingest, () => settleEarly(subjectOf(rank), utcDay(new Date(BEGIN).toISOString())));
    const counted = plus(since(before, usage.counted()), NO_CALL);
    months.push(times(counted, (MONTH_SECONDS / seconds) * (rank < LARGEST ? 1 : oneIn)));
  }
  history.earlyIsDue(false);
  return waitingTogether(plus(...months), Math.min(DAYS_AT_A_TIME, Math.max(1, perBatch)));
};
