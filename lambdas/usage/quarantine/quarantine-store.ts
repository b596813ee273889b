import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AuditLog } from '../../platform/audit-log.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { QuarantineEntry } from '../types.ts';
import type { QuarantineDecisions, QuarantineStore } from './quarantine.ts';
import { dynamoDecisions } from './quarantine-decisions.ts';
import { decodeEntry, ENTRY, encodeEntry, ofEvent, ofRelease, referencesOf } from './quarantine-item.ts';
import { indexedCounts, indexedPage, type KeyRange } from './quarantine-list.ts';

/** How many entries are written at once; a batch with more bad lines than this is rare and may take longer. */
const AT_ONCE = 10;
/** A page of the index ends at 1 MB; entries of 500 bytes. */
const PAGE = 2_000;

/** The quarantine in DynamoDB: `pk` = entry id, index `gsi1` = state, then code and arrival. */
export const dynamoQuarantine = (client: DynamoDBDocumentClient, table: string): QuarantineStore => {
  const putOne = async (entry: QuarantineEntry): Promise<void> => {
    // Pointers first: one that leads nowhere is passed over, an entry without its pointers would not be found.
    for (const Item of referencesOf(entry)) await client.send(new PutCommand({ TableName: table, Item }));
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: encodeEntry(entry),
          // Never over an existing entry: it may have been released or written off since.
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  };

  /** Items of the index within a range, in order, at most `limit`; with `keysOnly` nothing but their places. */
  const range = async ({ partition, from, to }: KeyRange, limit: number, keysOnly: boolean) => {
    const items: Record<string, unknown>[] = [];
    let key: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: 'gsi1pk = :partition AND gsi1sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':partition': partition, ':from': from, ':to': to },
          ...(keysOnly ? { ProjectionExpression: 'gsi1sk' } : {}),
          Limit: Math.min(PAGE, limit - items.length),
          ...(key ? { ExclusiveStartKey: key } : {}),
        }),
      );
      items.push(...(page.Items ?? []));
      key = page.LastEvaluatedKey;
    } while (key !== undefined && items.length < limit);
    return items;
  };

  const get = async (id: string): Promise<QuarantineEntry | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { pk: id, sk: ENTRY }, ConsistentRead: true }),
    );
    return Item && decodeEntry(Item);
  };

  const referred = async (pk: string): Promise<QuarantineEntry[]> => {
    const ids: string[] = [];
    let key: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
          ...(key ? { ExclusiveStartKey: key } : {}),
        }),
      );
      for (const { sk } of page.Items ?? []) ids.push(String(sk));
      key = page.LastEvaluatedKey;
    } while (key !== undefined);
    const entries = await mapBounded(ids, AT_ONCE, get);
    return entries.flatMap((entry) => entry ?? []).sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  };

  return {
    put: async (entries) => {
      await mapBounded(entries, AT_ONCE, putOne);
    },
    get,
    list: (query, limit) => indexedPage(range, query, limit),
    counts: () => indexedCounts(range),
    byEvent: (idHash) => referred(ofEvent(idHash)),
    refusedAgain: (id) => referred(ofRelease(id)),
  };
};

/** The same where people decide, with the audit log that tells who did. */
export const dynamoDecidedQuarantine = (
  client: DynamoDBDocumentClient,
  table: string,
  audit: Pick<AuditLog, 'append'>,
): QuarantineStore & QuarantineDecisions => ({
  ...dynamoQuarantine(client, table),
  ...dynamoDecisions(client, table, audit),
});
