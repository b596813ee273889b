import type { Role } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';

/** Who may look at operations: those who run the system, and finance, whose closes depend on it. */
export const READERS: readonly Role[] = ['operator', 'finance-preparer', 'finance-approver'];
/** Who may change things here. */
export const OPERATORS: readonly Role[] = ['operator'];

const refuse = (path: string, message: string): ProblemError =>
  new ProblemError(400, 'BAD_REQUEST', `${path} ${message}`, [{ path, message }]);

/** A query parameter that, if it is there, is one of some texts. @throws {ProblemError} 400. */
export const oneOf = <T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined => {
  if (value === undefined || value === '') return undefined;
  const found = known.find((each) => each === value);
  if (found === undefined) throw refuse(name, `must be one of ${known.join(', ')}`);
  return found;
};

/** A whole number between two bounds, or a default where there is none. @throws {ProblemError} 400. */
export const wholeNumber = (
  name: string,
  value: unknown,
  bounds: { readonly least: number; readonly most: number; readonly otherwise: number },
): number => {
  if (value === undefined || value === '') return bounds.otherwise;
  const number = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < bounds.least || number > bounds.most) {
    throw refuse(name, `must be a whole number from ${bounds.least} to ${bounds.most}`);
  }
  return number;
};

/** A UTC date that must be there. @throws {ProblemError} 400. */
export const date = (name: string, value: string | undefined): string => {
  const text = value ?? '';
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text) {
    throw refuse(name, 'must be a date like 2026-10-01');
  }
  return text;
};

/** The dates `start` and `end` (half open) of a query. @throws {ProblemError} 400 also if they hold no day or too many. */
export const dates = (
  query: Readonly<Record<string, string>>,
  mostDays: number,
): { readonly start: string; readonly end: string } => {
  const start = date('start', query.start);
  const end = date('end', query.end);
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
  if (days < 1 || days > mostDays) throw refuse('end', `must be 1 to ${mostDays} days after start`);
  return { start, end };
};

/** A request body that must be a JSON object. @throws {ProblemError} 400. */
export const object = (body: unknown): Readonly<Record<string, unknown>> => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError(400, 'BAD_REQUEST', 'the request body must be a JSON object');
  }
  return body as Record<string, unknown>;
};

/** A text that, if it is there, is not empty. @throws {ProblemError} 400. */
export const optionalText = (path: string, value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw refuse(path, 'must be a text that is not empty');
  return value;
};

/** A text that must be there. @throws {ProblemError} 400. */
export const text = (path: string, value: unknown): string => {
  const found = optionalText(path, value);
  if (found === undefined) throw refuse(path, 'is missing');
  return found;
};

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** An instant that, if it is there, is an RFC 3339 time, or a date, whose beginning in UTC is meant. @throws {ProblemError} 400. */
export const instant = (path: string, value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  const millis = DATE.test(value) || INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(millis)) throw refuse(path, 'must be a date like 2026-10-01 or a time like 2026-10-01T09:30:00Z');
  return new Date(millis).toISOString();
};
