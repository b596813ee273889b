import type { Interval } from '../../platform/period.ts';
import type { Slot } from '../types.ts';

/** How long a slot is, in milliseconds: 15 minutes, for everyone and for ever. */
export const SLOT_MILLIS = 15 * 60 * 1000;

/** The UTC day of an instant, `YYYY-MM-DD`. */
export const utcDay = (instant: string): string => instant.slice(0, 10);

const DAY_MILLIS = 24 * 60 * 60 * 1000;

/** A UTC day moved by a number of days. All UTC days are 24 hours long, so this needs no calendar. */
export const shiftDay = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MILLIS).toISOString().slice(0, 10);

/** The UTC days from one to before another. */
export const daysFrom = (first: string, end: string): string[] => {
  const days: string[] = [];
  for (let day = first; day < end; day = shiftDay(day, 1)) days.push(day);
  return days;
};

/** The UTC days that an interval touches. */
export const daysTouched = ({ from, to }: Interval): string[] =>
  daysFrom(utcDay(from), shiftDay(utcDay(new Date(Date.parse(to) - 1).toISOString()), 1));

/** Days in order as stretches of days that follow one another, each up to before `to`. */
export const stretchesOf = (days: readonly string[]): { readonly from: string; readonly to: string }[] => {
  const stretches: { readonly from: string; to: string }[] = [];
  for (const day of days) {
    const last = stretches.at(-1);
    if (last?.to === day) last.to = shiftDay(day, 1);
    else stretches.push({ from: day, to: shiftDay(day, 1) });
  }
  return stretches;
};

/** The instants of a UTC day. */
export const intervalOfDay = (day: string): Interval => ({
  from: `${day}T00:00:00.000Z`,
  to: `${shiftDay(day, 1)}T00:00:00.000Z`,
});

/** The start of a slot, with the overlay if it is one: what tells the chains of a subject's day apart. */
export const chainName = ({ start, overlay }: Pick<Slot, 'start' | 'overlay'>): string =>
  overlay === undefined ? start : `${start}~${overlay}`;

/** One text per slot, for maps. */
export const slotText = (slot: Slot): string => `${slot.subject}#${chainName(slot)}`;

/** Whether two slots are one chain. */
export const isSameSlot = (a: Slot, b: Slot): boolean =>
  a === b || (a.start === b.start && a.overlay === b.overlay && a.subject === b.subject);

/** The partition key of a subject's day in the ledger. */
export const partitionKey = (subject: string, day: string): string => `${subject}#${day}`;

/**
 * The sort key of an append: `<slot start>#<version, 8 digits>`, of an overlay `<slot start>~<backfill>#<version>`: after
 * the slot's live chain (`~` sorts after `#`) and before the next slot's.
 */
export const sortKey = (slot: Pick<Slot, 'start' | 'overlay'>, version: number): string =>
  `${chainName(slot)}#${version.toString().padStart(8, '0')}`;

/** Splits a sort key again. */
export const parseSortKey = (
  key: string,
): { readonly start: string; readonly overlay?: string; readonly version: number } => {
  const [chain = '', version = ''] = key.split('#');
  const [start = '', overlay] = chain.split('~');
  return { start, ...(overlay === undefined ? {} : { overlay }), version: Number(version) };
};

/** A slot takes appends that nobody is told of until so long after its end; a later append is announced by a dirty mark. */
export const OPEN_MILLIS = 30 * 60 * 1000;

/** Clocks of producers and workers may be ahead by a few minutes, together not by more. */
export const AHEAD_MILLIS = 10 * 60 * 1000;

/** Whether a slot is open: an append to it needs no dirty mark, because readers always look there. */
export const isOpen = (start: string, now: string): boolean => {
  const sinceStart = Date.parse(now) - Date.parse(start);
  return sinceStart < SLOT_MILLIS + OPEN_MILLIS && sinceStart >= -AHEAD_MILLIS;
};

/** The later of two instants. */
export const laterOf = (a: string, b: string): string => (a > b ? a : b);

/** The part of an interval inside another; empty (`from` not before `to`) if they do not meet. */
export const within = (inner: Interval, outer: Interval): Interval => ({
  from: laterOf(inner.from, outer.from),
  to: inner.to === laterOf(inner.to, outer.to) ? outer.to : inner.to,
});
