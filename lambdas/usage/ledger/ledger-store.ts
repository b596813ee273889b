import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { Interval } from '../../platform/period.ts';
import type { Append, Slot } from '../types.ts';
import { decodeAppend, encodeAppend, itemBytes, type LedgerItem } from './ledger-item.ts';
import { partitionKey, sortKey, utcDay } from './slot.ts';

/** What a read of the ledger gave and what it took. */
export type LedgerRead = {
  /** In order of slot and version; of a day only those of live chains. */
  readonly appends: readonly Append[];
  /** Of a day, the appends of overlay chains, in order of slot, backfill and version. */
  readonly overlays: readonly Append[];
  readonly queries: number;
  readonly bytes: number;
};

/** What the ledger's table can do. All reads are strongly consistent. Nothing is ever changed or deleted. */
export type LedgerStore = {
  /**
   * Puts an append if its version of the slot is not taken. `taken`: another writer was first. A repeat of the very same
   * append (its answer was lost and the SDK tried again) is `written`.
   */
  putIfAbsent(append: Append): Promise<'written' | 'taken'>;
  /** The appends of a slot with versions above one. */
  slotAbove(slot: Slot, version: number): Promise<LedgerRead>;
  /** The appends of a subject's UTC day; with `within`, of its slots that start in that interval. */
  day(subject: string, day: string, within?: Interval): Promise<LedgerRead>;
};

const LAST_VERSION = 99_999_999;

const IS_ABSENT = 'attribute_not_exists(pk)';
const OF_DAY = 'pk = :day';
const OF_DAY_BETWEEN = 'pk = :day AND sk BETWEEN :first AND :last';

/** The ledger in DynamoDB (`pk` = subject and day, `sk` = slot and version). Retries are the SDK's: throttling and network. */
export const dynamoLedger = (client: DynamoDBDocumentClient, table: string): LedgerStore => {
  const query = async (
    condition: string,
    values: Readonly<Record<string, string>>,
    keep: (append: Append) => boolean,
  ): Promise<LedgerRead> => {
    const appends: Append[] = [];
    let queries = 0;
    let bytes = 0;
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: condition,
          ExpressionAttributeValues: values,
          ConsistentRead: true,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      queries += 1;
      for (const item of (page.Items ?? []) as LedgerItem[]) {
        bytes += itemBytes(item);
        const append = decodeAppend(item);
        if (keep(append)) appends.push(append);
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return { appends, overlays: [], queries, bytes };
  };

  return {
    putIfAbsent: async (append) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: encodeAppend(append),
            ConditionExpression: IS_ABSENT,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'written';
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        // The exception carries the item that is there, in DynamoDB's own form.
        const hash = error.Item?.g?.B;
        return hash !== undefined && Buffer.from(hash).toString('hex') === append.hash ? 'written' : 'taken';
      }
    },
    slotAbove: (slot, version) =>
      query(
        OF_DAY_BETWEEN,
        {
          ':day': partitionKey(slot.subject, utcDay(slot.start)),
          ':first': sortKey(slot, version + 1),
          ':last': sortKey(slot, LAST_VERSION),
        },
        () => true,
      ),
    day: (subject, day, within) => {
      const key = { ':day': partitionKey(subject, day) };
      return within === undefined
        ? query(OF_DAY, key, () => true)
        : query(
            OF_DAY_BETWEEN,
            { ...key, ':first': sortKey({ start: within.from }, 0), ':last': sortKey({ start: within.to }, 0) },
            ({ slot }) => slot.start < within.to,
          );
    },
  };
};
