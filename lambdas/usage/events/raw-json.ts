/**
 * What `JSON.parse` hides: the very text of numbers, and of the elements of an array. Both functions take text that
 * `JSON.parse` has accepted; they scan it once and build no values.
 */

/** A number as it was written, and where. */
export type RawNumber = { readonly path: string; readonly text: string };

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const numberAt = (text: string, index: number): string => {
  NUMBER.lastIndex = index;
  return NUMBER.exec(text)?.[0] ?? '';
};

/** Where the string that begins at a place ends: behind its closing quote, or at the end of the text if it has none. */
const stringEnd = (text: string, start: number): number => {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    let before = quote;
    while (text.charAt(before - 1) === '\\') before -= 1;
    // After an even number of backslashes the quote is not escaped.
    if ((quote - before) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
};

/** Whether brackets are open deeper than so many levels anywhere in a text, JSON or not. Takes no memory. */
export const opensDeeper = (text: string, levels: number): boolean => {
  let depth = 0;
  for (let position = 0; position < text.length; position += 1) {
    const char = text.charAt(position);
    if (char === '"') position = stringEnd(text, position) - 1;
    else if (char === '[' || char === '{') {
      depth += 1;
      if (depth > levels) return true;
    } else if (char === ']' || char === '}') depth -= 1;
  }
  return false;
};

/** A key that begins with a backslash: `"\\...":` or `"\u005c...":` behind a brace or a comma. */
const BACKSLASH_KEY = /([{,]\s*")(\\(?:\\|u005c)(?:[^"\\]|\\.)*"\s*:)/gi;

/**
 * A text in which no key begins with a backslash: such a key gets an x before it. In V8 13.6 (Node 24) `JSON.parse` takes a
 * key written with an escape for one that it expects there, if that one has as many characters as the key and begins like
 * its text: after `{"\\":1}` it reads `{"\u6570":1}` as `{"\\":1}`. So no such text may ever be parsed here.
 */
export const withoutBackslashKeys = (text: string): string =>
  text.includes('\\') ? text.replace(BACKSLASH_KEY, '$1x$2') : text;

const escapeToken = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** A step of the path to where the scan is: the last key of an object or the index in an array. */
type Level = { readonly kind: 'object' | 'array'; key: string; index: number; expectKey: boolean };

/** Every number of a JSON text with its JSON pointer, in order. */
export function* rawNumbers(text: string): Generator<RawNumber> {
  const levels: Level[] = [];
  let position = 0;
  while (position < text.length) {
    const char = text.charAt(position);
    const level = levels.at(-1);
    if (char === '"') {
      const end = stringEnd(text, position);
      if (level?.kind === 'object' && level.expectKey) {
        level.key = JSON.parse(text.slice(position, end)) as string;
        level.expectKey = false;
      }
      position = end;
      continue;
    }
    if (char === '-' || (char >= '0' && char <= '9')) {
      const token = numberAt(text, position);
      const path = levels
        .map((step) => `/${step.kind === 'object' ? escapeToken(step.key) : String(step.index)}`)
        .join('');
      yield { path, text: token };
      position += token.length;
      continue;
    }
    if (char === '{') levels.push({ kind: 'object', key: '', index: 0, expectKey: true });
    else if (char === '[') levels.push({ kind: 'array', key: '', index: 0, expectKey: false });
    else if (char === '}' || char === ']') levels.pop();
    else if (char === ',' && level) {
      level.index += 1;
      level.expectKey = level.kind === 'object';
    }
    position += 1;
  }
}

/** The texts of the elements of a JSON array, untouched, in order; no more than `most` and one that shows that there are. */
export const rawElements = (text: string, most: number): string[] => {
  const elements: string[] = [];
  let depth = 0;
  let start = text.indexOf('[') + 1;
  const take = (end: number) => {
    const element = text.slice(start, end).trim();
    if (element !== '') elements.push(element);
    start = end + 1;
  };
  for (let position = start - 1; position < text.length && elements.length <= most; position += 1) {
    const char = text.charAt(position);
    if (char === '"') position = stringEnd(text, position) - 1;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) take(position);
    } else if (char === ',' && depth === 1) take(position);
  }
  return elements;
};

/** A JSON text on one line: line breaks outside strings are mere space, inside they are not allowed anyway. */
export const onOneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ').trim();

const SIGNIFICANT = 15;
/** Powers of ten beyond which a number is no quantity that anybody measures. */
const MAX_POWER = 30;

/**
 * Whether a number survives as a binary float: its shortest form has at most 15 significant digits, and it is neither
 * astronomically large nor small. `1.50` and `1500000000000000000000` pass (2 digits), `0.1234567890123456` does not.
 */
export const isExactNumber = (text: string): boolean => {
  const [mantissa = '', power = '0'] = text.replace(/^-/, '').toLowerCase().split(/e(.*)/s);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return true;
  const significant = digits.replace(/0+$/, '');
  if (significant.length > SIGNIFICANT) return false;
  const leading = Number(power) - fraction.length + digits.length;
  return leading <= MAX_POWER && leading - significant.length >= -MAX_POWER;
};

/**
 * Hint that a text may hold a number of more than 15 digits or with an exponent; most texts hold none. A number stands
 * after one of these characters; inside strings they are seldom followed by so many digits.
 */
const SUSPICIOUS = /(?:^|[:,[\s])-?(?:[\d.]{16}|[\d.]+[eE])/;

/** The first number of a JSON text that a binary float cannot carry exactly. */
export const firstInexactNumber = (text: string): RawNumber | undefined => {
  if (!SUSPICIOUS.test(text)) return undefined;
  for (const number of rawNumbers(text)) if (!isExactNumber(number.text)) return number;
  return undefined;
};
