import { type KeyOrders, keyOrders } from './key-order.ts';

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

type Fields = Readonly<Record<string, unknown>>;

/** Finds a character that JSON escapes: quote, backslash, control, half of a pair. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** What stands between the quotes. */
const inner = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text).slice(1, -1) : text);

const orderOf = keyOrders();

/** `plain`: no text in the value holds a character that JSON escapes, so that none is looked for. */
const textOf = (value: unknown, plain: boolean): string => {
  if (typeof value === 'string') return plain ? `"${value}"` : `"${inner(value)}"`;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return `${value}`;
  }
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return listText(value, plain);
  if (typeof value === 'object') return objectText(value as Fields, orderOf, plain);
  throw new TypeError(`a ${typeof value} has no JSON form`);
};

const listText = (list: readonly unknown[], plain: boolean): string => {
  let text = '[';
  for (let n = 0; n < list.length; n += 1) {
    if (n > 0) text += ',';
    text += textOf(list[n] ?? null, plain);
  }
  return `${text}]`;
};

const withoutAbsent = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const objectText = (fields: Fields, orders: KeyOrders, plain: boolean): string => {
  const { sorted, heads, headsAfterText } = orders(Object.keys(fields));
  // A text is closed by the head that follows it.
  let next = heads;
  let text = '';
  for (let n = 0; n < sorted.length; n += 1) {
    const value = fields[sorted[n] ?? ''];
    if (typeof value === 'string') {
      text += next.text[n];
      text += plain ? value : inner(value);
      next = headsAfterText;
    } else {
      if (value === undefined) return objectText(withoutAbsent(fields), orders, plain);
      text += next.any[n];
      text += textOf(value, plain);
      next = heads;
    }
  }
  if (text === '') return '{}';
  return next === heads ? `${text}}` : `${text}"}`;
};

/**
 * The one text of a JSON value: keys sorted by code unit, no spaces, absent keys left out. Two values that differ
 * only in formatting or key order have the same text, hence the same hash.
 * @throws {TypeError} for what JSON cannot say.
 */
export const canonicalJson = (value: unknown): string => textOf(value, false);

/**
 * The canonical text of objects without some of their keys. `plain` says that no text in the object holds a character
 * that JSON escapes (which is cheap to know of a whole line before it is parsed).
 */
export const canonicalWithout = (omitted: readonly string[]): ((fields: Fields, plain: boolean) => string) => {
  const orders = keyOrders(omitted);
  return (fields, plain) => objectText(fields, orders, plain);
};
