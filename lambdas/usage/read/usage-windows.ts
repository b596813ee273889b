import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { contentHash } from '../../platform/hash.ts';
import { addDays, daysBetween, daysOf, type Interval, type Period } from '../../platform/period.ts';
import { versionsOf } from '../ledger/effective-slots.ts';
import type { BalancePorts } from '../settle/settled-fragments.ts';
import { readFragments } from '../settle/settled-fragments.ts';
import type { MeteredUsage } from '../types.ts';
import type { Fragment } from './aggregate.ts';
import { usageByWindow } from './by-window.ts';
import { lookBack } from './look-back.ts';
import { clipSubjects, dayParts, readDayParts } from './period-usage.ts';
import type { SubjectInterval } from './series.ts';
import { type WindowSize, windowsOfDay } from './windows-of-day.ts';

/** Usage of one window of time. A value that goes on (seats, storage) is told in windows without events too. */
export type UsageWindow = Interval & { readonly usage: readonly MeteredUsage[] };

export type WindowsRequest = {
  readonly subjects: readonly SubjectInterval[];
  readonly period: Period;
  readonly size: WindowSize;
  /** Every version of the meters that are asked for. */
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** Windows of some local days; `next` is the first day of the page after, where there is one. */
export type WindowsPage = {
  readonly windows: readonly UsageWindow[];
  /** What the page was made from: the number of slots with usage, and the content hash of their versions. */
  readonly upTo: { readonly slots: number; readonly hash: string };
  readonly next?: string;
};

/** Local days of one page: about a hundred windows, and never more of the ledger than one request can read. */
const daysPerPage = (size: WindowSize, zone: string): number =>
  size === 'slot' ? 1 : size === 'hour' ? 4 : zone === 'UTC' ? 31 : 7;

/** A part of a subject's time with its beginning, and the slots it was made from. */
type Piece = Fragment & { readonly start: string; readonly versions: Readonly<Record<string, number>> };

/** Whole UTC days come from what is settled, everything finer from the ledger, strongly. */
const piecesOf = async (
  ports: BalancePorts,
  subjects: readonly SubjectInterval[],
  fromSettled: boolean,
): Promise<Piece[]> => {
  if (fromSettled) {
    const { fragments } = await readFragments(ports, subjects);
    return fragments.map((fragment) => ({ ...fragment, start: `${fragment.day}T00:00:00.000Z` }));
  }
  const { slots } = await readDayParts(ports, dayParts(subjects));
  return slots.map((slot) => ({
    subject: slot.subject,
    start: slot.start,
    states: slot.states,
    versions: versionsOf(slot),
  }));
};

const upToOf = (pieces: readonly Piece[]): WindowsPage['upTo'] => {
  const versions = pieces
    .flatMap(({ subject, versions: own }) => Object.entries(own).map(([slot, version]) => [subject, slot, version]))
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
  return { slots: versions.length, hash: contentHash(versions) };
};

/**
 * The usage of an account window by window, exact, a page of local days at a time from `first` on (the period's first day,
 * or `next` of the page before). Added up over windows, counts and sums give those of the period; a value that goes on is
 * carried over the edges of windows, pages and periods.
 */
export const readUsageWindows = async (
  ports: BalancePorts,
  { subjects, period, size, meters }: WindowsRequest,
  first: string,
): Promise<WindowsPage> => {
  const { zone } = period;
  const days = Math.min(daysPerPage(size, zone), daysBetween(first, period.end));
  const page: Period = { start: first, end: addDays(first, days), zone };
  const own = clipSubjects(subjects, page);
  const [{ carryIn }, pieces] = await Promise.all([
    lookBack(ports, own, meters),
    piecesOf(ports, own, size === 'day' && zone === 'UTC'),
  ]);
  const intervals = daysOf(page).flatMap((day) => windowsOfDay(day, zone, size));
  const byWindow = usageByWindow({ windows: intervals, pieces, subjects: own, carryIn, meters });
  const windows = intervals.map(
    (window, n): UsageWindow => ({ ...window, usage: (byWindow[n] ?? []).map(({ daily: _, ...row }) => row) }),
  );
  return { windows, upTo: upToOf(pieces), ...(page.end < period.end ? { next: page.end } : {}) };
};
