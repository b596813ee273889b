import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { Interval } from '../../platform/period.ts';
import type { Append, Slot } from '../types.ts';
import { decodeAppend, encodeAppend, itemBytes, type LedgerItem, statesKeyOf, statesObjectOf } from './ledger-item.ts';
import { partitionKey, sortKey, utcDay } from './slot.ts';
import type { StatesObjects } from './states-objects.ts';

/** What a read of the ledger gave and what it took. */
export type LedgerRead = {
  /** In order of version; of a day those of live chains, in order of slot and version. */
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
   * append (its answer was lost and the SDK tried again) is `written`. States that are too large for the item are written
   * before it, so an item never points at what is not there.
   */
  putIfAbsent(append: Append): Promise<'written' | 'taken'>;
  /** The appends of a slot's chain, live or overlay, with versions above one. */
  slotAbove(slot: Slot, version: number): Promise<LedgerRead>;
  /** The appends of a subject's UTC day, live and overlay; with `within`, of its slots that start in that interval. */
  day(subject: string, day: string, within?: Interval): Promise<LedgerRead>;
};

const LAST_VERSION = 99_999_999;

const IS_ABSENT = 'attribute_not_exists(pk)';
const OF_DAY = 'pk = :day';
const OF_DAY_BETWEEN = 'pk = :day AND sk BETWEEN :first AND :last';

/** What was read of one chain or one day, parted into live and overlay. */
export const partRead = (all: readonly Append[]): Pick<LedgerRead, 'appends' | 'overlays'> => {
  if (all.every(({ slot }) => slot.overlay === undefined)) return { appends: all, overlays: [] };
  return {
    appends: all.filter(({ slot }) => slot.overlay === undefined),
    overlays: all.filter(({ slot }) => slot.overlay !== undefined),
  };
};

/**
 * The ledger in DynamoDB (`pk` = subject and day, `sk` = slot, backfill of an overlay, version), large states in `objects`.
 * Retries are the SDK's: throttling and network.
 */
export const dynamoLedger = (client: DynamoDBDocumentClient, table: string, objects: StatesObjects): LedgerStore => {
  const decode = async (item: LedgerItem): Promise<Append> => {
    const key = statesKeyOf(item);
    return decodeAppend(item, key === undefined ? undefined : await objects.get(key));
  };
  const query = async (
    condition: string,
    values: Readonly<Record<string, string>>,
    keep: (append: Append) => boolean,
  ): Promise<Omit<LedgerRead, 'overlays'>> => {
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
        const append = await decode(item);
        if (keep(append)) appends.push(append);
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return { appends, queries, bytes };
  };

  return {
    putIfAbsent: async (append) => {
      const object = statesObjectOf(append);
      if (object !== undefined) await objects.put(object);
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
    slotAbove: async (slot, version) => {
      const read = await query(
        OF_DAY_BETWEEN,
        {
          ':day': partitionKey(slot.subject, utcDay(slot.start)),
          ':first': sortKey(slot, version + 1),
          ':last': sortKey(slot, LAST_VERSION),
        },
        () => true,
      );
      return { ...read, overlays: [] };
    },
    day: async (subject, day, within) => {
      const key = { ':day': partitionKey(subject, day) };
      const read = await (within === undefined
        ? query(OF_DAY, key, () => true)
        : query(
            OF_DAY_BETWEEN,
            { ...key, ':first': sortKey({ start: within.from }, 0), ':last': sortKey({ start: within.to }, 0) },
            ({ slot }) => slot.start < within.to,
          ));
      return { ...read, ...partRead(read.appends) };
    },
  };
};
