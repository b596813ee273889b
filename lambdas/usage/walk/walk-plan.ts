import { gunzipSync, gzipSync } from 'node:zlib';
import { daysFrom, shiftDay, utcDay } from '../ledger/slot.ts';
import type { SubjectRecord } from '../ledger/subjects.ts';

/** A subject's day that a walk reads. */
export type WalkTask = {
  readonly day: string;
  readonly subject: string;
  /** Of the sweep that settled it: the day is taken off the list of unwalked days if it is still that one. */
  readonly token?: string;
  /** It may not be settled for good: only a strong read shows what is there. */
  readonly open?: true;
};

/** Order of tasks: by day, then subject. The heads of a day are put together in this order. */
const compareTasks = (a: WalkTask, b: WalkTask): number => {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  return a.subject === b.subject ? 0 : a.subject < b.subject ? -1 : 1;
};

/**
 * What a walk reads of a subject: the days that were settled anew since they were walked; with `through`, also those up
 * to that day which may not be settled for good (watched days after `settledThrough`, and `marked` ones).
 */
export const tasksOf = (
  record: SubjectRecord,
  marked: readonly string[],
  { through, now }: { readonly through?: string | undefined; readonly now: string },
): WalkTask[] => {
  const { subject, unwalked = {}, watchedFrom, settledThrough } = record;
  const first = settledThrough === undefined ? watchedFrom : shiftDay(settledThrough, 1);
  // An event may be ahead of our clock: tomorrow may have begun for it.
  const end = [shiftDay(utcDay(now), 2), shiftDay(through ?? '1970-01-01', 1)].sort()[0] ?? '';
  const open = through === undefined ? [] : [...daysFrom(first, end), ...marked.filter((day) => day < end)];
  const days = [...new Set([...Object.keys(unwalked), ...open])];
  return days.map((day) => {
    const token = unwalked[day];
    return { day, subject, ...(token === undefined ? {} : { token }), ...(open.includes(day) ? { open: true } : {}) };
  });
};

/** All tasks of a walk, as its plan keeps them. */
export const packPlan = (tasks: readonly WalkTask[]): Uint8Array =>
  gzipSync(
    [...tasks]
      .sort(compareTasks)
      .map((task) => `${JSON.stringify(task)}\n`)
      .join(''),
  );

/** The tasks of a plan, in order. */
export const unpackPlan = (body: Uint8Array): WalkTask[] =>
  gunzipSync(body)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WalkTask);
