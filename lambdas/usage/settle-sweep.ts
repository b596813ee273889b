import type { CatalogEntry, Meter } from '../catalog/types.ts';
import type { DomainEventPublisher, DomainEvents } from '../platform/domain-events.ts';
import { contentHash } from '../platform/hash.ts';
import type { Ids } from '../platform/ids.ts';
import { mapBounded } from './bounded.ts';
import { isFinal, type LatestMeters, latestMeters, passedDue, type SettlePorts, settleDay } from './settle.ts';
import type { SettledHead } from './settled-item.ts';
import { daysFrom, shiftDay, utcDay } from './slot.ts';
import type { SubjectRecord, Subjects } from './subjects.ts';

export type SweepPorts = SettlePorts & {
  readonly subjects: Subjects;
  readonly publisher: DomainEventPublisher;
  readonly ids: Ids;
};

/** What a sweep did. */
export type SweepResult = {
  readonly subjects: number;
  /** Days whose usage changed. */
  readonly settledDays: number;
  readonly clearedMarks: number;
};

const SUBJECTS_AT_A_TIME = 6;
const DAYS_AT_A_TIME = 5;

const isDue = (day: string, head: SettledHead | undefined, now: string): boolean =>
  passedDue(day, head?.beganAt ?? '', now);

/** The last day up to which all watched days are settled for good. */
const settledThrough = (watched: readonly string[], heads: ReadonlyMap<string, SettledHead>): string | undefined => {
  const open = watched.findIndex((day) => {
    const head = heads.get(day);
    return head === undefined || !isFinal(head);
  });
  return watched[(open === -1 ? watched.length : open) - 1];
};

/** The event that tells what changed. Its id follows from the revisions: a repeat has the same. */
const settledEvent = (
  subject: string,
  days: readonly string[],
  heads: ReadonlyMap<string, SettledHead>,
  correlationId: string,
): DomainEvents['usage.settled'] => {
  const ordered = [...days].sort();
  const revisions = ordered.map((day) => [day, heads.get(day)?.revision ?? 0]);
  return { id: `settled-${contentHash([subject, revisions]).slice(0, 32)}`, subject, days: ordered, correlationId };
};

const sweepSubject = async (ports: SweepPorts, meters: LatestMeters, record: SubjectRecord): Promise<SweepResult> => {
  const { subject, announcing } = record;
  const beganAt = ports.clock.now();
  const today = utcDay(beganAt);
  const first = record.settledThrough === undefined ? record.watchedFrom : shiftDay(record.settledThrough, 1);
  const watched = daysFrom(first, today);
  // Marks before items: a mark that a settle clears in between leaves an item that is newer, never an older one.
  const marks = new Map((await ports.marks.marksOf(subject)).map((mark) => [mark.day, mark]));
  const days = [...new Set([...watched, ...marks.keys(), ...(announcing?.days ?? [])])].sort();
  const [from, last] = [days[0], days.at(-1)];
  if (from === undefined || last === undefined) return { subjects: 1, settledDays: 0, clearedMarks: 0 };

  const read = await ports.settled.heads(subject, from, shiftDay(last, 1));
  const heads = new Map(read.days.map((head) => [head.day, head]));
  const toSettle = days.filter(
    (day) => marks.has(day) || (day >= first && day < today && isDue(day, heads.get(day), beganAt)),
  );
  const token = ports.ids.next();
  // Noted before anything is changed, so that a sweep that dies is told of by the next one.
  if (toSettle.length > 0) {
    await ports.subjects.announce(subject, { token, days: [...new Set([...(announcing?.days ?? []), ...toSettle])] });
  }
  const results = await mapBounded(toSettle, DAYS_AT_A_TIME, (day) =>
    settleDay(ports, meters, subject, day, { beganAt, head: heads.get(day), mark: marks.get(day) }),
  );
  for (const { head } of results) heads.set(head.day, head);

  const changed = results.filter((result) => result.changed).map(({ head }) => head.day);
  const toTell = [...new Set([...changed, ...(announcing?.days ?? [])])];
  if (toTell.length > 0) {
    await ports.publisher.publish('usage.settled', [settledEvent(subject, toTell, heads, `settle-${token}`)]);
  }
  const through = settledThrough(watched, heads);
  const note = toSettle.length > 0 ? token : announcing?.token;
  if (note !== undefined || through !== undefined) await ports.subjects.announced(subject, note, through);
  return {
    subjects: 1,
    settledDays: changed.length,
    clearedMarks: results.filter(({ cleared }) => cleared).length,
  };
};

/**
 * Settles what must be settled, of every subject: watched days that ended, and days marked dirty. Tells what changed by
 * one `usage.settled` per subject. One subject's failure does not stop the others.
 * @throws {AggregateError} at the end, if any subject failed; the next sweep takes it up again.
 */
export const settleSweep = async (ports: SweepPorts, meters: readonly CatalogEntry<Meter>[]): Promise<SweepResult> => {
  const latest = latestMeters(meters);
  const failures: unknown[] = [];
  const results = await mapBounded(await ports.subjects.list(), SUBJECTS_AT_A_TIME, async (record) => {
    try {
      return await sweepSubject(ports, latest, record);
    } catch (error) {
      failures.push(new Error(`subject ${record.subject} could not be settled`, { cause: error }));
      return { subjects: 0, settledDays: 0, clearedMarks: 0 };
    }
  });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} subjects could not be settled`);
  return {
    subjects: results.length,
    settledDays: results.reduce((total, { settledDays }) => total + settledDays, 0),
    clearedMarks: results.reduce((total, { clearedMarks }) => total + clearedMarks, 0),
  };
};
