import type { CatalogEntry } from '../../lambdas/catalog/types.ts';
import { markName } from '../../lambdas/usage/ledger/dirty-marks.ts';
import { SLOT_MILLIS, shiftDay, utcDay } from '../../lambdas/usage/ledger/slot.ts';
import type { Chance } from './chance.ts';
import type { CountedAws } from './counted-aws/endpoint.ts';
import type { Row } from './counted-aws/rows.ts';
import { wireItem } from './counted-aws/wire.ts';
import { subjectOf } from './events.ts';
import type { History } from './history.ts';
import { DAY_SECONDS, REACH_DAYS, type Workload } from './traffic.ts';

/** The partition of the registry of subjects. */
const REGISTRY = 'SUBJECTS';

/** Puts entries into the catalog, as publishing them does. */
export const publishEntries = (aws: CountedAws, entries: readonly CatalogEntry[]): void => {
  for (const entry of entries) {
    const key = { pk: entry.kind, sk: `${entry.id}#${String(entry.version).padStart(8, '0')}` };
    aws.tables('catalog').put(key.pk, key.sk, wireItem({ ...key, entry }));
  }
};

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

/** A mark stands until a sweep after 21 minutes clears it: 36 minutes at most. */
const OLDEST_MARK_MILLIS = 36 * 60_000;
/** So long after its end a slot takes appends without a mark. */
const OPEN_MILLIS = 30 * 60_000;

/** How many of rare things happen where so many are expected (Poisson; the normal distribution from 50 on). */
const howMany = (random: Chance, expected: number): number => {
  if (expected > 50) {
    const normal = Array.from({ length: 12 }, () => random.fraction()).reduce((sum, each) => sum + each, -6);
    return Math.max(0, Math.round(expected + normal * Math.sqrt(expected)));
  }
  let [count, left] = [-1, 1];
  for (const end = Math.exp(-expected); left > end; count += 1) left *= random.fraction();
  return count;
};

/** Of what is sent, how much falls into a day so many days ago. */
const lateShare = (workload: Workload, daysAgo: number, dayShare: number): number => {
  const daysLate = workload.late * workload.lateDays + workload.duplicates * workload.duplicatesDaysLater;
  const [hoursLate, far] = [workload.late * (1 - workload.lateDays), daysLate / (REACH_DAYS - 1)];
  if (daysAgo === 0) return hoursLate * dayShare;
  return daysAgo === 1 ? hoursLate * (1 - dayShare) + far * dayShare : far;
};

type Prepared = {
  readonly aws: CountedAws;
  readonly history: Pick<History, 'late'>;
  readonly now: number;
  readonly random: Chance;
  /** Whose appends are made too: those that a sweep will look at. */
  readonly isSwept: (rank: number) => boolean;
  /** The time before `now` of which no sweep has settled anything yet. */
  readonly unsettledSeconds: number;
};

/**
 * Leaves what late events of the minutes before have left: their marks, which name their slots, and the appends that no sweep
 * has settled yet. Repeats of days ago leave marks and no appends.
 */
export const leaveLateUsage = (
  { aws, history, now, random, isSwept, unsettledSeconds }: Prepared,
  workload: Workload,
  share: (rank: number) => number,
): void => {
  const today = utcDay(new Date(now).toISOString());
  const sinceMidnight = now % (DAY_SECONDS * 1000);
  const events = workload.late / (workload.late + workload.duplicates * workload.duplicatesDaysLater);
  for (let rank = 0; rank < workload.accounts; rank += 1) {
    for (let daysAgo = 0; daysAgo < REACH_DAYS; daysAgo += 1) {
      const day = shiftDay(today, -daysAgo);
      const perSecond =
        workload.eventsPerSecond * share(rank) * lateShare(workload, daysAgo, sinceMidnight / (DAY_SECONDS * 1000));
      const length = daysAgo === 0 ? sinceMidnight - OPEN_MILLIS - SLOT_MILLIS : DAY_SECONDS * 1000;
      const slots: Record<string, number> = {};
      for (let n = howMany(random, (perSecond * OLDEST_MARK_MILLIS) / 1000); n > 0; n -= 1) {
        const at = now - random.between(0, OLDEST_MARK_MILLIS);
        const slot = Math.floor(random.between(0, length - 1) / SLOT_MILLIS) * SLOT_MILLIS;
        const start = new Date(Date.parse(`${day}T00:00:00.000Z`) + slot).toISOString();
        slots[start] = Math.max(slots[start] ?? 0, at);
        const isUnsettled = isSwept(rank) && at > now - unsettledSeconds * 1000 && random.happens(events);
        if (!isUnsettled) continue;
        const item = history.late(rank, start, at);
        aws.tables('ledger').put(item.pk?.S ?? '', item.sk?.S ?? '', item);
      }
      if (Object.keys(slots).length === 0) continue;
      const named = Object.entries(slots).map(([start, at]) => [markName(start), at]);
      const at = new Date(Math.max(...Object.values(slots))).toISOString();
      const mark = { pk: subjectOf(rank), sk: `DIRTY#${day}`, format: 2, at, token: `before-${rank}-${daysAgo}` };
      aws.tables('projection').put(mark.pk, mark.sk, wireItem({ ...mark, ...Object.fromEntries(named) }));
    }
  }
};
