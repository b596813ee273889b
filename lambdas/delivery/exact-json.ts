/**
 * JSON without binary floats: numbers are written from decimal text as raw tokens, and read as the text that stands
 * in the document. ERPs take JSON *numbers*, so quoting them is no way out.
 */

/** `JSON.rawJSON` is in Node 24 and not yet in TypeScript's library. */
const json = JSON as JSON & { rawJSON(text: string): unknown };

const NUMBER_TOKEN = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/**
 * A value that `JSON.stringify` writes as exactly this number.
 * @throws {RangeError} if the text is not a JSON number without exponent.
 */
export const numberToken = (text: string): unknown => {
  if (!NUMBER_TOKEN.test(text)) throw new RangeError(`"${text}" is not a plain decimal number like 12.50`);
  return json.rawJSON(text);
};

/** Parses JSON; every number becomes its own text. @throws {SyntaxError} if it is not JSON. */
export const parseExact = (text: string): unknown =>
  JSON.parse(text, (_key, value, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  );

/** Parses JSON to be written again: every number is the token that it was, to the digit. @throws {SyntaxError} if it is not JSON. */
export const parseTokens = (text: string): unknown =>
  JSON.parse(text, (_key, value, context?: { source?: string }) =>
    typeof value === 'number' ? numberToken(context?.source ?? String(value)) : value,
  );

/** What a stranger sent, as `parseExact` reads it; `undefined` for what is no JSON (a gateway's error page, say). */
export const readExact = (text: string): unknown => {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
};

/** Reads a field of a parsed value: `undefined` unless the value is an object that has it. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** Reads a text (or exact number) field; `undefined` for anything else. */
export const textOf = (value: unknown, name: string): string | undefined => {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : undefined;
};
