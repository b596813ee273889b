import { fulfils, type Names, type Values } from './expressions.ts';
import type { Item, Value } from './item-size.ts';
import type { Row, Rows } from './rows.ts';

/** A query as the SDK sends it; only what is used here. */
export type QueryRequest = {
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ExpressionAttributeNames?: Names;
  readonly ExpressionAttributeValues?: Values;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
};

/** What a query gave: the answer's body, and what it read on the way, which is what is paid for. */
export type QueryPage = {
  readonly body: Readonly<Record<string, unknown>>;
  readonly pk: string;
  readonly from: string;
  readonly bytes: number;
};

/** A page ends when it has reached so many bytes. */
const PAGE_BYTES = 1024 * 1024;
const LAST = '\uffff';

type Range = { readonly pk: string; readonly from: string; readonly to: string; readonly without?: string };

const CONDITIONS =
  /begins_with\((\w+),\s*(:\w+)\)|(\w+)\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)|(\w+)\s*(<=|>=|[=<>])\s*(:\w+)/gi;

/** The partition and the sort keys, both ends included but for `without`, that a key condition lets through. */
const rangeOf = (request: QueryRequest, pkName: string, skName: string): Range => {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = request;
  const text = (token: string | undefined): string => values[token ?? '']?.S ?? '';
  let range: Range = { pk: '', from: '', to: LAST };
  const condition = (request.KeyConditionExpression ?? '').replaceAll(/#\w+/g, (name) => names[name] ?? name);
  for (const [, prefixOf, prefix, between, low, high, name, sign, value] of condition.matchAll(CONDITIONS)) {
    const at = text(value);
    if (prefixOf === skName) range = { ...range, from: text(prefix), to: `${text(prefix)}${LAST}` };
    if (between === skName) range = { ...range, from: text(low), to: text(high) };
    if (name === pkName) range = { ...range, pk: at };
    if (name !== skName) continue;
    if (sign === '=') range = { ...range, from: at, to: at };
    if (sign === '>' || sign === '>=') range = { ...range, from: at, ...(sign === '>' ? { without: at } : {}) };
    if (sign === '<' || sign === '<=') range = { ...range, to: at, ...(sign === '<' ? { without: at } : {}) };
  }
  return range;
};

const itemOf = (row: Row): Item => JSON.parse(row.json) as Item;

/** Runs a query over the rows of a table or index. */
export const runQuery = (rows: Rows, request: QueryRequest): QueryPage => {
  const { IndexName, Limit = Infinity, ExclusiveStartKey: after } = request;
  const [pkName, skName] = IndexName === undefined ? (['pk', 'sk'] as const) : (['gsi1pk', 'gsi1sk'] as const);
  const { pk, from, to, without } = rangeOf(request, pkName, skName);
  const found = rows.range(pk, from, to).filter(({ sk }) => sk !== without);
  const ordered = request.ScanIndexForward === false ? found.toReversed() : found;
  // In an index the place of an item is told apart by its own key too.
  const last = IndexName === undefined ? after?.sk?.S : after?.place?.S;
  const start = last === undefined ? 0 : ordered.findIndex(({ sk }) => sk === last) + 1;
  let [bytes, end] = [0, start];
  while (end < ordered.length && end - start < Limit && bytes < PAGE_BYTES) {
    bytes += ordered[end]?.bytes ?? 0;
    end += 1;
  }
  const read = ordered.slice(start, end).map(itemOf);
  const {
    FilterExpression: filter,
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = request;
  const Items = filter === undefined ? read : read.filter((item) => fulfils(filter, item, names, values));
  const lastItem = read.at(-1);
  const place: Value = { S: ordered[end - 1]?.sk ?? '' };
  const next =
    end < ordered.length && lastItem !== undefined
      ? { LastEvaluatedKey: { pk: lastItem.pk, sk: lastItem.sk, ...(IndexName === undefined ? {} : { place }) } }
      : {};
  return { body: { Items, Count: Items.length, ...next }, pk, from, bytes };
};
