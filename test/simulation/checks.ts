import { isDeepStrictEqual } from 'node:util';
import { addDays, daysOf, intervalOf, type Period, startOfDay } from '../../lambdas/platform/period.ts';
import { makeArchive } from '../../lambdas/usage/archive/archive.ts';
import { archiveCounter } from '../../lambdas/usage/archive/archive-totals.ts';
import { verifyLedger } from '../../lambdas/usage/prove/verify.ts';
import { readPeriodUsage } from '../../lambdas/usage/read/period-usage.ts';
import type { UsageEvent } from '../../lambdas/usage/types.ts';
import {
  ACCOUNT,
  type Company,
  daysOfUsage,
  FIRST_DAY,
  LAST_DAY,
  LIMIT_PERIODS,
  LIMITS,
  STRANGER,
  SUBJECTS,
} from './company.ts';
import { cancelledBy, partsOf } from './corrections.ts';
import { expectedCrossings, expectedUsage } from './oracle.ts';
import type { Arrival } from './producers.ts';
import type { Twins } from './wiring.ts';

/** What must always hold did not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

const fail = (message: string): never => {
  throw new Violation(message);
};

const DAY = 86_400_000;
const bodyOf = ({ data, replaces }: UsageEvent): string => JSON.stringify([data, replaces]);

/** What must become of an arrival, conflicts apart: it is a line for the ledger, or in quarantine under a code. */
export const fateOf = ({ sent, arrivedAt }: Arrival, horizonDays: number): string => {
  if (sent.event === undefined) return sent.expect;
  const { time, replacestime = time } = sent.event;
  for (const instant of [time, replacestime].map((text) => Date.parse(text))) {
    if (instant > arrivedAt + 300_000) return 'IN_FUTURE';
    if (arrivedAt - instant > horizonDays * DAY) return 'TOO_OLD';
  }
  return 'event';
};

/** A part of a line that the ledger holds, by its archive line, with the id hash that orders samples of one time. */
type Held = { readonly event: UsageEvent; readonly idHash: string; readonly isUsage: boolean };
type HeldParts = ReadonlyMap<string, Held>;

const positionText = (position: object): string => {
  const { stream, shard, sequence, index } = position as Record<string, string>;
  return `${stream}/${shard}/${sequence}/${index}`;
};

/** Every line is in the archive as it was sent; every id is in its chain once, and leads to the line it was taken from. */
const checkKept = async (twins: Twins, arrivals: readonly Arrival[], horizonDays: number): Promise<HeldParts> => {
  const archive = makeArchive(twins.objects);
  const sentAt = new Map(arrivals.map((arrival) => [arrival.position, arrival]));
  const archived = new Set<string>();
  for (const key of twins.objects.objects.keys()) {
    for (const { position, line, encoding } of await archive.read(key)) {
      const place = positionText(position);
      const sent = sentAt.get(place)?.sent;
      if (sent === undefined || !Buffer.from(line, encoding).equals(Buffer.from(sent.bytes))) {
        fail(`the archive holds another line at ${place} than was sent`);
      }
      archived.add(place);
    }
  }
  if (archived.size !== sentAt.size) fail(`${sentAt.size - archived.size} lines are not in the archive`);

  const held = new Map<string, Held>();
  for (const subject of [...SUBJECTS, STRANGER]) {
    for (const day of daysOfUsage()) {
      for (const { slot, ids, pointers, cancels = [] } of (await twins.ledger.day(subject, day)).appends) {
        for (const [n, { idHash }] of ids.entries()) {
          const pointer = pointers[n] ?? fail('an id has no pointer');
          const found = await archive.line(pointer).catch(() => fail(`${pointer.key} lacks line ${pointer.line}`));
          const { sent } = sentAt.get(positionText(found.position)) ?? fail('a pointer leads to what nobody sent');
          const event = sent.event ?? fail('the ledger holds a line that is no event');
          const part = partsOf(event).find((each) => each.slot === `${slot.subject}#${slot.start}`);
          if (part === undefined) return fail(`${event.id} is in the chain ${slot.start}`);
          if (held.has(part.key)) fail(`${part.key} is in the ledger twice`);
          if (part.isUsage === cancels.some(({ line, alone }) => alone && line === n)) fail(`${part.key} is not alone`);
          held.set(part.key, { event, idHash, isUsage: part.isUsage });
        }
      }
    }
  }
  checkFates(twins, arrivals, held, horizonDays);
  return held;
};

/** Each position is counted, a duplicate of what is counted, or in quarantine for the right reason: never two of them. */
const checkFates = (
  { quarantine }: Twins,
  arrivals: readonly Arrival[],
  held: HeldParts,
  horizonDays: number,
): void => {
  const quarantined = new Map<string, string>();
  for (const { position, code } of quarantine.entries.values()) {
    const place = positionText(position);
    if (quarantined.has(place)) fail(`${place} is in quarantine as ${code} and as ${quarantined.get(place)}`);
    quarantined.set(place, code);
  }
  const wanted = new Set<string>();
  for (const arrival of arrivals) {
    const fate = fateOf(arrival, horizonDays);
    const { event } = arrival.sent;
    const code = quarantined.get(arrival.position);
    if (fate !== 'event' || event === undefined) {
      if (code !== fate) fail(`${arrival.position} must be in quarantine as ${fate}, and is as ${code}`);
      continue;
    }
    const bodies = partsOf(event).map(({ key }) => {
      wanted.add(key);
      return bodyOf((held.get(key) ?? fail(`${key} was lost`)).event);
    });
    const stands = bodies.every((body) => body === bodyOf(event));
    if (code !== (stands ? undefined : 'CONFLICT')) fail(`${arrival.position} is in quarantine as ${code}`);
  }
  if (wanted.size !== held.size) fail('the ledger holds an event that should not be there');
  const known = new Set(arrivals.map(({ position }) => position));
  for (const place of quarantined.keys()) if (!known.has(place)) fail(`nobody sent what is in quarantine at ${place}`);
};

/** What the product counts by itself is what there is: received, duplicate, quarantined. */
const checkCounts = async (
  twins: Twins,
  arrivals: readonly Arrival[],
  held: HeldParts,
  clock: Parameters<typeof archiveCounter>[2],
): Promise<void> => {
  const counter = archiveCounter(makeArchive(twins.objects), twins.quarantine, clock);
  const today = clock.now().slice(0, 10);
  const period = { start: FIRST_DAY, end: addDays(LAST_DAY, 1) };
  const counted = await counter({ ...period, today, deadline: Number.POSITIVE_INFINITY });
  const inQuarantine = new Set([...twins.quarantine.entries.values()].map(({ position }) => positionText(position)));
  const events = arrivals.filter(({ sent }) => sent.event !== undefined);
  const good = events.filter(({ position }) => !inQuarantine.has(position));
  const lines = [...held].filter(([key, { event }]) => partsOf(event)[0]?.key === key);
  if (counted.duplicate !== good.length - lines.length) {
    fail(`${counted.duplicate} duplicates are told, ${good.length - lines.length} there are`);
  }
  const expected = [...counted.expected.values()].reduce((total, count) => total + count, 0);
  if (expected !== held.size) fail(`the archive expects ${expected} lines, the ledger holds ${held.size}`);
};

/** The usage that counts: what no line of its chain cancels, whichever of the two came first. */
const counting = (held: HeldParts): Held[] => {
  const cancelled = new Set<string | undefined>();
  for (const { event } of held.values()) cancelled.add(cancelledBy(event));
  return [...held].flatMap(([key, part]) => (part.isUsage && !cancelled.has(key) ? [part] : []));
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
  held: HeldParts,
  counted: readonly Held[],
  mayBeTooOld: boolean,
): Promise<void> => {
  const over = new Set(expectedCrossings(counted.map(({ event }) => event)));
  const usage = [...held.values()].filter(({ isUsage }) => isUsage);
  const reachable = new Set(expectedCrossings(usage.map(({ event }) => event)));
  const told = new Set(publisher.published('usage.threshold-crossed').map(({ id }) => id));
  for (const id of told) {
    const known = [...reachable].some((key) => id.startsWith(`threshold-${ACCOUNT}-${key.replaceAll('/', '-')}-`));
    if (!known) fail(`${id} was told, and never crossed`);
  }
  if (mayBeTooOld) return;
  for (const { id: limit, thresholds } of LIMITS) {
    for (const periodStart of LIMIT_PERIODS) {
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
  const held = await checkKept(twins, arrivals, about.horizonDays);
  await checkCounts(twins, arrivals, held, about.clock);
  const counted = counting(held);
  await checkUsage(twins, counted, about.period, about.company);
  await checkThresholds(twins, held, counted, about.horizonDays < 100);
  for (const subject of [...SUBJECTS, STRANGER]) {
    const { broken } = await verifyLedger(twins, subject, addDays(FIRST_DAY, -1), addDays(LAST_DAY, 2));
    if (broken.length > 0) fail(`a chain is broken: ${JSON.stringify(broken)}`);
  }
  return [...held.values()].flatMap(({ event, isUsage }) => (isUsage ? [event] : []));
};
