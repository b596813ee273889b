import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { QuarantineEntry } from '../types.ts';
import {
  cursorOf,
  placeOf,
  placesOf,
  type QuarantineQuery,
  type QuarantineStore,
  readCursor,
  STATES,
} from './quarantine.ts';

const SORT = 'ENTRY';
/** How many entries are written at once; a batch with more bad lines than this is rare and may take longer. */
const AT_ONCE = 10;

/** The quarantine in DynamoDB: `pk` = entry id, index `gsi1` = state, then code and arrival. */
export const dynamoQuarantine = (client: DynamoDBDocumentClient, table: string): QuarantineStore => {
  const putOne = async (entry: QuarantineEntry): Promise<void> => {
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { pk: entry.id, sk: SORT, gsi1pk: entry.state, gsi1sk: placeOf(entry), format: 1, entry },
          // Never over an existing entry: it may have been released or written off since.
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  };

  const page = async (query: QuarantineQuery, state: QuarantineEntry['state'], after: string, limit: number) => {
    const { from, to } = placesOf(query);
    const entries: QuarantineEntry[] = [];
    let key: Record<string, unknown> | undefined;
    // A page of the index ends at 1 MB, which may be before `limit`.
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :state AND gsi1sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':state': state,
            // A blank sorts before every character of a key: `after ` is the first place behind the cursor.
            ':from': after > from ? `${after} ` : from,
            ':to': to,
          },
          Limit: limit - entries.length,
          ...(key ? { ExclusiveStartKey: key } : {}),
        }),
      );
      for (const item of Items) entries.push(item.entry as QuarantineEntry);
      key = LastEvaluatedKey;
    } while (key !== undefined && entries.length < limit);
    return entries;
  };

  return {
    put: async (entries) => {
      for (let from = 0; from < entries.length; from += AT_ONCE) {
        await Promise.all(entries.slice(from, from + AT_ONCE).map(putOne));
      }
    },
    get: async (id) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: id, sk: SORT }, ConsistentRead: true }),
      );
      return Item?.entry;
    },
    list: async (query, limit) => {
      const start = query.after === undefined ? { stateIndex: 0, place: '' } : readCursor(query.after);
      const found: QuarantineEntry[] = [];
      for (const [index, state] of STATES.entries()) {
        if (index < start.stateIndex || (query.state !== undefined && query.state !== state)) continue;
        const missing = limit + 1 - found.length;
        if (missing > 0)
          found.push(...(await page(query, state, index === start.stateIndex ? start.place : '', missing)));
      }
      const entries = found.slice(0, limit);
      const last = entries.at(-1);
      return { entries, ...(found.length > limit && last ? { next: cursorOf(last) } : {}) };
    },
  };
};
