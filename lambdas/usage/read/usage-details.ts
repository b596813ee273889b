import { canonicalJson } from '../../platform/canonical-json.ts';
import { daysOf, intervalOf, localTime } from '../../platform/period.ts';
import type { SlotState } from '../ledger/chain.ts';
import type { LedgerPorts } from '../ledger/effective-slots.ts';
import type { MeteredUsage, SlotPin } from '../types.ts';
import { type Aggregated, seriesByRow } from './aggregate.ts';
import { usageByWindow } from './by-window.ts';
import { type LevelChange, levelChanges } from './level-changes.ts';
import type { PeriodUsageRequest } from './period-usage.ts';
import { type Transaction, transactionsOf } from './transactions.ts';
import { windowsOfDay } from './windows-of-day.ts';

/** What prices need of some meters beside the quantity of the period, by meter. */
export type DetailsWanted = {
  /** The quantity of each hour or local day. */
  readonly windows?: Readonly<Record<string, 'hour' | 'day'>>;
  /** How the value of a meter that goes on changes. */
  readonly changes?: readonly string[];
  /** Every single amount: reads the events themselves. */
  readonly transactions?: readonly string[];
};

/** Usage with what was wanted of it. */
export type DetailedUsage = MeteredUsage & {
  readonly windows?: readonly { readonly start: string; readonly quantity: string }[];
  readonly changes?: readonly LevelChange[];
  readonly transactions?: readonly Transaction[];
};

/** A period's usage as it was aggregated, and what from. */
export type Read = Omit<PeriodUsageRequest, 'details'> & {
  readonly slots: readonly SlotState[];
  readonly pins: readonly SlotPin[];
  readonly usage: Aggregated['usage'];
};

const rowKey = ({ meter, unit, dimensions }: MeteredUsage): string => canonicalJson([meter, unit, dimensions]);

/** Adds to the rows of a period what is wanted of their meters. Rows of others stay as they are. */
export const withDetails = async (
  ports: Pick<LedgerPorts, 'ledger' | 'overlays'>,
  read: Read,
  { windows = {}, changes = [], transactions = [] }: DetailsWanted,
): Promise<readonly DetailedUsage[]> => {
  const hours = windowsByRow(read, windows, 'hour');
  const days = windowsByRow(read, windows, 'day');
  const { period, slots: fragments, subjects, carryIn, meters } = read;
  const interval = intervalOf(period);
  const series =
    changes.length === 0
      ? new Map<string, never>()
      : seriesByRow({ fragments, subjects, interval, ends: () => [], carryIn, meters });
  const detailed: DetailedUsage[] = [];
  for (const row of read.usage) {
    const size = windows[row.meter];
    const own = size === undefined ? undefined : ((size === 'hour' ? hours : days).get(rowKey(row)) ?? []);
    const levels = changes.includes(row.meter) ? levelChanges(series.get(rowKey(row)) ?? [], interval) : undefined;
    const single = transactions.includes(row.meter) ? await transactionsOf(ports, row, read.pins, meters) : undefined;
    detailed.push({
      ...row,
      ...(own === undefined ? {} : { windows: own }),
      ...(levels === undefined ? {} : { changes: levels }),
      ...(single === undefined ? {} : { transactions: single }),
    });
  }
  return detailed;
};

type Windows = { start: string; quantity: string }[];

/** The quantity of every window that has usage, by row. A value that goes on is carried over the edges of windows. */
const windowsByRow = (
  { period, slots, subjects, carryIn, meters: all }: Read,
  wanted: NonNullable<DetailsWanted['windows']>,
  size: 'hour' | 'day',
): ReadonlyMap<string, Windows> => {
  const found = new Map<string, Windows>();
  const meters = all.filter(({ id }) => wanted[id] === size);
  if (meters.length === 0) return found;
  const windows = daysOf(period).flatMap((day) => windowsOfDay(day, period.zone, size));
  const byWindow = usageByWindow({ windows, pieces: slots, subjects, carryIn, meters });
  windows.forEach((window, n) => {
    const start =
      size === 'hour' ? localTime(window.from, period.zone) : localTime(window.from, period.zone).slice(0, 10);
    for (const row of byWindow[n] ?? []) {
      const own = found.get(rowKey(row)) ?? [];
      own.push({ start: size === 'hour' ? start : `${start}T00:00`, quantity: row.quantity });
      found.set(rowKey(row), own);
    }
  });
  return found;
};
