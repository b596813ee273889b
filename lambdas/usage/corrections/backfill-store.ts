import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { PinnedVersions } from '../ledger/overlays.ts';
import type { Backfill, BackfillChange } from '../types.ts';
import { type BackfillPage, type BackfillStore, isFixed, type TouchedPlace } from './backfill.ts';
import { backfillKey, placeKey, STATE } from './overlay-status.ts';

/** The partition of the list of all backfills. */
const LIST = 'BACKFILLS#';
const DAYS = 'DAY#';
const CHANGES = 'CHANGE#';
/** Changes in one item: it stays far below 400 KB. */
const CHANGES_PER_ITEM = 200;

const IS_NEW = 'attribute_not_exists(pk)';
const STANDS_SO = '#state = :from';
const IS_NOT_FIXED = 'attribute_not_exists(versions)';

/** The status item: what the ledger asks (`state`, `isFixed`, `closedAt`) beside the backfill itself. */
const itemOf = (backfill: Backfill) => ({
  pk: backfillKey(backfill.backfillId),
  sk: STATE,
  format: 1,
  state: backfill.state,
  isFixed: isFixed(backfill),
  ...(backfill.closed === undefined ? {} : { closedAt: backfill.closed.at }),
  backfill,
});

type Found = { readonly items: readonly Record<string, unknown>[]; readonly next?: string };

/**
 * Backfills in the projection table: `pk` = `BACKFILL#<id>` with the status item `STATE`, touched days `DAY#<day>#<subject>`
 * and changes `CHANGE#<owner>#<period>#<part>`; `pk` = `BACKFILLS#` lists them.
 */
export const dynamoBackfills = (
  client: DynamoDBDocumentClient,
  table: string,
  audit: Pick<AuditLog, 'append'>,
): BackfillStore => {
  const read = async (backfillId: string): Promise<Backfill | undefined> => {
    const Key = { pk: backfillKey(backfillId), sk: STATE };
    const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item?.backfill as Backfill | undefined;
  };
  /** A page of a partition's items behind a sort key, within a prefix. */
  const page = async (pk: string, prefix: string, limit: number, after: string | undefined): Promise<Found> => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
        ConsistentRead: true,
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: { pk, sk: after } }),
      }),
    );
    const next = LastEvaluatedKey?.sk as string | undefined;
    return { items: Items, ...(next === undefined ? {} : { next }) };
  };
  const next = (found: { readonly next?: string }) => (found.next === undefined ? {} : { next: found.next });

  return {
    get: read,
    list: async (limit, after) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :list',
          ExpressionAttributeValues: { ':list': LIST },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit,
          ...(after === undefined ? {} : { ExclusiveStartKey: { pk: LIST, sk: after } }),
        }),
      );
      const items = await Promise.all(Items.map(({ sk }) => read(String(sk))));
      const last = LastEvaluatedKey?.sk as string | undefined;
      return { items: items.flatMap((item) => item ?? []), ...(last === undefined ? {} : { next: last }) };
    },
    create: async (backfill, record) => {
      const items = [itemOf(backfill), { pk: LIST, sk: backfill.backfillId, format: 1 }];
      await audit.append(
        record,
        items.map((Item) => ({ Put: { TableName: table, Item, ConditionExpression: IS_NEW } })),
      );
    },
    change: async (backfill, from, record) => {
      const put = {
        TableName: table,
        Item: itemOf(backfill),
        ConditionExpression: STANDS_SO,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':from': from },
      };
      try {
        await audit.append(record, [{ Put: put }]);
        return true;
      } catch (error) {
        if (isDecisionRefused(error)) return false;
        throw error;
      }
    },
    places: async (backfillId, limit, after): Promise<BackfillPage<TouchedPlace>> => {
      const found = await page(backfillKey(backfillId), DAYS, limit, after);
      const items = found.items.map(({ day, subject, versions, lines }) => ({
        backfill: backfillId,
        day: String(day),
        subject: String(subject),
        ...(versions === undefined ? {} : { versions: versions as PinnedVersions, lines: Number(lines) }),
      }));
      return { items, ...next(found) };
    },
    pin: async (place, versions, lines) => {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: { pk: backfillKey(place.backfill), sk: placeKey(place) },
            UpdateExpression: 'SET versions = :versions, #lines = :lines',
            ConditionExpression: IS_NOT_FIXED,
            ExpressionAttributeNames: { '#lines': 'lines' },
            ExpressionAttributeValues: { ':versions': versions, ':lines': lines },
          }),
        );
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
      }
    },
    keepChanges: async (backfillId, { owner, changes }) => {
      for (let n = 0; n < changes.length; n += CHANGES_PER_ITEM) {
        const some = changes.slice(n, n + CHANGES_PER_ITEM);
        const start = some[0]?.period.start ?? '';
        const part = String(n / CHANGES_PER_ITEM).padStart(6, '0');
        const Item = {
          pk: backfillKey(backfillId),
          sk: `${CHANGES}${owner}#${start}#${part}`,
          format: 1,
          changes: some,
        };
        await client.send(new PutCommand({ TableName: table, Item }));
      }
    },
    changes: async (backfillId, limit, after) => {
      const found = await page(
        backfillKey(backfillId),
        CHANGES,
        Math.max(1, Math.ceil(limit / CHANGES_PER_ITEM)),
        after,
      );
      return { items: found.items.flatMap(({ changes }) => changes as BackfillChange[]), ...next(found) };
    },
  };
};
