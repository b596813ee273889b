import type { CatalogEntry, Meter } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import type { DomainEventPublisher, DomainEvents } from '../../platform/domain-events.ts';
import { contentHash } from '../../platform/hash.ts';
import type { Ids } from '../../platform/ids.ts';
import type { DirtyMark } from '../ledger/dirty-marks.ts';
import { daysFrom, shiftDay, stretchesOf, utcDay } from '../ledger/slot.ts';
import type { SubjectRecord, Subjects, SweepNote } from '../ledger/subjects.ts';
import { CLOCK_SKEW_MILLIS, LONGEST_RUN_MILLIS, MARK_CLEARABLE_MILLIS } from '../ledger/writer-memory.ts';
import { refreshLastPoints } from './last-points.ts';
import { clearMark, type SettlePorts, settleDay } from './settle.ts';
import { coversDay, finalFrom, isFinal, type LatestMeters, latestMeters } from './settled-day.ts';
import type { SettledHead } from './settled-item.ts';
import { isSomething, type OnTop, readOnTop } from './settled-on-top.ts';

export type SweepPorts = SettlePorts & {
  readonly subjects: Subjects;
  readonly publisher: DomainEventPublisher;
  readonly ids: Ids;
};

/** What a sweep did. */
export type SweepResult = {
  readonly subjects: number;
  /** Subjects that another sweep is at. */
  readonly busy: number;
  /** Days whose usage changed. */
  readonly settledDays: number;
  readonly clearedMarks: number;
  /** Seconds that the day which waited longest could have been settled for good before the sweep came to it. */
  readonly lagSeconds: number;
};

const SUBJECTS_AT_A_TIME = 6;
const DAYS_AT_A_TIME = 5;

/** A day that can be settled for good is due as long as it is not. */
const isDue = (head: SettledHead | undefined): boolean => head === undefined || !isFinal(head);

/** The last day up to which all watched days are settled for good. */
const settledThrough = (watched: readonly string[], heads: ReadonlyMap<string, SettledHead>): string | undefined => {
  const open = watched.findIndex((day) => isDue(heads.get(day)));
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

/** Nobody is at work any more who wrote a note so long ago. */
const ABANDONED_MILLIS = LONGEST_RUN_MILLIS + CLOCK_SKEW_MILLIS;

const isUnderWay = (note: SweepNote | undefined, now: string): boolean =>
  note !== undefined && note.at > new Date(Date.parse(now) - ABANDONED_MILLIS).toISOString();

const BUSY: SweepResult = { subjects: 0, busy: 1, settledDays: 0, clearedMarks: 0, lagSeconds: 0 };
const IDLE: SweepResult = { subjects: 1, busy: 0, settledDays: 0, clearedMarks: 0, lagSeconds: 0 };

/** What a sweep found to do for a subject. */
type Work = {
  readonly beganAt: string;
  /** Watched days that can be settled for good. */
  readonly watched: readonly string[];
  readonly marks: ReadonlyMap<string, DirtyMark>;
  readonly heads: Map<string, SettledHead>;
  readonly toSettle: readonly string[];
  /** What came to days that are settled already, where that can be told. */
  readonly onTop: ReadonlyMap<string, OnTop>;
  /** Marks of days that nothing came to. */
  readonly cleared: number;
  /** What a sweep that died may have changed without telling. */
  readonly inherited: readonly string[];
};

/**
 * What is settled of these days, which are in order. Days between them are not read: a mark may be a week old, and a query is
 * paid for by all that it passes.
 */
const headsOf = async (
  { settled }: SweepPorts,
  subject: string,
  days: readonly string[],
): Promise<Map<string, SettledHead>> => {
  const reads = await mapBounded(stretchesOf(days), DAYS_AT_A_TIME, ({ from, to }) => settled.heads(subject, from, to));
  return new Map(reads.flatMap((read) => read.days).map((head) => [head.day, head]));
};

const lookFor = async (ports: SweepPorts, record: SubjectRecord, beganAt: string): Promise<Work> => {
  const { subject, announcing } = record;
  const inherited = announcing?.days ?? [];
  const first = record.settledThrough === undefined ? record.watchedFrom : shiftDay(record.settledThrough, 1);
  // What cannot be settled for good yet is nothing to look at.
  const watched = daysFrom(first, utcDay(beganAt)).filter((day) => coversDay(day, beganAt));
  // Marks before items: a mark that a settle clears in between leaves an item that is newer, never an older one.
  const marks = new Map((await ports.marks.marksOf(subject)).map((mark) => [mark.day, mark]));
  const days = [...new Set([...watched, ...marks.keys(), ...inherited])].sort();
  const heads = await headsOf(ports, subject, days);
  const isDueNow = (day: string): boolean => watched.includes(day) && isDue(heads.get(day));
  const onTop = new Map<string, OnTop>();
  const looked = await mapBounded(
    days.filter((day) => marks.has(day) || isDueNow(day)),
    DAYS_AT_A_TIME,
    async (day): Promise<'to settle' | 'cleared' | 'nothing'> => {
      const [head, mark] = [heads.get(day), marks.get(day)];
      const came = head && (await readOnTop(ports, head, mark, beganAt));
      if (came !== undefined) onTop.set(day, came);
      // Where nothing came there is nothing to note and to tell: a mark is looked at again until it can be cleared.
      if (came === undefined || isSomething(came) || isDueNow(day)) return 'to settle';
      return (await clearMark(ports, mark, beganAt)) ? 'cleared' : 'nothing';
    },
  );
  const toSettle = days.filter((day) => marks.has(day) || isDueNow(day)).filter((_, n) => looked[n] === 'to settle');
  const cleared = looked.filter((what) => what === 'cleared').length;
  return { beganAt, watched, marks, heads, toSettle, onTop, cleared, inherited };
};

/** How long what is settled now could have been settled for good: since its day was covered, or its mark clearable. */
const lagOf = ({ beganAt, marks, toSettle }: Work): number => {
  const since = toSettle.map((day) => {
    const mark = marks.get(day);
    return mark === undefined ? finalFrom(day) : Date.parse(mark.at) + MARK_CLEARABLE_MILLIS;
  });
  return Math.max(0, ...since.map((due) => Math.round((Date.parse(beganAt) - due) / 1000)));
};

/** Settles the days, tells what changed, and only then takes the note back. */
const settleAndTell = async (
  ports: SweepPorts,
  meters: LatestMeters,
  subject: string,
  work: Work,
  note: SweepNote,
): Promise<SweepResult> => {
  const { beganAt, watched, marks, heads, toSettle, onTop, inherited } = work;
  const failures: unknown[] = [];
  const settled = await mapBounded(toSettle, DAYS_AT_A_TIME, async (day) => {
    try {
      const seen = { beganAt, head: heads.get(day), mark: marks.get(day), onTop: onTop.get(day) };
      return await settleDay(ports, meters, subject, day, seen);
    } catch (error) {
      failures.push(error);
      return undefined;
    }
  });
  const results = settled.filter((result) => result !== undefined);
  for (const { head } of results) if (head !== undefined) heads.set(head.day, head);
  // What was settled early was not told of; it is when its day is over.
  const changed = results.flatMap(({ head, changed: isNew, finished }) =>
    head !== undefined && (isNew || (finished && head.accepted > 0)) ? [head.day] : [],
  );
  const toTell = [...new Set([...changed, ...inherited])];
  // As long as the note stands readers take these days from the ledger.
  await refreshLastPoints(ports.settled, subject, toTell);
  if (toTell.length > 0) {
    await ports.publisher.publish('usage.settled', [settledEvent(subject, toTell, heads, `settle-${note.token}`)]);
  }
  if (failures.length > 0) throw failures[0];
  await ports.subjects.announced(subject, note.token, settledThrough(watched, heads), toTell);
  return {
    subjects: 1,
    busy: 0,
    settledDays: changed.length,
    clearedMarks: work.cleared + results.filter(({ cleared }) => cleared).length,
    lagSeconds: lagOf(work),
  };
};

/**
 * Sweeps one subject. The note of what is about to be changed is also what keeps other sweeps off: while it is there and
 * its writer may live, the subject is theirs; from one that died its days are taken over, and told.
 */
const sweepSubject = async (ports: SweepPorts, meters: LatestMeters, record: SubjectRecord): Promise<SweepResult> => {
  const { subject, announcing } = record;
  const beganAt = ports.clock.now();
  if (isUnderWay(announcing, beganAt)) return BUSY;
  const work = await lookFor(ports, record, beganAt);
  const days = [...new Set([...work.inherited, ...work.toSettle])];
  if (days.length === 0) {
    const through = settledThrough(work.watched, work.heads);
    if (through !== undefined) await ports.subjects.announced(subject, undefined, through, []);
    return { ...IDLE, clearedMarks: work.cleared };
  }
  const note: SweepNote = { token: ports.ids.next(), at: ports.clock.now(), days };
  if (!(await ports.subjects.announce(subject, note, announcing?.token))) return BUSY;
  try {
    return await settleAndTell(ports, meters, subject, work, note);
  } catch (error) {
    // The next sweep need not wait until this one must be dead.
    await ports.subjects.announce(subject, { ...note, at: '' }, note.token);
    throw error;
  }
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
      return { ...IDLE, subjects: 0 };
    }
  });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} subjects could not be settled`);
  const sum = (field: keyof SweepResult): number => results.reduce((total, result) => total + result[field], 0);
  return {
    subjects: sum('subjects'),
    busy: sum('busy'),
    settledDays: sum('settledDays'),
    clearedMarks: sum('clearedMarks'),
    lagSeconds: Math.max(0, ...results.map(({ lagSeconds }) => lagSeconds)),
  };
};
