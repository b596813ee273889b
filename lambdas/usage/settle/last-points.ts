import { canonicalJson } from '../../platform/canonical-json.ts';
import { addDays } from '../../platform/period.ts';
import { stretchesOf, utcDay } from '../ledger/slot.ts';
import { laterPoint, parseStateKey } from '../ledger/state.ts';
import type { Point } from '../types.ts';
import type { SettledDay } from './settled-item.ts';
import type { SettledStore } from './settled-store.ts';

/**
 * The last point of each value that goes on (seats, storage) in one month of a subject, as its settled days say. What is in
 * force at an instant is then found by one small item per month, however long ago it was set.
 */
export type LastPoints = {
  readonly subject: string;
  /** `YYYY-MM`, UTC. */
  readonly month: string;
  /** 1, 2, 3, ...: each write is under the revision before. */
  readonly revision: number;
  /** By canonical JSON of `[meter, dimensions]`. */
  readonly points: Readonly<Record<string, Point>>;
};

/** The UTC month of a day or an instant. */
export const monthOf = (instant: string): string => instant.slice(0, 7);

/** The first day of a month, and of the month after it. */
export const daysOfMonth = (month: string): { readonly first: string; readonly end: string } => {
  const first = `${month}-01`;
  return { first, end: `${monthOf(addDays(first, 31))}-01` };
};

/** The last point of each value that goes on in some days. Only such values keep points in a settled day. */
export const lastPointsIn = (days: readonly SettledDay[]): LastPoints['points'] => {
  const last = new Map<string, Point>();
  for (const { states } of days) {
    for (const [key, state] of Object.entries(states)) {
      const parts = parseStateKey(key);
      if (parts === undefined || state.class !== 'points') continue;
      const name = canonicalJson([parts.meter, parts.dimensions]);
      const known = last.get(name);
      const points = known === undefined ? state.points : [known, ...state.points];
      last.set(name, points.reduce(laterPoint));
    }
  }
  return Object.fromEntries([...last].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** How often a month is made again because another sweep was first. */
const MAX_TRIES = 5;

/**
 * The last points of a month after some of its days changed, from what was known before and what these days say now. A
 * value's last point moves only with its own day: `undefined` where it lay on a changed day that does not say it, or a later
 * one, any more, because any other day of the month may have the last one then.
 */
export const lastPointsAfter = (
  known: LastPoints['points'],
  fresh: LastPoints['points'],
  isChanged: (day: string) => boolean,
): LastPoints['points'] | undefined => {
  const last = new Map(Object.entries(fresh));
  for (const [name, before] of Object.entries(known)) {
    const now = fresh[name];
    const isLater = now !== undefined && laterPoint(before, now) === now;
    const isThere = now !== undefined && before.time === now.time && before.idHash === now.idHash;
    if (isLater || isThere) continue;
    if (isChanged(utcDay(before.time))) return undefined;
    last.set(name, before);
  }
  return Object.fromEntries([...last].sort(([a], [b]) => (a < b ? -1 : 1)));
};

type Ports = Pick<SettledStore, 'days' | 'lasts' | 'putLasts'>;

/**
 * Brings the last points of the months of these days up to date, after the days were settled: reads the item, then the days,
 * and writes under the item's revision. The whole month is read only where that does not tell. Months without such values
 * have no item.
 * @throws if another sweep was first too often.
 */
export const refreshLastPoints = async (settled: Ports, subject: string, days: readonly string[]): Promise<void> => {
  for (const [month, changed] of Map.groupBy(days, monthOf))
    await refreshMonth(settled, subject, month, changed.sort());
};

const refreshMonth = async (
  settled: Ports,
  subject: string,
  month: string,
  changed: readonly string[],
): Promise<void> => {
  const { first, end } = daysOfMonth(month);
  const pointsOf = async (stretches: readonly { readonly from: string; readonly to: string }[]) => {
    const reads = await Promise.all(stretches.map(({ from, to }) => settled.days(subject, from, to)));
    return lastPointsIn(reads.flatMap((read) => read.days));
  };
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const [known] = (await settled.lasts(subject, month, monthOf(end))).days;
    const moved =
      known && lastPointsAfter(known.points, await pointsOf(stretchesOf(changed)), (day) => changed.includes(day));
    const points = moved ?? (await pointsOf([{ from: first, to: end }]));
    const isSame = canonicalJson(points) === canonicalJson(known?.points ?? {});
    if (isSame || (await settled.putLasts({ subject, month, revision: (known?.revision ?? 0) + 1, points }))) return;
  }
  throw new Error(`other sweeps made the last points of ${subject} ${month} first ${MAX_TRIES} times in a row`);
};
