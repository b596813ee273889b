import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { daysFrom, shiftDay, utcDay } from '../ledger/slot.ts';
import type { SubjectRecord } from '../ledger/subjects.ts';
import { daysOfMonth, type LastPoints, monthOf } from '../settle/last-points.ts';
import { type BalancePorts, readFragments } from '../settle/settled-fragments.ts';
import { type CarryIn, carryKey, goesOn, lastValuesIn } from './aggregate.ts';
import type { SubjectInterval } from './series.ts';

/** What was in force before some instants, and what it took to find out. */
export type LookedBack = { readonly carryIn: CarryIn; readonly queries: number; readonly bytes: number };

const SUBJECTS_AT_A_TIME = 4;
const NO_MONTH = '0000-00';

/** The last month that has an instant before this one. */
const lastMonthBefore = (instant: string): string => monthOf(new Date(Date.parse(instant) - 1).toISOString());

/** Days before an instant whose settled usage does not tell all: marked, being settled, or not settled for good. */
const unsureDays = (record: SubjectRecord, marked: readonly string[], before: string): string[] => {
  const open = record.settledThrough === undefined ? record.watchedFrom : shiftDay(record.settledThrough, 1);
  const lastDay = shiftDay(utcDay(before), 1);
  const days = [...marked, ...(record.announcing?.days ?? []), ...daysFrom(open, lastDay)];
  return days.filter((day) => day < lastDay);
};

/** The months whose last points cannot be taken as they are, and must be read: with the time up to which. */
const monthsToRead = (months: readonly LastPoints[], unsure: readonly string[], before: string): Set<string> => {
  const last = lastMonthBefore(before);
  // A later point of the same month hides the one that was in force.
  const hides = months.some(
    ({ month, points }) => month === last && Object.values(points).some(({ time }) => time >= before),
  );
  return new Set([...unsure.map(monthOf).filter((month) => month <= last), ...(hides ? [last] : [])]);
};

const lookBackSubject = async (
  ports: BalancePorts,
  subject: string,
  before: string,
  meters: readonly CatalogEntry<Meter>[],
): Promise<LookedBack> => {
  // Marks, then the registry with what a sweep is at, then what is settled: whatever a sweep does meanwhile, a day that is
  // not told by its month yet is seen as marked or as being settled.
  const marked = (await ports.marks.marksOf(subject)).map(({ day }) => day);
  const record = await ports.subjects.get(subject);
  if (record === undefined) return { carryIn: {}, queries: 2, bytes: 0 };
  const { end } = daysOfMonth(lastMonthBefore(before));
  const lasts = await ports.settled.lasts(subject, NO_MONTH, monthOf(end));
  const toRead = monthsToRead(lasts.days, unsureDays(record, marked, before), before);
  const intervals = [...toRead].sort().map((month) => {
    const { first, end: next } = daysOfMonth(month);
    const to = `${next}T00:00:00.000Z`;
    return { subject, from: `${first}T00:00:00.000Z`, to: to < before ? to : before };
  });
  const read = intervals.length === 0 ? { fragments: [], queries: 0, bytes: 0 } : await readFragments(ports, intervals);

  const going = new Set(meters.filter(({ body }) => goesOn(body)).map(({ id }) => id));
  const told = lasts.days
    .filter(({ month }) => !toRead.has(month))
    .flatMap(({ points }) => Object.entries(points))
    .flatMap(([key, point]) => {
      const [meter, dimensions] = JSON.parse(key) as [string, Record<string, string>];
      return going.has(meter) ? [[carryKey(meter, dimensions, subject), point] as const] : [];
    });
  const carryIn: Record<string, CarryIn[string]> = {};
  // Months are in order and hold one point each; what was read competes by time.
  for (const [key, { time, value }] of told) carryIn[key] = { time, value };
  for (const [key, value] of Object.entries(lastValuesIn(read.fragments, meters))) {
    const known = carryIn[key];
    if (known === undefined || known.time < value.time) carryIn[key] = value;
  }
  return { carryIn, queries: 3 + read.queries, bytes: lasts.bytes + read.bytes };
};

/**
 * The last values of meters that go on before each subject came to the account (`subjects` in order of time), whoever had it
 * then and however long ago it was: as a close takes them.
 */
export const lookBack = async (
  ports: BalancePorts,
  subjects: readonly SubjectInterval[],
  meters: readonly CatalogEntry<Meter>[],
): Promise<LookedBack> => {
  // The first interval of each subject is where it came.
  const came = [...new Map(subjects.toReversed().map(({ subject, from }) => [subject, from]))];
  const all = await mapBounded(came, SUBJECTS_AT_A_TIME, ([subject, from]) =>
    lookBackSubject(ports, subject, from, meters),
  );
  return {
    carryIn: Object.assign({}, ...all.map(({ carryIn }) => carryIn)),
    queries: all.reduce((total, { queries }) => total + queries, 0),
    bytes: all.reduce((total, { bytes }) => total + bytes, 0),
  };
};
