import { daysFrom, localInstant } from './calendar.ts';
import { type MadeEvent, TYPES } from './events.ts';
import type { Profile } from './profiles.ts';

/** An account's usage of the month as the generator itself counts it, from the events it made and nothing else. */
export type ExpectedUsage = {
  /** The local days it covers, half open: the month, or the part of it that the contract covers. */
  readonly period: { readonly start: string; readonly end: string };
  /** Calls by endpoint. */
  readonly apiCalls: Readonly<Record<string, number>>;
  /** Summaries by model. */
  readonly aiSummaries: Readonly<Record<string, number>>;
  readonly activeUsers: number;
  /** Time-weighted average of GB over the month, decimal text rounded half-even to 12 places. */
  readonly storageGb: string;
  /** Licensed seats in force at the end of each local day. */
  readonly seatsByDay: Readonly<Record<string, number>>;
};

const number = (event: MadeEvent, field: string): number => {
  const value = event.data[field];
  if (typeof value !== 'number') throw new Error(`event ${event.id} has no number ${field}`);
  return value;
};

const tally = (
  events: readonly MadeEvent[],
  key: (e: MadeEvent) => string,
  size: (e: MadeEvent) => number,
): Record<string, number> => {
  const totals: Record<string, number> = {};
  for (const event of events) totals[key(event)] = (totals[key(event)] ?? 0) + size(event);
  return totals;
};

const endpointOf = (event: MadeEvent): string =>
  event.version === 1 ? (String(event.data.path).split('/')[1] ?? '') : String(event.data.endpoint);

/** `numerator / denominator` as text with at most 12 decimals, rounded half-even. */
const ratio = (numerator: bigint, denominator: bigint): string => {
  const scaled = numerator * 10n ** 12n;
  let quotient = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient += 1n;
  const digits = quotient.toString().padStart(13, '0');
  const decimals = digits.slice(-12).replace(/0+$/, '');
  return decimals === '' ? digits.slice(0, -12) : `${digits.slice(0, -12)}.${decimals}`;
};

const averageStorage = (samples: readonly MadeEvent[], from: number, to: number): string => {
  const ordered = [...samples].sort((a, b) => a.time - b.time);
  const hundredthMillis = ordered.reduce((area, sample, n) => {
    const until = ordered[n + 1]?.time ?? to;
    return area + BigInt(Math.round(number(sample, 'gb') * 100)) * BigInt(until - sample.time);
  }, 0n);
  return ratio(hundredthMillis, 100n * BigInt(to - from));
};

/** Counts one account's events that fall into its month. `events` are the distinct events, each once. */
export const expectedUsage = (profile: Profile, events: readonly MadeEvent[]): ExpectedUsage => {
  const from = localInstant(profile.start, profile.zone, 0);
  const to = localInstant(profile.end, profile.zone, 0);
  const inside = events.filter((event) => event.time >= from && event.time < to);
  const of = (type: string) => inside.filter((event) => event.type === type);
  const changes = of(TYPES.seats).sort((a, b) => a.time - b.time);
  const days = daysFrom(profile.start, profile.end);
  const seatsByDay = days.map((day, n): [string, number] => {
    const next = days[n + 1] ?? profile.end;
    const last = changes.findLast((change) => change.time < localInstant(next, profile.zone, 0));
    return [day, last ? number(last, 'seats') : 0];
  });
  return {
    period: { start: profile.start, end: profile.end },
    apiCalls: tally(of(TYPES.api), endpointOf, (e) => number(e, e.version === 1 ? 'calls' : 'count')),
    aiSummaries: tally(
      of(TYPES.summaries),
      (e) => String(e.data.model),
      (e) => number(e, 'summaries'),
    ),
    activeUsers: new Set(of(TYPES.user).map((e) => e.data.userId)).size,
    storageGb: averageStorage(of(TYPES.storage), from, to),
    seatsByDay: Object.fromEntries(seatsByDay),
  };
};
