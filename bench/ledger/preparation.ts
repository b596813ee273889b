import { dynamo } from '../../lambdas/platform/aws.ts';
import { dynamoDirtyMarks } from '../../lambdas/usage/ledger/dirty-marks.ts';
import { shiftDay, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import type { Chance } from './chance.ts';
import type { CountedAws } from './counted-aws/endpoint.ts';
import type { Row } from './counted-aws/rows.ts';
import type { Usage } from './counted-aws/usage.ts';
import type { VirtualTime } from './counted-aws/virtual-time.ts';
import { wireItem } from './counted-aws/wire.ts';
import { subjectOf } from './events.ts';
import { REACH_DAYS, type Workload } from './traffic.ts';

/** The partition of the registry of subjects. */
const REGISTRY = 'SUBJECTS';
const DAY_SECONDS = 86_400;

/** Registers all subjects as they are after months of use: known long since, settled up to a day. */
export const registerSubjects = (aws: CountedAws, { accounts }: Workload, settledThrough: string): void => {
  const table = aws.tables('projection');
  for (let rank = 0; rank < accounts; rank += 1) {
    const subject = subjectOf(rank);
    const record = { firstSeenAt: '2026-01-02T08:00:00.000Z', watchedFrom: '2026-01-01', settledThrough };
    table.put(REGISTRY, subject, wireItem({ pk: REGISTRY, sk: subject, format: 1, ...record }));
  }
};

/** Size of the registry, which every sweep reads. */
export const registryBytes = (aws: CountedAws): number =>
  aws
    .tables('projection')
    .range(REGISTRY, '', '\uffff')
    .reduce((sum, { bytes }) => sum + bytes, 0);

/** Runs work while the registry knows only those subjects that `wanted` picks. */
export const onlySubjects = async (
  aws: CountedAws,
  wanted: (rank: number) => boolean,
  work: () => Promise<void>,
): Promise<void> => {
  const table = aws.tables('projection');
  const hidden = table
    .range(REGISTRY, '', '\uffff')
    .filter(({ sk }) => !wanted(Number(sk.slice(subjectOf(0).indexOf('-') + 1)) - 1));
  for (const { sk } of hidden) table.remove(REGISTRY, sk);
  await work();
  for (const { sk, json } of hidden as readonly Row[]) table.put(REGISTRY, sk, JSON.parse(json));
};

/** How long a mark stands, on average, until a sweep may clear it: 21 minutes, and until the next sweep. */
const MARK_SECONDS = 28 * 60;
const OLDEST_MARK_MILLIS = 36 * 60_000;

/**
 * Sets the dirty marks that late events and repeats of the minutes before have left: the longer the stretch of a day that
 * such events fall into, and the larger the account, the likelier is one.
 */
export const markDays = async (
  { usage, time, now, random }: { usage: Usage; time: VirtualTime; now: number; random: Chance },
  workload: Workload,
  share: (rank: number) => number,
): Promise<void> => {
  const marks = dynamoDirtyMarks(dynamo(), 'projection');
  const today = utcDay(new Date(now).toISOString());
  const sinceMidnight = (now / 1000) % DAY_SECONDS;
  const daysLate = workload.late * workload.lateDays + workload.duplicates * workload.duplicatesDaysLater;
  const hoursLate = workload.late * (1 - workload.lateDays);
  const shareOf = (daysAgo: number): number => {
    const far = daysLate / (REACH_DAYS - 1);
    if (daysAgo === 0) return hoursLate * (sinceMidnight / DAY_SECONDS);
    const near = hoursLate * (1 - sinceMidnight / DAY_SECONDS) + far * (sinceMidnight / DAY_SECONDS);
    return daysAgo === 1 ? near : far;
  };
  await usage.because('preparation', async () => {
    for (let rank = 0; rank < workload.accounts; rank += 1) {
      for (let daysAgo = 0; daysAgo < REACH_DAYS; daysAgo += 1) {
        const expected = workload.eventsPerSecond * share(rank) * shareOf(daysAgo) * MARK_SECONDS;
        if (random.happens(Math.exp(-expected))) continue;
        const at = new Date(now - random.between(0, OLDEST_MARK_MILLIS)).toISOString();
        const mark = {
          subject: subjectOf(rank),
          day: shiftDay(today, -daysAgo),
          at,
          token: `before-${rank}-${daysAgo}`,
        };
        await time.run(() => marks.mark(mark));
      }
    }
  });
};
