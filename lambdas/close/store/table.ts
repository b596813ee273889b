import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { Page } from '../close-store.ts';

/** An item's key. */
export type Key = { readonly pk: string; readonly sk: string };
type Item = Record<string, unknown>;

/** The few access paths that all stores of the finance table share. */
export type FinanceTable = {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  get(key: Key): Promise<Item | undefined>;
  /** @returns false if the condition failed. */
  put(item: Key & Item, condition?: Condition): Promise<boolean>;
  putAll(items: readonly (Key & Item)[]): Promise<void>;
  /** Every item of a partition whose sort key begins so, strongly consistent, in order. */
  all(pk: string, skPrefix: string): Promise<Item[]>;
  /** A page of a partition, strongly consistent. */
  page(pk: string, skPrefix: string, limit: number, after?: string): Promise<Page<Item>>;
  /** A page of the index, newest first. */
  indexPage(gsi1pk: string, limit: number, after?: string): Promise<Page<Item>>;
};

/** A condition expression, spelled as named clauses by its maker. */
export type Condition = {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
};

/** "There is no such item yet." */
export const ABSENT: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

const BATCH = 25;
const BATCH_TRIES = 8;
/** Milliseconds, doubled with each try: 6 s in all. */
const FIRST_PAUSE = 50;

const encode = (key: Item): string => Buffer.from(JSON.stringify(key)).toString('base64url');
const decode = (after: string): Item => JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));

/** The finance table behind its access paths. */
export const financeTable = (client: DynamoDBDocumentClient, name: string): FinanceTable => {
  const query = async (input: Omit<QueryCommandInput, 'TableName'>): Promise<Page<Item>> => {
    const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand({ TableName: name, ...input }));
    return { items: Items, ...(LastEvaluatedKey === undefined ? {} : { next: encode(LastEvaluatedKey) }) };
  };
  // A key condition does not take an empty prefix.
  const within = (pk: string, skPrefix: string) => ({
    KeyConditionExpression: skPrefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ...(skPrefix === '' ? {} : { ':prefix': skPrefix }) },
    ConsistentRead: true,
  });
  const from = (after?: string) => (after === undefined ? {} : { ExclusiveStartKey: decode(after) });

  const writeBatch = async (items: readonly (Key & Item)[]): Promise<void> => {
    let left = items.map((Item) => ({ PutRequest: { Item } }));
    for (let tries = 1; left.length > 0; tries += 1) {
      if (tries > BATCH_TRIES) throw new Error(`${left.length} items of ${name} were not taken`);
      const { UnprocessedItems } = await client.send(new BatchWriteCommand({ RequestItems: { [name]: left } }));
      left = (UnprocessedItems?.[name] ?? []) as typeof left;
      // What was not taken was throttled: asking again at once would only be throttled again.
      if (left.length > 0) await pause(FIRST_PAUSE * 2 ** (tries - 1));
    }
  };

  return {
    client,
    name,
    get: async (Key) => (await client.send(new GetCommand({ TableName: name, Key, ConsistentRead: true }))).Item,
    put: async (Item, condition) => {
      try {
        await client.send(new PutCommand({ TableName: name, Item, ...condition }));
        return true;
      } catch (error) {
        if (isConditionFailed(error)) return false;
        throw error;
      }
    },
    putAll: async (items) => {
      for (let n = 0; n < items.length; n += BATCH) await writeBatch(items.slice(n, n + BATCH));
    },
    all: async (pk, skPrefix) => {
      const items: Item[] = [];
      let after: string | undefined;
      do {
        const page: Page<Item> = await query({ ...within(pk, skPrefix), ...from(after) });
        items.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return items;
    },
    page: (pk, skPrefix, limit, after) => query({ ...within(pk, skPrefix), Limit: limit, ...from(after) }),
    indexPage: (gsi1pk, limit, after) =>
      query({
        IndexName: 'gsi1',
        KeyConditionExpression: 'gsi1pk = :pk',
        ExpressionAttributeValues: { ':pk': gsi1pk },
        ScanIndexForward: false,
        Limit: limit,
        ...from(after),
      }),
  };
};
