import { zipf } from './chance.ts';
import { type Counted, since, total } from './counted-aws/usage.ts';
import { emptyLedger } from './filling.ts';
import { FUNCTIONS } from './functions.ts';
import type { MonthSample } from './sample.ts';
import { DAY_SECONDS, FAULTS, REACH_DAYS, type Workload } from './traffic.ts';
import { settle, walk } from './workers.ts';

/** What is walked: a hundred events a second of 200 accounts, for a while. */
const WALKED: Workload = { ...FAULTS, eventsPerSecond: 100, accounts: 200, duplicatesDaysLater: 0, lateDays: 0 };
const WALKED_EVENTS = 100_000;
const WINDOW_SECONDS = 10;

/** A walk over a ledger. */
export type Walk = {
  readonly events: number;
  readonly counted: Counted;
  /** Bytes that it leaves in the data bucket and among the proofs. */
  readonly bytes: number;
};

/** Fills a ledger and walks over it in the night after, when its days are settled for good. Once per process. */
export const walkOnce = async (): Promise<Walk> => {
  const { time, usage, aws, lambda, fill } = emptyLedger(WALKED, WINDOW_SECONDS);
  let events = 0;
  for await (const { accepted } of fill(WALKED_EVENTS)) events = accepted;
  const night = Math.ceil(time.nowMillis() / (DAY_SECONDS * 1000)) * DAY_SECONDS * 1000;
  time.set(night + 3_600_000);
  await lambda.call(FUNCTIONS.settle, settle);
  time.set(night + 7_200_000);
  const before = usage.counted();
  const sizes = () => aws.objects.bytes('/data/') + aws.objects.bytes('/proofs/');
  const kept = sizes();
  await lambda.call(FUNCTIONS.walk, walk);
  return { events, counted: since(before, usage.counted()), bytes: sizes() - kept };
};

/** Days that are settled for good are read eventually consistent: 4 KB are half a unit. */
const BYTES_PER_UNIT = 8_192;

/**
 * How many days' worth of appends a night reads beside the day that is over: days that late usage touched anew. Weighted by
 * size, since a day is read whole.
 */
export const daysReadAgain = (workload: Workload): number => {
  const { share } = zipf(workload.accounts, workload.zipf);
  const perDay =
    (workload.late * workload.lateDays + workload.duplicates * workload.duplicatesDaysLater) / (REACH_DAYS - 1);
  let days = 0;
  for (let rank = 0; rank < workload.accounts; rank += 1) {
    const expected = workload.eventsPerSecond * share(rank) * perDay * DAY_SECONDS;
    days += share(rank) * (REACH_DAYS - 1) * (1 - Math.exp(-expected));
  }
  return days;
};

/**
 * What the nightly walks of a month cost: as much per event as the walk that was measured, and the reading by the bytes of
 * this month's appends and the days that are read again.
 */
export const walksOf = ({ events, facts, options }: MonthSample, walk: Walk): Counted => {
  const perEvent = Object.keys(walk.counted)
    .filter((line) => line !== 'dynamodb.read')
    .map((line) => [line, { 'nightly walk': (total(walk.counted, line) / walk.events) * events }] as const);
  const bytes = facts.ledgerBytes * events * (1 + daysReadAgain(options.workload));
  return { ...Object.fromEntries(perEvent), 'dynamodb.read': { 'nightly walk': bytes / BYTES_PER_UNIT } };
};
