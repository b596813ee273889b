import type { QuarantineCode, QuarantineState, QuarantineSummary } from '../types.ts';
import { QUARANTINE_CODES, type QuarantineFilter, STATES } from './quarantine.ts';

/** Sort place of an entry within its state: by code, then by arrival; unique. */
export const placeOf = (entry: Pick<QuarantineSummary, 'code' | 'receivedAt' | 'id'>): string =>
  `${entry.code}#${entry.receivedAt}#${entry.id}`;

/** Where a list was: a state, and a place in it. */
export type Place = { readonly state: QuarantineState; readonly place: string };

/** The cursor of a place, e.g. `0|SCHEMA#2026-11-01T00:00:00.000Z#q-1`. */
export const cursorOf = ({ state, place }: Place): string => `${STATES.indexOf(state)}|${place}`;

/** What a cursor says. @throws {RangeError} for a text that `cursorOf` never made. */
export const readCursor = (after: string): Place => {
  const [, index = '', place = ''] = /^([0-3])\|(.+)$/s.exec(after) ?? [];
  const state = STATES[Number(index)];
  if (index === '' || state === undefined) throw new RangeError('this is not where a page of the quarantine ended');
  return { state, place };
};

/** A stretch of one state's places, both ends inclusive, to be read in order. */
export type Section = { readonly state: QuarantineState; readonly from: string; readonly to: string };

/** Behind every place of a state. */
const LAST = '~';

const codeSection = (state: QuarantineState, code: QuarantineCode, { from, to }: QuarantineFilter): Section => ({
  state,
  from: `${code}#${from ?? ''}`,
  // Places go on after the instant with `#`, so the bare instant is before all of its own entries: half open.
  to: `${code}#${to ?? LAST}`,
});

/**
 * The stretches that a filter leads to, in the order of a list, from behind a cursor on. Arrival is within the code: to
 * look for it in all codes takes a stretch for each.
 */
export const sectionsOf = (filter: QuarantineFilter, after?: Place): Section[] => {
  const { code, from, to } = filter;
  const byCode = code !== undefined || from !== undefined || to !== undefined;
  const codes = code === undefined ? QUARANTINE_CODES.toSorted() : [code];
  const states = filter.state === undefined ? STATES : [filter.state];
  const start = after === undefined ? 0 : STATES.indexOf(after.state);
  return states
    .filter((state) => STATES.indexOf(state) >= start)
    .flatMap((state) =>
      byCode ? codes.map((each) => codeSection(state, each, filter)) : [{ state, from: ' ', to: LAST }],
    )
    .flatMap((section) => {
      if (after === undefined || section.state !== after.state || section.from > after.place) return [section];
      // A blank sorts before every character of a place: `after ` is the first one behind the cursor.
      return section.to <= after.place ? [] : [{ ...section, from: `${after.place} ` }];
    });
};

/** Whether an entry is one that a filter means. */
export const isMeant = (entry: QuarantineSummary, filter: QuarantineFilter): boolean => {
  const { state, code, from, to, subject, type, source, dataschema, text, job } = filter;
  const same = <T>(wanted: T | undefined, found: T | undefined): boolean => wanted === undefined || wanted === found;
  return (
    same(state, entry.state) &&
    same(code, entry.code) &&
    (from === undefined || entry.receivedAt >= from) &&
    (to === undefined || entry.receivedAt < to) &&
    same(subject, entry.subject) &&
    same(type, entry.type) &&
    same(source, entry.source) &&
    same(dataschema, entry.dataschema) &&
    same(job, entry.release?.job ?? entry.writeOff?.job) &&
    (text === undefined || entry.message.toLowerCase().includes(text.toLowerCase()))
  );
};
