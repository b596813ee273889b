import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { decodeAppend, type LedgerItem, readStates, statesKeyOf } from '../ledger/ledger-item.ts';
import { partitionKey, sortKey, utcDay } from '../ledger/slot.ts';
import type { Append, Slot } from '../types.ts';
import type { StoredAppend } from './walk-day.ts';
import type { WalkObjects } from './walk-objects.ts';

/** A page of a day's appends, live and overlay, in the order of their keys; `next`: where the next page goes on. */
export type WalkPage = { readonly appends: readonly StoredAppend[]; readonly next?: string };

/** The ledger as a walk reads it: as it is stored, a page at a time, strongly or at half the price. */
export type WalkLedger = {
  page(subject: string, day: string, strongly: boolean, after?: string): Promise<WalkPage>;
  /** One append, strongly. @throws {Error} if it is not there. */
  append(slot: Slot, version: number): Promise<Append>;
};

const OF_DAY = 'pk = :day';
const OF_DAY_AFTER = 'pk = :day AND sk > :after';

/** Decodes what was read; large states are read from the data bucket. */
export const decodeStored = async (item: LedgerItem, objects: Pick<WalkObjects, 'read'>): Promise<StoredAppend> => {
  const key = statesKeyOf(item);
  if (key === undefined) return { item, append: decodeAppend(item) };
  const body = Buffer.from(await objects.read(key)).toString('utf8');
  return { item, append: decodeAppend(item, readStates(key, body)) };
};

/** The ledger in DynamoDB; `objects` is the data bucket. */
export const dynamoWalkLedger = (
  client: DynamoDBDocumentClient,
  table: string,
  objects: Pick<WalkObjects, 'read'>,
): WalkLedger => ({
  page: async (subject, day, strongly, after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: after === undefined ? OF_DAY : OF_DAY_AFTER,
        ExpressionAttributeValues: {
          ':day': partitionKey(subject, day),
          ...(after === undefined ? {} : { ':after': after }),
        },
        ConsistentRead: strongly,
      }),
    );
    const appends: StoredAppend[] = [];
    for (const item of Items as LedgerItem[]) appends.push(await decodeStored(item, objects));
    const last = (LastEvaluatedKey as { readonly sk: string } | undefined)?.sk;
    return { appends, ...(last === undefined ? {} : { next: last }) };
  },
  append: async (slot, version) => {
    const key = { pk: partitionKey(slot.subject, utcDay(slot.start)), sk: sortKey(slot, version) };
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    if (Item === undefined) throw new Error(`the append ${key.pk} ${key.sk} is not in the ledger any more`);
    return (await decodeStored(Item as LedgerItem, objects)).append;
  },
});
