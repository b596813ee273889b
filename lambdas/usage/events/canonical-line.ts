import type { UsageEvent } from '../types.ts';
import { isShortNumber } from './exact-numbers.ts';

/**
 * A line whose names are in order, with no space between, is its event's canonical text already: then the body's text is
 * cut out of it instead of being written. Whether it is, lengths tell: no text of an event is shorter than the canonical
 * one where its numbers cannot be written shorter, so a line of that length, with the names in order, is that text.
 */

/** Names that are indexes stand first in an object, wherever they were written. */
const isIndexLike = (name: string): boolean => name.charCodeAt(0) <= 0x39;

/** The length of a value's canonical text, if its names are in order and its numbers short; else `NaN`. */
const lengthOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') return isShortNumber(value) ? `${value}`.length : Number.NaN;
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (value === null) return 4;
  // Brackets or braces, and a comma before each but the first.
  let length = 1;
  if (Array.isArray(value)) {
    for (const inner of value) length += lengthOf(inner) + 1;
    return Math.max(length, 2);
  }
  let before = '';
  for (const name in value as object) {
    if (name <= before || isIndexLike(name)) return Number.NaN;
    before = name;
    length += name.length + 3 + lengthOf((value as Record<string, unknown>)[name]) + 1;
  }
  return Math.max(length, 2);
};

/**
 * The canonical text of a body, cut out of a line without escapes; `undefined` if the line is written in any other way.
 * `event` is the line as it was parsed.
 */
export const bodyTextIn = (line: string, event: UsageEvent): string | undefined => {
  let at = 1;
  let before = '';
  let body = '';
  let taken = 0;
  for (const name in event) {
    if (name <= before || isIndexLike(name)) return undefined;
    before = name;
    const end = at + name.length + 3 + lengthOf(event[name as keyof UsageEvent]) + 1;
    if (name === 'recordedtime' || name === 'releasedfrom') {
      body += line.slice(taken, at);
      taken = end;
    }
    at = end;
  }
  return at === line.length ? body + line.slice(taken) : undefined;
};
