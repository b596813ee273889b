import type { UsageEvent } from '../types.ts';
import { DAY, instantOf, normalText } from './event-time.ts';
import { type Rejection, reject } from './rejection.ts';

/** What is the same for all lines of an environment. */
export type ValidationLimits = {
  /** Events older than this at their arrival are refused: their slot's ids may be gone. */
  readonly horizonDays: number;
};

/** Clocks of producers may be ahead by this much. */
export const MAX_AHEAD_MILLIS = 5 * 60_000;

const notTime = (path: string, text: string): Rejection =>
  reject('BAD_TIME', path, `${text} is no RFC 3339 time with a zone, like 2026-10-01T09:30:00Z.`);

/** All lines of a record arrived at once. */
let lastArrival = { text: '', instant: Number.NaN };
const arrivalOf = (text: string): number => {
  if (text !== lastArrival.text) lastArrival = { text, instant: instantOf(text) };
  return lastArrival.instant;
};

/** Whether a time that leads to a slot is one that a line may have at its arrival. */
const rangeFault = (
  path: string,
  text: string,
  instant: number,
  receivedAt: string,
  limits: ValidationLimits,
): Rejection | undefined => {
  const ahead = instant - arrivalOf(receivedAt);
  if (ahead > MAX_AHEAD_MILLIS) {
    const message = `${text} is more than 5 minutes after the arrival at ${receivedAt}: set the producer's clock.`;
    return reject('IN_FUTURE', path, message);
  }
  if (-ahead > limits.horizonDays * DAY) {
    const message = `${text} is more than ${limits.horizonDays} days before the arrival at ${receivedAt}: such usage is adjusted by hand.`;
    return reject('TOO_OLD', path, message);
  }
  return undefined;
};

/** An event with its times in normal form: the same object if they are already. */
type Timed = { readonly event: UsageEvent; readonly delayMillis: number };

/** The event in normal time, or what is wrong with its times at its arrival. */
export const inNormalTime = (sent: UsageEvent, receivedAt: string, limits: ValidationLimits): Timed | Rejection => {
  const { recordedtime, replacestime } = sent;
  const instant = instantOf(sent.time);
  if (Number.isNaN(instant)) return notTime('/time', sent.time);
  const recorded = recordedtime === undefined ? arrivalOf(receivedAt) : instantOf(recordedtime);
  if (recordedtime !== undefined && Number.isNaN(recorded)) return notTime('/recordedtime', recordedtime);
  const replaced = replacestime === undefined ? Number.NaN : instantOf(replacestime);
  if (replacestime !== undefined && Number.isNaN(replaced)) return notTime('/replacestime', replacestime);
  const fault =
    rangeFault('/time', sent.time, instant, receivedAt, limits) ??
    (replacestime === undefined ? undefined : rangeFault('/replacestime', replacestime, replaced, receivedAt, limits));
  if (fault) return fault;
  const delayMillis = recorded - instant;
  const time = normalText(sent.time, instant);
  const recordedText = recordedtime === undefined ? undefined : normalText(recordedtime, recorded);
  const replacedText = replacestime === undefined ? undefined : normalText(replacestime, replaced);
  if (time === sent.time && recordedText === recordedtime && replacedText === replacestime) {
    return { event: sent, delayMillis };
  }
  const event = {
    ...sent,
    time,
    ...(recordedText === undefined ? {} : { recordedtime: recordedText }),
    ...(replacedText === undefined ? {} : { replacestime: replacedText }),
  };
  return { event, delayMillis };
};
