import { Temporal } from 'temporal-polyfill';
import { addDays, startOfDay } from '../../../lambdas/platform/period.ts';
import type { RatingPolicy } from '../../../lambdas/rating/types.ts';
import type { Bill } from '../worked-case.ts';
import type { Sheet } from './case-format.ts';
import { CannotExpress } from './reader.ts';

/** The period of a case and the part of it that the contract covers. */
export type Cover = {
  readonly period: Bill['period'];
  readonly contract: { readonly start?: string; readonly end?: string };
  /** How the case itself measures its period, in place of the profile. */
  readonly policy: Partial<RatingPolicy>;
  /** The instant (UTC) from which the fee is held, where the part is no whole days. */
  readonly from?: string;
};

const FIRST_DAY = '2026-01-01';
const DAY = 86_400;

/** A case without days: a month, covered whole. */
const MONTH: Cover = { period: { start: FIRST_DAY, end: '2026-02-01', zone: 'UTC' }, contract: {}, policy: {} };

/** `days` at the end of a period of `periodDays`. None: the contract begins when the period is over. */
const lastDays = (days: number, periodDays: number): Cover => {
  if (days < 0 || days > periodDays) throw new CannotExpress(`${days} days are no part of ${periodDays}`);
  const end = addDays(FIRST_DAY, periodDays);
  return {
    period: { start: FIRST_DAY, end, zone: 'UTC' },
    contract: days === periodDays ? {} : { start: addDays(end, -days) },
    policy: {},
  };
};

/** A period of whole days, but for the second that one ending at 23:59:59 lacks. */
const periodOfSeconds = (seconds: number): { readonly days: number; readonly lacking: 0 | 1 } => {
  const lacking = seconds % DAY === 0 ? 0 : 1;
  const days = (seconds + lacking) / DAY;
  if (!Number.isSafeInteger(days)) throw new CannotExpress(`${seconds} seconds are no whole days, as periods are`);
  return { days, lacking };
};

const bySeconds = (periodSeconds: number, seconds: number): Cover => {
  const { days, lacking } = periodOfSeconds(periodSeconds);
  const policy = { prorationUnit: lacking === 1 ? 'second-inclusive' : 'second' } as const;
  if (seconds < 0 || seconds > periodSeconds) {
    throw new CannotExpress(`${seconds} seconds are no part of ${periodSeconds}`);
  }
  const part = seconds === 0 ? 0 : (seconds + lacking) / DAY;
  if (Number.isSafeInteger(part)) return { ...lastDays(part, days), policy };
  // A contract begins with a day; what begins within one is a level that is held from then on.
  const whole = lastDays(days, days);
  const held = -(seconds + lacking);
  const from = Temporal.Instant.from(startOfDay(whole.period.end, whole.period.zone)).add({ seconds: held });
  return { ...whole, policy, from: from.toString({ fractionalSecondDigits: 3 }) };
};

/** `period 2025-07-31T18:30Z..2025-08-31T18:30Z` in a description, where no parameter says when the period is. */
const DESCRIBED = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)\s*\.\.\s*(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)/;

/** The zone in which an instant is midnight, as an offset: 18:30Z is midnight at +05:30. */
const midnightAt = (instant: Temporal.Instant): string => {
  const { hour, minute } = instant.toZonedDateTimeISO('UTC');
  const minutes = hour * 60 + minute;
  const ahead = minutes === 0 ? 0 : minutes > 12 * 60 ? 24 * 60 - minutes : -minutes;
  const two = (n: number): string => String(Math.abs(Math.trunc(n))).padStart(2, '0');
  return ahead === 0 ? 'UTC' : `${ahead < 0 ? '-' : '+'}${two(ahead / 60)}:${two(ahead % 60)}`;
};

const described = (description: string, seconds: number): Cover => {
  const [, from, to] = DESCRIBED.exec(description) ?? [];
  if (from === undefined || to === undefined) {
    throw new CannotExpress('params.events have times, but nothing says when the period begins');
  }
  const [start, end] = [Temporal.Instant.from(from), Temporal.Instant.from(to)];
  if (start.until(end).total('seconds') !== seconds) {
    throw new CannotExpress('the period that the description names is not as long as params.periodSeconds');
  }
  const zone = midnightAt(start);
  const local = (instant: Temporal.Instant): string => instant.toZonedDateTimeISO(zone).toPlainDate().toString();
  return { period: { start: local(start), end: local(end), zone }, contract: {}, policy: { prorationUnit: 'second' } };
};

const PARTS = ['days', 'unusedDays', 'daysRemaining'] as const;

/**
 * Reads which part of which period a case is about: `days`, `unusedDays` or `daysRemaining` of `periodDays`;
 * `remainingSeconds` of `periodSeconds`; a whole period of so many seconds. The part lies at the end of the period.
 */
export const coverOf = ({ params, description }: Sheet): Cover => {
  const parts = PARTS.flatMap((key) => params.whole(key) ?? []);
  const periodDays = params.whole('periodDays');
  const periodSeconds = params.whole('periodSeconds');
  const remaining = params.whole('remainingSeconds');
  if (parts.length > 1) throw new CannotExpress('more than one parameter says how many days are charged');
  if (periodDays !== undefined && periodSeconds !== undefined) {
    throw new CannotExpress('both params.periodDays and params.periodSeconds say how long the period is');
  }
  const [days] = parts;
  if ((days === undefined) !== (periodDays === undefined)) {
    throw new CannotExpress('days and params.periodDays are of no use without each other');
  }
  if (remaining !== undefined && periodSeconds === undefined) {
    throw new CannotExpress('params.remainingSeconds is of no use without params.periodSeconds');
  }
  if (days !== undefined && periodDays !== undefined) return lastDays(days, periodDays);
  if (periodSeconds === undefined) return MONTH;
  if (params.has('events')) return described(description, periodSeconds);
  return bySeconds(periodSeconds, remaining ?? periodSeconds);
};
