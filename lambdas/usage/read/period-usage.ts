import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { contentHash } from '../../platform/hash.ts';
import { type Interval, intervalOf, type Period } from '../../platform/period.ts';
import type { SlotState } from '../ledger/chain.ts';
import { effectiveSlots, type LedgerPorts } from '../ledger/effective-slots.ts';
import { daysTouched, intervalOfDay, within } from '../ledger/slot.ts';
import type { SlotPin } from '../types.ts';
import { type Aggregated, aggregate, type CarryIn } from './aggregate.ts';
import type { SubjectInterval } from './series.ts';
import { type DetailedUsage, type DetailsWanted, withDetails } from './usage-details.ts';

export type PeriodUsageRequest = {
  /** The subjects of the account, each with when it belonged to it. What lies outside the period is cut off. */
  readonly subjects: readonly SubjectInterval[];
  readonly period: Period;
  /** The last values before the period (the `carryOut` of the period before); `{}` for none. */
  readonly carryIn: CarryIn;
  /** Every version of every meter. */
  readonly meters: readonly CatalogEntry<Meter>[];
  /** What is wanted of some meters beside their quantity. */
  readonly details?: DetailsWanted;
};

export type PeriodUsage = Omit<Aggregated, 'usage'> & {
  /** Ordered by meter and dimensions. */
  readonly usage: readonly DetailedUsage[];
  /** Each slot that was read, with its version then; all others of the range were absent. Ordered by subject, start. */
  readonly pins: readonly SlotPin[];
  /** Content hash of everything the usage was made from: subjects, period, pins, what was carried in. */
  readonly usageHash: string;
  readonly read: { readonly queries: number; readonly bytes: number };
};

/** Partitions read at a time. */
const CONCURRENCY = 16;

/** The parts of the subjects' intervals that lie in a period, in order; empty ones are left out. */
export const clipSubjects = (subjects: readonly SubjectInterval[], period: Period): SubjectInterval[] => {
  const covered = intervalOf(period);
  return subjects
    .map(({ subject, ...interval }) => ({ subject, ...within(interval, covered) }))
    .filter((each) => each.from < each.to)
    .sort((a, b) => (a.subject === b.subject ? (a.from < b.from ? -1 : 1) : a.subject < b.subject ? -1 : 1));
};

/** One UTC day of a subject's interval: `part` when only a part of the day belongs to it. */
export type DayPart = {
  readonly subject: string;
  readonly day: string;
  readonly part: Interval | undefined;
};

/** The UTC days of intervals. */
export const dayParts = (subjects: readonly SubjectInterval[]): DayPart[] =>
  subjects.flatMap((interval) =>
    daysTouched(interval).map((day) => {
      const whole = intervalOfDay(day);
      const isWhole = interval.from <= whole.from && interval.to >= whole.to;
      return { subject: interval.subject, day, part: isWhole ? undefined : within(interval, whole) };
    }),
  );

type Placed = Pick<SlotPin, 'subject' | 'start'>;

const byPlace = (a: Placed, b: Placed): number =>
  a.subject === b.subject ? (a.start < b.start ? -1 : 1) : a.subject < b.subject ? -1 : 1;

/**
 * Reads parts of days from the ledger, strongly: their slots as they count, closed backfills included, in order. Of days
 * without backfills only the slots are held: the appends of a period may be millions.
 */
export const readDayParts = async (
  { ledger, overlays }: LedgerPorts,
  parts: readonly DayPart[],
): Promise<{ readonly slots: SlotState[]; readonly queries: number; readonly bytes: number }> => {
  const reads = await mapBounded(parts, CONCURRENCY, async ({ subject, day, part }) => {
    const read = await ledger.day(subject, day, part);
    const { queries, bytes } = read;
    return read.overlays.length === 0
      ? { slots: await effectiveSlots([read], overlays), queries, bytes }
      : { read, queries, bytes };
  });
  const layered = await effectiveSlots(
    reads.flatMap(({ read }) => read ?? []),
    overlays,
  );
  return {
    slots: [...reads.flatMap(({ slots = [] }) => slots), ...layered].sort(byPlace),
    queries: reads.reduce((total, { queries }) => total + queries, 0),
    bytes: reads.reduce((total, { bytes }) => total + bytes, 0),
  };
};

const pinOf = ({ subject, start, version, hash, overlays }: SlotState): SlotPin => ({
  subject,
  start,
  version,
  hash,
  ...(overlays === undefined ? {} : { overlays }),
});

/**
 * The usage of an account in a period, as money needs it: read strongly from the ledger itself over the whole range, with
 * every slot's version pinned, of overlays too. The same pins always give the same usage; what is appended later has a higher version.
 */
export const readPeriodUsage = async (
  ports: LedgerPorts,
  { subjects, period, carryIn, meters, details = {} }: PeriodUsageRequest,
): Promise<PeriodUsage> => {
  const own = clipSubjects(subjects, period);
  const { slots, queries, bytes } = await readDayParts(ports, dayParts(own));
  const pins = slots.map(pinOf);
  const aggregated = aggregate({ fragments: slots, subjects: own, period, carryIn, meters });
  const read = { subjects: own, period, carryIn, meters, slots, pins, usage: aggregated.usage };
  return {
    ...aggregated,
    usage: await withDetails(ports, read, details),
    pins,
    usageHash: contentHash({ format: 1, subjects: own, period, pins, carryIn }),
    read: { queries, bytes },
  };
};
