import { shiftDay, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import { type Counted, plus, since, times } from './counted-aws/usage.ts';
import { subjectOf } from './events.ts';
import { FUNCTIONS } from './functions.ts';
import { CALL_LOG_GB } from './lambda.ts';
import { onlySubjects, registerSubjects, registryBytes } from './preparation.ts';
import { MONTH_SECONDS } from './traffic.ts';
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

const DAY_SECONDS = 86_400;

/** It is part of a batch's call. */
export const NO_CALL: Counted = { 'lambda.request': { ingest: -1 }, 'cloudwatch.log': { ingest: -CALL_LOG_GB } };

/**
 * What settling days early costs in a month. A writer does it after so many appends, which takes longer than a sample lasts:
 * so each of the largest accounts, and some of the others, is settled early once, as it is due, and counted as often as it
 * comes. The writer waits as if it did one after another.
 */
export const earlySettles = async ({ usage, lambda, history, workload }: World, oneIn: number): Promise<Counted> => {
  history.earlyIsDue(true);
  const months: Counted[] = [];
  for (let rank = 0; rank < workload.accounts; rank += 1) {
    const seconds = history.earlySeconds(rank);
    if (!isSwept(rank, oneIn, 0) || seconds > DAY_SECONDS) continue;
    const settleEarly = earlyWorker(usage, { subject: subjectOf(rank), day: utcDay(new Date(BEGIN).toISOString()) });
    const before = usage.counted();
    await lambda.call(FUNCTIONS.ingest, settleEarly);
    const counted = plus(since(before, usage.counted()), NO_CALL);
    months.push(times(counted, (MONTH_SECONDS / seconds) * (rank < LARGEST ? 1 : oneIn)));
  }
  history.earlyIsDue(false);
  return plus(...months);
};
