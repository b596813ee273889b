import { isDeepStrictEqual } from 'node:util';
import { addDays, daysOf, intervalOf, type Period, startOfDay } from '../../lambdas/platform/period.ts';
import { makeArchive } from '../../lambdas/usage/archive/archive.ts';
import { archiveCounter } from '../../lambdas/usage/archive/archive-totals.ts';
import { verifyLedger } from '../../lambdas/usage/prove/verify.ts';
import { readPeriodUsage } from '../../lambdas/usage/read/period-usage.ts';
import type { UsageEvent } from '../../lambdas/usage/types.ts';
import { ACCOUNT, type Company, FIRST_DAY, LAST_DAY, LIMIT_PERIODS, LIMITS, STRANGER, SUBJECTS } from './company.ts';
import { partsOf } from './corrections.ts';
import { counting, type Held, type Holding, readHolding } from './held.ts';
import { expectedCrossings, expectedUsage, limitKeyOf } from './oracle.ts';
import type { Arrival } from './producers.ts';
import { fail } from './violation.ts';
import type { Twins } from './wiring.ts';

/** What the product counts by itself is what there is: received, duplicate, quarantined. */
const checkCounts = async (
  twins: Twins,
  arrivals: readonly Arrival[],
  { quarantined }: Holding,
  clock: Parameters<typeof archiveCounter>[2],
): Promise<void> => {
  const counter = archiveCounter(makeArchive(twins.objects), twins.quarantine, clock);
  const today = clock.now().slice(0, 10);
  const period = { start: FIRST_DAY, end: addDays(LAST_DAY, 1) };
  const counted = await counter({ ...period, today, deadline: Number.POSITIVE_INFINITY });
  const good = arrivals.flatMap(({ sent, position }) => (quarantined.has(position) ? [] : (sent.event ?? [])));
  const lines = new Set(good.map((event) => partsOf(event)[0]?.key));
  if (counted.duplicate !== good.length - lines.size) {
    fail(`${counted.duplicate} duplicates are told, ${good.length - lines.size} there are`);
  }
  const parts = new Set(good.flatMap((event) => partsOf(event).map(({ key }) => key)));
  const expected = [...counted.expected.values()].reduce((total, count) => total + count, 0);
  if (expected !== parts.size) fail(`the archive expects ${expected} lines, there are ${parts.size}`);
};

/** What a reader of money sees is what was used. */
const checkUsage = async (twins: Twins, held: readonly Held[], period: Period, company: Company): Promise<void> => {
  const { from, to } = intervalOf(period);
  const dayEnds = daysOf(period).map((day) => ({ day, end: startOfDay(addDays(day, 1), period.zone) }));
  const hashes = new Map(held.map(({ event, idHash }) => [event, idHash]));
  const events = held.map(({ event }) => event);
  for (const subjects of [SUBJECTS, [STRANGER]]) {
    const own = events.filter(({ subject }) => subjects.includes(subject));
    const expected = expectedUsage(
      own,
      { from, to },
      dayEnds,
      (event) => hashes.get(event) ?? '',
      company.hasNewMeters(),
    );
    const request = {
      subjects: subjects.map((subject) => ({ subject, from, to })),
      period,
      carryIn: {},
      meters: company.meters(),
    };
    const { usage, unmetered } = await readPeriodUsage(twins, request);
    const told = usage.map(({ meter, dimensions, quantity, daily }) => ({
      meter,
      dimensions,
      quantity,
      ...(daily === undefined ? {} : { daily }),
    }));
    if (!isDeepStrictEqual(told, expected)) {
      fail(`the ledger says\n${JSON.stringify(told)}\nexpected\n${JSON.stringify(expected)}`);
    }
    const isSummary = ({ type, time }: UsageEvent) => type === 'com.larkspur.ai.summaries' && time >= from && time < to;
    const summaries = new Set(own.filter(isSummary).map(({ subject }) => subject));
    if (unmetered.length !== summaries.size) fail('summaries, which no meter measures, are not told');
  }
};

const crossingKey = (limit: string, period: string, percent: number | string): string =>
  `${limit}/${period}/${percent}`;

/**
 * Every threshold that usage is over was told, and none that it never reached; what was taken back by a correction stands
 * as taken back. Nothing looks at usage again once it is too old.
 */
const checkThresholds = async (
  { publisher, crossings: kept }: Twins,
  { parts }: Holding,
  counted: readonly Held[],
  mayBeTooOld: boolean,
): Promise<void> => {
  const over = new Set(expectedCrossings(counted.map(({ event }) => event)));
  const usage = [...parts.values()].filter(({ part }) => part.isUsage);
  const reachable = new Set(expectedCrossings(usage.map(({ event }) => event)));
  const told = new Set(publisher.published('usage.threshold-crossed').map(({ id }) => id));
  for (const id of told) {
    const known = [...reachable].some((key) => id.startsWith(`threshold-${ACCOUNT}-${key.replaceAll('/', '-')}-`));
    if (!known) fail(`${id} was told, and never crossed`);
  }
  if (mayBeTooOld) return;
  // What is in a backfill alone brings no look, and is found with the next event of the ledger itself.
  const looked = new Set(
    usage.flatMap(({ part, event }) => (part.backfill === undefined ? (limitKeyOf(event) ?? []) : [])),
  );
  for (const { id: limit, thresholds } of LIMITS) {
    for (const periodStart of LIMIT_PERIODS) {
      if (!looked.has(`${limit}/${periodStart}`)) continue;
      const standing = await kept.standing({ account: ACCOUNT, limit, periodStart });
      for (const percent of thresholds) {
        const stands = standing.get(percent);
        const key = crossingKey(limit, periodStart, percent);
        // What was taken back before it could be told stays to be told when usage comes there again.
        const isOver = stands?.over === true && (over.has(key) || stands.told);
        if (over.has(key) !== isOver) fail(`${key} stands as ${JSON.stringify(stands)}`);
        const crossings = (stands?.number ?? 0) - (stands?.told === false && !isOver ? 1 : 0);
        for (let number = 1; number <= crossings; number += 1) {
          const id = `threshold-${ACCOUNT}-${key.replaceAll('/', '-')}-${number}`;
          if (!told.has(id)) fail(`nobody was told of ${id}`);
        }
      }
    }
  }
};

/** After everything has come to rest: counted once, nothing lost, chains whole, thresholds told. Answers what is held. */
export const checkLedger = async (
  twins: Twins,
  arrivals: readonly Arrival[],
  about: {
    readonly horizonDays: number;
    readonly period: Period;
    readonly company: Company;
    readonly clock: Parameters<typeof archiveCounter>[2];
  },
): Promise<readonly UsageEvent[]> => {
  const holding = await readHolding(twins, arrivals, about.horizonDays);
  await checkCounts(twins, arrivals, holding, about.clock);
  const counted = counting(holding);
  await checkUsage(twins, counted, about.period, about.company);
  await checkThresholds(twins, holding, counted, about.horizonDays < 100);
  for (const subject of [...SUBJECTS, STRANGER]) {
    const { broken } = await verifyLedger(twins, subject, addDays(FIRST_DAY, -1), addDays(LAST_DAY, 2));
    if (broken.length > 0) fail(`a chain is broken: ${JSON.stringify(broken)}`);
  }
  return counted.map(({ event }) => event);
};
