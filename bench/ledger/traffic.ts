import type { UsageEvent } from '../../lambdas/usage/types.ts';
import { chance, zipf } from './chance.ts';
import { API_CALL, badLineOf, lineOf, makeEvent } from './events.ts';

/** How much comes, from how many accounts, and how much of it is not as it should be. */
export type Workload = {
  readonly eventsPerSecond: number;
  readonly accounts: number;
  /** Exponent of the accounts' sizes. */
  readonly zipf: number;
  /** Share of events that are sent a second time. */
  readonly duplicates: number;
  /** Share of the duplicates that come days later; the others within ten minutes. */
  readonly duplicatesDaysLater: number;
  /** Share of events that come late. */
  readonly late: number;
  /** Share of the late ones that are days late; the others up to a day. */
  readonly lateDays: number;
  /** Share of lines that end in quarantine. */
  readonly bad: number;
  readonly seed: number;
};

/** The faults of both reference months. */
export const FAULTS = {
  zipf: 1.1,
  duplicates: 0.01,
  duplicatesDaysLater: 0.25,
  late: 0.01,
  lateDays: 0.5,
  bad: 0.0001,
  seed: 1,
} as const;

/** The two reference months. */
export const MONTHS = {
  growing: { ...FAULTS, eventsPerSecond: 38.6, accounts: 2_000 },
  large: { ...FAULTS, eventsPerSecond: 1_000, accounts: 2_000 },
} as const satisfies Record<string, Workload>;

export const DAY_SECONDS = 86_400;
/** A month has so many seconds here: 30 days. */
export const MONTH_SECONDS = 30 * DAY_SECONDS;

/** One line on its way to us. `known`: it repeats an event that was accepted before the sampled time began. */
export type Sent = {
  readonly rank: number;
  readonly subject: string;
  readonly line: string;
  readonly known?: UsageEvent;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Duplicates and late events reach back at most so far. */
export const REACH_DAYS = 7;

/** What is sent, second by second. `past`: late events and repeats reach back before the sampled time too. */
export const traffic = (
  workload: Workload,
): {
  /** What is sent in the second that begins at `at`, milliseconds since 1970. */
  second(at: number, past: boolean): Sent[];
  /** One API call of an account, whatever its size. */
  visit(rank: number, at: number): Sent;
  share(rank: number): number;
} => {
  const random = chance(workload.seed);
  const sizes = zipf(workload.accounts, workload.zipf);
  const again = new Map<number, Sent[]>();
  let owed = 0;

  const later = (sent: Sent, at: number): void => {
    const second = Math.floor(at / SECOND);
    const waiting = again.get(second);
    if (waiting === undefined) again.set(second, [sent]);
    else waiting.push(sent);
  };
  const event = (rank: number, time: number): UsageEvent => makeEvent(random, rank, sizes.share(rank), time);
  const sentOf = (rank: number, made: UsageEvent): Sent => ({ rank, subject: made.subject, line: lineOf(made) });

  const one = (now: number, past: boolean): Sent => {
    const rank = sizes.draw(random);
    if (past && random.happens(workload.late)) {
      const age = random.happens(workload.lateDays)
        ? random.between(DAY, REACH_DAYS * DAY)
        : random.between(15 * MINUTE, DAY);
      return sentOf(rank, event(rank, now - age));
    }
    if (past && random.happens(workload.duplicates * workload.duplicatesDaysLater)) {
      const known = event(rank, now - random.between(DAY, REACH_DAYS * DAY));
      return { ...sentOf(rank, known), known };
    }
    const made = event(rank, now);
    if (random.happens(workload.bad)) return { rank, subject: made.subject, line: badLineOf(made) };
    const sent = sentOf(rank, made);
    if (random.happens(workload.duplicates * (1 - workload.duplicatesDaysLater)))
      later(sent, now + random.between(SECOND, 10 * MINUTE));
    return sent;
  };
  return {
    share: sizes.share,
    visit: (rank, at) => {
      let made = event(rank, at);
      while (made.type !== API_CALL) made = event(rank, at);
      return sentOf(rank, made);
    },
    second: (at, past) => {
      owed += workload.eventsPerSecond;
      const count = Math.floor(owed);
      owed -= count;
      const made = Array.from({ length: count }, (_, n) => one(at + Math.floor((n * SECOND) / count), past));
      const repeats = again.get(Math.floor(at / SECOND)) ?? [];
      again.delete(Math.floor(at / SECOND));
      return [...made, ...repeats];
    },
  };
};
