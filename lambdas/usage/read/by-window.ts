import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import type { Interval } from '../../platform/period.ts';
import { within } from '../ledger/slot.ts';
import type { MeteredUsage } from '../types.ts';
import { aggregateSpan, type CarryIn, type Fragment } from './aggregate.ts';
import type { SubjectInterval } from './series.ts';

/** Parts of subjects' time, each with its beginning; none lies across the edge of a window. */
type Piece = Fragment & { readonly start: string };

export type ByWindow = {
  /** In order of time, one after another. */
  readonly windows: readonly Interval[];
  readonly pieces: readonly Piece[];
  readonly subjects: readonly SubjectInterval[];
  /** The last values before the first window. */
  readonly carryIn: CarryIn;
  readonly meters: readonly CatalogEntry<Meter>[];
};

/** Pieces by the index of the window in which they begin; -1 for those that begin in none. */
const piecesByWindow = (
  pieces: readonly Piece[],
  windows: readonly Interval[],
): ReadonlyMap<number, readonly Piece[]> => {
  const ordered = [...pieces].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  let n = 0;
  return Map.groupBy(ordered, ({ start }) => {
    while (n < windows.length && start >= (windows[n]?.to ?? '')) n += 1;
    return start >= (windows[n]?.from ?? '~') ? n : -1;
  });
};

/** The usage of each window. A value that goes on is carried over the edges of windows, also by a subject that is away for a while. */
export const usageByWindow = ({
  windows,
  pieces,
  subjects,
  carryIn: before,
  meters,
}: ByWindow): readonly (readonly MeteredUsage[])[] => {
  const byWindow = piecesByWindow(pieces, windows);
  let carryIn = before;
  return windows.map((window, n) => {
    const { usage, carryOut } = aggregateSpan({
      fragments: byWindow.get(n) ?? [],
      subjects: subjects
        .map(({ subject, ...interval }) => ({ subject, ...within(interval, window) }))
        .filter(({ from, to }) => from < to),
      interval: window,
      ends: () => [{ day: window.from, end: window.to }],
      carryIn,
      meters,
    });
    carryIn = { ...carryIn, ...carryOut };
    return usage;
  });
};
