import { addDays, type Interval } from '../platform/period.ts';
import { slotStart } from './event-time.ts';
import type { Slot } from './types.ts';

/** How long a slot is, in milliseconds: 15 minutes, for everyone and for ever. */
export const SLOT_MILLIS = 15 * 60 * 1000;

/** The slot of an event of a subject. */
export const slotOf = (subject: string, time: string): Slot => ({ subject, start: slotStart(time) });

/** The UTC day of an instant, `YYYY-MM-DD`. */
export const utcDay = (instant: string): string => instant.slice(0, 10);

/** The instants of a UTC day. */
export const intervalOfDay = (day: string): Interval => ({
  from: `${day}T00:00:00.000Z`,
  to: `${addDays(day, 1)}T00:00:00.000Z`,
});

/** One text per slot, for maps. */
export const slotText = (slot: Slot): string => `${slot.subject}#${slot.start}`;

/** The partition key of a subject's day in the ledger. */
export const partitionKey = (subject: string, day: string): string => `${subject}#${day}`;

/** The sort key of an append: `<slot start>#<version, 8 digits>`. */
export const sortKey = (start: string, version: number): string => `${start}#${version.toString().padStart(8, '0')}`;

/** Splits a sort key again. */
export const parseSortKey = (key: string): { readonly start: string; readonly version: number } => {
  const [start = '', version = ''] = key.split('#');
  return { start, version: Number(version) };
};

/**
 * Whether a day is live: yesterday, today or tomorrow in UTC (clocks differ). Appends to live days are not marked;
 * readers always read them from the ledger.
 */
export const isLive = (day: string, now: string): boolean => {
  const today = utcDay(now);
  return day >= addDays(today, -1) && day <= addDays(today, 1);
};

/** The later of two instants. */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);

/** The part of an interval inside another; empty (`from` not before `to`) if they do not meet. */
export const within = (inner: Interval, outer: Interval): Interval => ({
  from: laterOf(inner.from, outer.from),
  to: inner.to === laterOf(inner.to, outer.to) ? outer.to : inner.to,
});
