import { DecimalFormatError, isNegative, isZero, parseDecimal } from '../platform/decimal.ts';

/** One thing that is wrong: where (JSON pointer) and what, as a sentence that says how to mend it. */
export type Flaw = { readonly path: string; readonly message: string };

/** A check of one value: no flaws = it has the shape. */
export type Shape = (value: unknown, path: string) => readonly Flaw[];

const flaw = (path: string, message: string): readonly Flaw[] => [{ path, message }];
const FINE: readonly Flaw[] = [];

/** Non-empty text, of a form if `form` says so. */
export const text =
  (form?: { readonly pattern: RegExp; readonly like: string }): Shape =>
  (value, path) => {
    if (typeof value !== 'string' || value.trim() === '') return flaw(path, 'must be text and not empty');
    if (form && !form.pattern.test(value)) return flaw(path, `must be like ${form.like}, not "${value}"`);
    return FINE;
  };

/** A decimal as text, so that no digit is lost on the way. */
export const decimal =
  (sign: 'positive' | 'not negative'): Shape =>
  (value, path) => {
    if (typeof value !== 'string') return flaw(path, 'must be a decimal as text, e.g. "12.50"');
    try {
      const number = parseDecimal(value);
      if (isNegative(number) || (sign === 'positive' && isZero(number))) {
        return flaw(path, `must be ${sign === 'positive' ? 'above 0' : '0 or more'}, not ${value}`);
      }
      return FINE;
    } catch (error) {
      if (error instanceof DecimalFormatError) return flaw(path, `${error.message}`);
      throw error;
    }
  };

/** A whole JSON number from `least` to `most`. */
export const whole =
  (least: number, most: number): Shape =>
  (value, path) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? FINE
      : flaw(path, `must be a whole number from ${least} to ${most}`);

/** JSON true or false. */
export const flag: Shape = (value, path) => (typeof value === 'boolean' ? FINE : flaw(path, 'must be true or false'));

/** One of these texts. */
export const oneOf =
  (...allowed: readonly string[]): Shape =>
  (value, path) =>
    typeof value === 'string' && allowed.includes(value) ? FINE : flaw(path, `must be one of ${allowed.join(', ')}`);

/** The value or JSON null. */
export const orNull =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? FINE : shape(value, path);

/** A list of at least `least` values of a shape. */
export const list =
  (of: Shape, least = 0): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return flaw(path, 'must be a list');
    if (value.length < least) return flaw(path, `needs at least ${least} ${least === 1 ? 'entry' : 'entries'}`);
    return value.flatMap((item, n) => of(item, `${path}/${n}`));
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (shapes: Readonly<Record<string, Shape>>, name: string): Shape | undefined =>
  Object.hasOwn(shapes, name) ? shapes[name] : undefined;

const names = (...shapes: readonly Readonly<Record<string, Shape>>[]): string =>
  shapes.flatMap((each) => Object.keys(each)).join(', ');

/** An object with exactly these fields; unknown ones are refused, because a mistyped name would be silently ignored. */
export const object =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, path) => {
    if (!isObject(value)) return flaw(path, 'must be an object');
    const missing = Object.keys(required)
      .filter((name) => !Object.hasOwn(value, name) || value[name] === undefined)
      .flatMap((name) => flaw(`${path}/${name}`, 'is missing: add it'));
    const present = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .flatMap(([name, field]) => {
        // Own fields only: a body may be made of anything, "constructor" and "__proto__" too.
        const shape = own(required, name) ?? own(optional, name);
        return shape === undefined
          ? flaw(`${path}/${name}`, `is not a known field; known are ${names(required, optional)}`)
          : shape(field, `${path}/${name}`);
      });
    return [...missing, ...present];
  };

/** An object with any names and values of one shape. */
export const record =
  (of: Shape): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, field]) => of(field, `${path}/${name}`))
      : flaw(path, 'must be an object');

/** One of several objects, told apart by the text in `field`. */
export const tagged =
  (field: string, shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (!isObject(value)) return flaw(path, 'must be an object');
    const tag = value[field];
    const shape = typeof tag === 'string' ? own(shapes, tag) : undefined;
    return shape === undefined
      ? flaw(`${path}/${field}`, `must be one of ${Object.keys(shapes).join(', ')}`)
      : shape(value, path);
  };

/** A shape, and with it (only where the shape is right) what its fields demand of each other. */
export const also =
  <T>(shape: Shape, rule: (value: T, path: string) => readonly Flaw[]): Shape =>
  (value, path) => {
    const flaws = shape(value, path);
    return flaws.length > 0 ? flaws : rule(value as T, path);
  };
