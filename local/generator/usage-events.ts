import { daysFrom, localInstant, weekday } from './calendar.ts';
import { type MadeEvent, TYPES } from './events.ts';
import type { Profile, Shape } from './profiles.ts';
import type { Random } from './random.ts';

/** Events that happened together: one sitting of one subject inside one slot of 15 minutes. */
export type Sitting = { readonly events: readonly MadeEvent[] };

/** Events of a sitting at most; small accounts work in smaller ones, several a day, so that their days resemble each other. */
const SITTING = 22;
const SITTINGS_A_DAY = 6;
const SMALLEST_SITTING = 4;
const STORAGE_HOURS = [0, 8, 16];
const ENDPOINTS = ['read', 'read', 'read', 'write', 'search'] as const;
const MODELS = ['brief', 'brief', 'detailed'] as const;

/** Quarter hours of the working day get most of the sittings; nights and weekends few. */
const QUARTERS = Array.from({ length: 96 }, (_, quarter) => {
  const hour = quarter / 4;
  return hour >= 8 && hour < 18 ? 12 : hour >= 6 && hour < 22 ? 3 : 1;
}).flatMap((weight, quarter) => Array.from({ length: weight }, () => quarter));

/** How much of a full day's use falls on the `n`-th of `days` days, in percent. */
const shapeFactor = (shape: Shape, n: number, days: number): number => {
  switch (shape) {
    case 'steady':
      return 100;
    case 'drop':
      return n >= 19 ? 12 : 100;
    case 'onboarding':
      return 5 + Math.round((95 * n) / days);
    case 'outgrowing':
      return 60 + Math.round((240 * n) / days);
  }
};

/** Splits `total` by integer weights so that the parts sum to it exactly (largest remainders first). */
export const apportion = (total: number, weights: readonly number[]): number[] => {
  const sum = weights.reduce((a, b) => a + b, 0);
  const parts = weights.map((weight) => Math.floor((total * weight) / sum));
  const rest = total - parts.reduce((a, b) => a + b, 0);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % sum }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, rest)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
};

/** The events that an account sends whatever its size: storage samples and changes of licensed seats. */
export const standingEvents = (profile: Profile, random: Random, nextId: () => string): MadeEvent[] => {
  const subject = profile.subjects[0];
  if (subject === undefined) throw new Error(`${profile.account} has no subject in the catalog`);
  const make = (type: string, time: number, data: MadeEvent['data']): MadeEvent => ({
    id: nextId(),
    type,
    version: 1,
    subject,
    time,
    recorded: time + random.between(200, 4_000),
    data,
  });
  let stored = profile.storage;
  const days = daysFrom(profile.start, profile.end);
  const samples = days.flatMap((day) =>
    STORAGE_HOURS.map((hour) => {
      const sample = make(TYPES.storage, localInstant(day, profile.zone, hour * 60), { gb: stored / 100 });
      stored += random.between(-Math.floor(profile.storage / 400), Math.floor(profile.storage / 150));
      return sample;
    }),
  );
  const seats = [make(TYPES.seats, localInstant(profile.start, profile.zone, 0), { seats: profile.seats })];
  const change = profile.seatChange;
  const changeDay = change && days[change.day - 1];
  if (change && changeDay) {
    seats.push(make(TYPES.seats, localInstant(changeDay, profile.zone, 11 * 60 + 20), { seats: change.seats }));
  }
  return [...samples, ...seats];
};

/** An account's daily work as sittings that hold `total` events altogether. */
export const sittingsOf = (profile: Profile, total: number, random: Random, nextId: () => string): Sitting[] => {
  const days = daysFrom(profile.start, profile.end);
  const weights = days.map((day, n) => {
    const rhythm = weekday(day) <= 5 ? 20 : 5;
    return rhythm * shapeFactor(profile.shape, n, days.length) * random.between(92, 108);
  });
  return apportion(total, weights).flatMap((count, n) => {
    const day = days[n];
    if (day === undefined || count === 0) return [];
    const size = Math.min(SITTING, Math.max(SMALLEST_SITTING, count / SITTINGS_A_DAY));
    const sittings = Math.max(1, Math.round(count / size));
    return apportion(
      count,
      Array.from({ length: sittings }, () => 1),
    ).map((share, s) => {
      const subject = profile.subjects[(n + s) % profile.subjects.length] ?? '';
      const start = localInstant(day, profile.zone, random.pick(QUARTERS) * 15);
      const events = Array.from({ length: share }, () =>
        workEvent(profile, subject, start + random.between(0, 899_999), random, nextId),
      );
      return { events };
    });
  });
};

const workEvent = (
  profile: Profile,
  subject: string,
  time: number,
  random: Random,
  nextId: () => string,
): MadeEvent => {
  const base = { id: nextId(), subject, time, recorded: time + random.between(100, 60_000), version: 1 };
  const kind = random.between(1, 100);
  if (kind <= 12) {
    return { ...base, type: TYPES.summaries, data: { summaries: random.between(1, 6), model: random.pick(MODELS) } };
  }
  if (kind <= 27) {
    const user = random.between(1, profile.users).toString().padStart(4, '0');
    return { ...base, type: TYPES.user, data: { userId: `u-${profile.account.slice(-2)}-${user}` } };
  }
  const endpoint = random.pick(ENDPOINTS);
  const count = random.between(1, 50);
  // One account's older client still speaks version 1 of the schema, for one request in three.
  if (profile.account === 'acct-04' && random.between(1, 3) === 1) {
    return { ...base, type: TYPES.api, data: { calls: count, path: `/${endpoint}/v1/items` } };
  }
  return { ...base, type: TYPES.api, version: 2, data: { count, endpoint } };
};
