import { daysFrom, shiftDay } from '../ledger/slot.ts';

/** A UTC day of a subject: where a page ended. */
export type DayPlace = { readonly subject: string; readonly day: string };

/** UTC days from `start` to before `end` of subjects in order, from after a place on. */
export type DayRange = {
  readonly subjects: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly after?: DayPlace | undefined;
};

/** Some days of one subject, in order. */
export type Stretch = {
  readonly subject: string;
  readonly days: readonly string[];
  /** The first of them, and the day after the last. */
  readonly start: string;
  readonly end: string;
  /** Its last day: what goes on behind this stretch goes on after it. */
  readonly place: DayPlace;
  readonly isLast: boolean;
  /** How many subjects are done with it. */
  readonly subjectsDone: number;
};

/** Cuts a range into stretches of at most `size` days, subject by subject: so much is held at a time. */
export function* stretches({ subjects, start, end, after }: DayRange, size: number): Generator<Stretch> {
  for (const [n, subject] of subjects.entries()) {
    if (after !== undefined && subject < after.subject) continue;
    const days = daysFrom(subject === after?.subject ? shiftDay(after.day, 1) : start, end);
    for (let from = 0; from < days.length; from += size) {
      const some = days.slice(from, from + size);
      const [first, last] = [some[0] ?? start, some.at(-1) ?? start];
      const isSubjectDone = from + size >= days.length;
      yield {
        subject,
        days: some,
        start: first,
        end: shiftDay(last, 1),
        place: { subject, day: last },
        isLast: isSubjectDone && n === subjects.length - 1,
        subjectsDone: isSubjectDone ? n + 1 : n,
      };
    }
  }
}
