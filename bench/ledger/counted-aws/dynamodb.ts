import { fulfils } from './expressions.ts';
import { type Item, itemBytes, readUnits, writeUnits } from './item-size.ts';
import { type QueryRequest, runQuery } from './query.ts';
import { type Past, type Row, type Rows, tableRows } from './rows.ts';
import { updated } from './updates.ts';
import type { Usage } from './usage.ts';

/** A request as the SDK sends it; only what is used here. */
export type DynamoRequest = QueryRequest & {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ReturnValues?: string;
  readonly ConsistentRead?: boolean;
  /** A transaction with the token of an earlier one is not done again. */
  readonly ClientRequestToken?: string;
  readonly TransactItems?: readonly Readonly<Record<string, DynamoRequest>>[];
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean }>
  >;
};

/** What DynamoDB answers: the body, and the error's name if it is one. */
export type DynamoAnswer = { readonly error?: string; readonly body: Readonly<Record<string, unknown>> };

/** Names the cause of a request to a table, closer than the cause at work does. */
export type Watcher = (cause: string, table: string, operation: string, pk: string, sk: string) => string;

/** Writes of a transaction cost twice. */
const TRANSACTION = 2;

const keyOf = (item: Item): readonly [string, string] => [item.pk?.S ?? item.id?.S ?? '', item.sk?.S ?? ''];
const read = (row: Row | undefined): Item | undefined => row && (JSON.parse(row.json) as Item);

/** Whether a request's condition holds for the item that is there. */
const conditionHolds = (request: DynamoRequest, old: Item | undefined): boolean => {
  const { ConditionExpression: text, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = request;
  return text === undefined || fulfils(text, old, names ?? {}, values ?? {});
};

/** The item that a write leaves, if its condition holds; `undefined`: none. */
const itemAfter = (operation: string, request: DynamoRequest, old: Item | undefined): Item | undefined => {
  const {
    UpdateExpression: text = '',
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = request;
  if (operation === 'PutItem') return request.Item;
  if (operation === 'UpdateItem') return updated(text, old ?? request.Key ?? {}, names, values);
  return operation === 'DeleteItem' ? undefined : old;
};

/**
 * A DynamoDB in memory that counts the units of every request by the published rules. A `forgetful` table keeps nothing, so
 * that the memory of whoever writes can be seen beside it.
 */
export const countedDynamo = (
  usage: Usage,
  watch: Watcher,
  pasts: Readonly<Record<string, Past>> = {},
  forgetful: (table: string) => boolean = () => false,
) => {
  const tables = new Map<string, Rows>();
  const indexes = new Map<string, Rows>();
  const rowsIn = (all: Map<string, Rows>, name: string, past?: Past): Rows => {
    const rows = all.get(name) ?? tableRows(past);
    all.set(name, rows);
    return rows;
  };
  const tableOf = (name: string): Rows => rowsIn(tables, name, pasts[name]);
  const count = (line: string, units: number, table: string, operation: string, pk: string, sk: string): void =>
    usage.add(line, units, watch(usage.cause(), table, operation, pk, sk));

  /** An item with index keys lies in the index too, whole, and is paid for there again. */
  const index = (name: string, old: Item | undefined, item: Item | undefined, factor: number): void => {
    const placeOf = (of: Item | undefined): readonly [string, string] | undefined =>
      of?.gsi1pk?.S === undefined ? undefined : [of.gsi1pk.S, `${of.gsi1sk?.S ?? ''} ${keyOf(of).join(' ')}`];
    const [before, after] = [placeOf(old), placeOf(item)];
    const rows = rowsIn(indexes, name);
    if (before && old && before.join() !== after?.join()) {
      rows.remove(...before);
      count('dynamodb.write', factor * writeUnits(itemBytes(old)), name, 'index', ...before);
    }
    if (after && item) {
      rows.put(...after, item);
      count('dynamodb.write', factor * writeUnits(itemBytes(item)), name, 'index', ...after);
    }
  };

  /**
   * Writes, or refuses if the condition does not hold. Either is charged for the larger of the item that was there and the
   * one that is or was to be. `apply: false` only charges: another part of the transaction was refused.
   */
  const write = (operation: string, request: DynamoRequest, factor = 1, apply = true): DynamoAnswer => {
    const { TableName: name } = request;
    const [pk, sk] = keyOf(request.Item ?? request.Key ?? {});
    const row = tableOf(name).get(pk, sk);
    const old = read(row);
    const holds = conditionHolds(request, old);
    const next = itemAfter(operation, request, old);
    const bytes = Math.max(row?.bytes ?? 0, next === undefined ? 0 : itemBytes(next));
    count('dynamodb.write', factor * writeUnits(bytes), name, holds ? operation : `${operation} refused`, pk, sk);
    if (!holds) {
      const message = 'The conditional request failed';
      return { error: 'ConditionalCheckFailedException', body: { message, ...(old ? { Item: old } : {}) } };
    }
    if (apply && operation !== 'ConditionCheck' && !forgetful(name)) {
      if (next === undefined) tableOf(name).remove(pk, sk);
      else tableOf(name).put(pk, sk, next);
      index(name, old, next, factor);
    }
    return { body: request.ReturnValues === 'ALL_NEW' && next !== undefined ? { Attributes: next } : {} };
  };

  const get = (name: string, key: Item, strong: boolean): Item | undefined => {
    const [pk, sk] = keyOf(key);
    const row = tableOf(name).get(pk, sk);
    count('dynamodb.read', readUnits(row?.bytes ?? 0, strong), name, 'GetItem', pk, sk);
    return read(row);
  };

  const query = (request: DynamoRequest): DynamoAnswer => {
    const { TableName: name, IndexName, ConsistentRead } = request;
    const rows = IndexName === undefined ? tableOf(name) : rowsIn(indexes, name);
    const { body, pk, from, bytes } = runQuery(rows, request);
    count('dynamodb.read', readUnits(bytes, ConsistentRead === true), name, 'Query', pk, from);
    return { body };
  };

  const tokens = new Set<string>();
  const transact = ({ TransactItems: items = [], ClientRequestToken: token = '' }: DynamoRequest): DynamoAnswer => {
    if (token !== '' && tokens.has(token)) return { body: {} };
    const parts = items
      .flatMap((item) => Object.entries(item))
      .map(([kind, request]) => [kind === 'ConditionCheck' ? kind : `${kind}Item`, request] as const);
    const holds = parts.map(([, request]) =>
      conditionHolds(request, read(tableOf(request.TableName).get(...keyOf(request.Item ?? request.Key ?? {})))),
    );
    const all = holds.every((each) => each);
    // A cancelled transaction costs as much as one that succeeds.
    for (const [operation, request] of parts) write(operation, request, TRANSACTION, all);
    if (all) {
      tokens.add(token);
      return { body: {} };
    }
    const CancellationReasons = holds.map((each) => ({ Code: each ? 'None' : 'ConditionalCheckFailed' }));
    return { error: 'TransactionCanceledException', body: { message: 'Transaction cancelled', CancellationReasons } };
  };

  const batchGet = ({ RequestItems = {} }: DynamoRequest): DynamoAnswer => ({
    body: {
      Responses: Object.fromEntries(
        Object.entries(RequestItems).map(([name, { Keys, ConsistentRead }]) => [
          name,
          Keys.flatMap((key) => get(name, key, ConsistentRead === true) ?? []),
        ]),
      ),
      UnprocessedKeys: {},
    },
  });

  return {
    /** Answers a request. @throws {RangeError} for an operation that is not known here. */
    call: (operation: string, request: DynamoRequest): DynamoAnswer => {
      switch (operation) {
        case 'PutItem':
        case 'UpdateItem':
        case 'DeleteItem':
          return write(operation, request);
        case 'GetItem': {
          const Item = get(request.TableName, request.Key ?? {}, request.ConsistentRead === true);
          return { body: Item ? { Item } : {} };
        }
        case 'BatchGetItem':
          return batchGet(request);
        case 'Query':
          return query(request);
        case 'TransactWriteItems':
          return transact(request);
        default:
          throw new RangeError(`DynamoDB's ${operation} is not counted here`);
      }
    },
    table: tableOf,
  };
};
