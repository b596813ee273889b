import type { Role } from '../../platform/http-edge.ts';
import { ProblemError } from '../../platform/problem.ts';

/** Who may read finance. */
export const READERS: readonly Role[] = ['finance-preparer', 'finance-approver', 'operator'];

const refuse = (path: string, message: string): ProblemError =>
  new ProblemError(400, 'BAD_REQUEST', `${path} ${message}`, [{ path, message }]);

/** The fields of a JSON object. @throws {ProblemError} 400. */
export const objectOf = (body: unknown): Readonly<Record<string, unknown>> => {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw refuse('the body', 'must be a JSON object');
};

/** A text of 1 to 2,000 characters. @throws {ProblemError} 400. */
export const textOf = (fields: Readonly<Record<string, unknown>>, name: string): string => {
  const value = fields[name];
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 2000) return value.trim();
  throw refuse(`/${name}`, 'must be a text of 1 to 2,000 characters');
};

/** A text that may be absent. @throws {ProblemError} 400. */
export const optionalTextOf = (fields: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  fields[name] === undefined || fields[name] === '' ? undefined : textOf(fields, name);

/** One of some words. @throws {ProblemError} 400. */
export const wordOf = <T extends string>(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  words: readonly T[],
): T => {
  const word = words.find((each) => each === fields[name]);
  if (word === undefined) throw refuse(`/${name}`, `must be one of ${words.join(', ')}`);
  return word;
};

/** A part of the path, decoded. @throws {ProblemError} 400. */
export const partOf = (path: Readonly<Record<string, string>>, name: string): string => {
  try {
    return decodeURIComponent(path[name] ?? '');
  } catch {
    throw refuse(`{${name}}`, 'is not well encoded');
  }
};

/** A page's cursor must be one of ours. Runs a read and says so where it is not. @throws {ProblemError} 400. */
export const withCursor = async <T>(after: string | undefined, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    const isOurs = error instanceof Error && (error instanceof SyntaxError || error.name === 'ValidationException');
    if (after !== undefined && isOurs) throw refuse('after', 'is not the end of a page');
    throw error;
  }
};
