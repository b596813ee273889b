import { NumberToken } from '../exact.ts';
import { invalidValue, Refusal, userError } from './errors.ts';

/** Which fields a record takes, and reading them strictly. Names are those of the SuiteTalk record browser. */

const HEADER = [
  ...['externalId', 'entity', 'subsidiary', 'tranDate', 'postingPeriod', 'currency', 'exchangeRate', 'memo', 'item'],
  ...['otherRefNum', 'class', 'department', 'location', 'customForm', 'createdFrom', 'salesRep', 'email', 'tranId'],
  ...['toBeEmailed', 'toBePrinted', 'message', 'account'],
];
const FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  invoice: new Set([...HEADER, 'dueDate', 'terms', 'startDate', 'endDate', 'billAddressList', 'shipDate']),
  creditMemo: new Set([...HEADER, 'apply', 'autoApply']),
  depositApplication: new Set([
    ...['externalId', 'tranDate', 'postingPeriod', 'memo', 'exchangeRate', 'class', 'department', 'location'],
    ...['customForm', 'tranId', 'depositDate', 'arAcct', 'apply'],
  ]),
  line: new Set([
    ...['item', 'quantity', 'rate', 'amount', 'description', 'class', 'department', 'location', 'price', 'line'],
    ...['revRecSchedule', 'revRecStartDate', 'revRecEndDate', 'taxCode', 'taxDetailsReference', 'units'],
  ]),
  apply: new Set(['doc', 'apply', 'amount', 'line', 'refNum']),
  list: new Set(['items']),
};
const CUSTOM = /^cust(body|col|record)/;

export type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberToken);

/** An object of a kind. Unknown names are refused, because the caller asked for `PropertyNameValidation: Error`. */
export const objectOf = (value: unknown, kind: string, path: string): Fields => {
  if (!isObject(value)) throw invalidValue(JSON.stringify(value) ?? 'undefined', path || kind, path);
  for (const name of Object.keys(value)) {
    if (FIELDS[kind]?.has(name) || CUSTOM.test(name)) continue;
    const detail = `Unknown property ${name}. Check the metadata of the ${kind} for its properties.`;
    throw new Refusal(400, 'INVALID_PARAMETER', detail, path ? `${path}.${name}` : name);
  }
  return value;
};

/** The elements of a sublist `{"items": [...]}`. */
export const itemsOf = (value: unknown, path: string): unknown[] => {
  const { items } = objectOf(value, 'list', path);
  if (!Array.isArray(items)) throw invalidValue(JSON.stringify(items) ?? 'undefined', 'items', `${path}.items`);
  return items;
};

/** A reference as `{"id"}`, `{"externalId"}`, `{"refName"}`, or a bare id. */
export const referenceOf = (value: unknown, field: string, path: string): { id?: string; refName?: string } => {
  if (typeof value === 'string') return { id: value };
  if (value instanceof NumberToken) return { id: value.text };
  if (isObject(value)) {
    const { id, refName } = value;
    if (typeof id === 'string') return { id };
    if (id instanceof NumberToken) return { id: id.text };
    if (typeof refName === 'string') return { refName };
  }
  throw invalidValue(JSON.stringify(value) ?? 'undefined', field, path);
};

/** A number: a JSON number, never text. */
export const numberOf = (value: unknown, field: string, path: string): string => {
  if (value instanceof NumberToken) return value.text;
  throw invalidValue(JSON.stringify(value) ?? 'undefined', field, path);
};

export const textField = (value: unknown, field: string, longest: number): string => {
  if (typeof value !== 'string') throw invalidValue(JSON.stringify(value) ?? 'undefined', field, field);
  if (value.length > longest)
    throw userError(
      `The field ${field} contained more than the maximum number ( ${longest} ) of characters allowed.`,
      field,
    );
  return value;
};

/** A calendar date `YYYY-MM-DD`. */
export const dateOf = (value: unknown, field: string, path = field): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const match = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = match ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // 2026-02-31 parses as 3 March on some engines: only what reads back the same is a date.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) throw invalidValue(text, field, path);
  return text;
};
