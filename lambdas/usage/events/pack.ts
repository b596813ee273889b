import { opensDeeper, rawElements, withoutBackslashKeys } from './raw-json.ts';

/** How the events of a text are told apart: the elements of a CloudEvents batch, or one event per line. */

/**
 * Brackets open so deep in no batch: an event may be nested 32 deep, and is refused alone beyond that. A parser takes
 * memory for each level, and a small gzip unpacks to millions of them.
 */
export const MAX_BATCH_DEPTH = 1_000;

const MARK = 0xfeff;

/** A text without its byte order mark. */
export const unmarked = (text: string): string => (text.charCodeAt(0) === MARK ? text.slice(1) : text);

/** Most lines begin with a visible ASCII character, which needs no further look. */
export const isBlank = (line: string): boolean => {
  const first = line.charCodeAt(0);
  return !(first > 0x20 && first < 0x7f) && line.trim() === '';
};

/**
 * The texts of the events of a CloudEvents batch, untouched: parsing and writing them again would drop digits of numbers.
 * `undefined` for a text that is no JSON array. No more than `most` and one that shows that there are more.
 */
export const batchElements = (text: string, most: number): string[] | undefined => {
  if (!text.trimStart().startsWith('[') || opensDeeper(text, MAX_BATCH_DEPTH)) return undefined;
  try {
    if (!Array.isArray(JSON.parse(withoutBackslashKeys(text)))) return undefined;
  } catch {
    return undefined;
  }
  return rawElements(text, most);
};

/** The lines of a text that hold something. No more than `most` and one that shows that there are more. */
export const packLines = (text: string, most: number): string[] => {
  const lines: string[] = [];
  for (let start = 0; start < text.length && lines.length <= most; ) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end);
    if (!isBlank(line)) lines.push(unmarked(line));
    start = end + 1;
  }
  return lines;
};
