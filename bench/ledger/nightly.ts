import { zipf } from './chance.ts';
import { type Counted, total } from './counted-aws/usage.ts';
import type { Growth } from './growth.ts';
import type { MonthSample } from './sample.ts';
import { REACH_DAYS, type Workload } from './traffic.ts';

const DAY_SECONDS = 86_400;
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
export const walksOf = ({ events, facts, options }: MonthSample, { walk }: Growth): Counted => {
  const perEvent = Object.keys(walk.counted)
    .filter((line) => line !== 'dynamodb.read')
    .map((line) => [line, { 'nightly walk': (total(walk.counted, line) / walk.events) * events }] as const);
  const bytes = facts.ledgerBytes * events * (1 + daysReadAgain(options.workload));
  return { ...Object.fromEntries(perEvent), 'dynamodb.read': { 'nightly walk': bytes / BYTES_PER_UNIT } };
};
