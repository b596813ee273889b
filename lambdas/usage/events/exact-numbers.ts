import type { UsageEvent } from '../types.ts';

/**
 * A number is refused if it was *written* with more digits than a binary float carries, which its value no longer tells.
 * Looking through the line costs more than all other checks of an event together, and nearly never finds anything. So
 * first a proof by length: if every number is of a kind that cannot be written in fewer characters than its shortest form
 * has, then a line that is no longer than the shortest text of its event has every number in its shortest form.
 * Whitespace, repeated keys and escapes only make the line longer; such lines are looked through.
 */

/** Whole numbers below this have at most 15 digits. */
const WHOLE_BELOW = 1e15;
/** `1000` could be written `1e3`, `0.001` as `1e-3`; from these on there is no shorter way than the usual. */
const ROUND = 1_000;
const FRACTION_FROM = 0.01;
/** Characters of a fraction: at most 15 digits, sign and point apart. */
const FRACTION_LENGTH = 16;

/** Whether the shortest form of a number is the shortest way to write it, and has at most 15 digits. */
export const isShortNumber = (value: number): boolean => {
  const size = Math.abs(value);
  if (size >= WHOLE_BELOW) return false;
  if (Number.isInteger(value)) return value % ROUND !== 0 || Object.is(value, 0);
  return size >= FRACTION_FROM && `${size}`.length <= FRACTION_LENGTH;
};

/** Whether all numbers in a value are such that the proof by length holds for them. Recurses: check the depth first. */
export const hasOnlyShortNumbers = (value: unknown): boolean => {
  if (typeof value === 'number') return isShortNumber(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasOnlyShortNumbers);
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    // Nearly all are texts: no call for them.
    if (typeof inner !== 'string' && !hasOnlyShortNumbers(inner)) return false;
  }
  return true;
};

/** Characters of `,"name":"text"`. */
const memberLength = (name: string, text: string | undefined): number =>
  text === undefined ? 0 : name.length + text.length + ',"":""'.length;

const cut = (sent: string | undefined, normal: string | undefined): number =>
  (sent?.length ?? 0) - (normal?.length ?? 0);

/**
 * Whether a line is no longer than its event must be, so that every number stands there in its shortest form. Takes only
 * lines without escapes, and events with `hasOnlyShortNumbers`; `bodyLength` is the length of the canonical text of
 * `event`, which is `sent` in normal time.
 */
export const saysNumbersInFull = (line: string, sent: UsageEvent, event: UsageEvent, bodyLength: number): boolean =>
  line.length ===
  bodyLength +
    cut(sent.time, event.time) +
    cut(sent.replacestime, event.replacestime) +
    memberLength('recordedtime', sent.recordedtime) +
    memberLength('releasedfrom', sent.releasedfrom);
