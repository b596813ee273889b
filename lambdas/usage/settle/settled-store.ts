import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mapBounded } from '../../platform/bounded.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import {
  decodeHead,
  decodeSettled,
  encodeSettled,
  type SettledDay,
  type SettledHead,
  type SettledItem,
  settledBytes,
  settledKey,
} from './settled-item.ts';

/** What a read of settled days gave and what it took. */
export type SettledRead<T> = { readonly days: readonly T[]; readonly queries: number; readonly bytes: number };

/** Settled usage. Reads are strongly consistent; days are UTC, `from` to before `to`, in order. */
export type SettledStore = {
  days(subject: string, from: string, to: string): Promise<SettledRead<SettledDay>>;
  /** The same without states, for those that only ask what is settled. */
  heads(subject: string, from: string, to: string): Promise<SettledRead<SettledHead>>;
  /** Writes a day if its revision is still the one before `settled.revision`. `false`: another settle was first. */
  put(settled: SettledDay): Promise<boolean>;
};

/** Objects read at a time. */
const CONCURRENCY = 8;

const IS_FIRST = 'attribute_not_exists(pk)';
const IS_THE_ONE_SEEN = 'v = :seen';
const OF_DAYS = 'pk = :subject AND sk BETWEEN :from AND :to';

/** Settled days in the projection table (`pk` = subject, `sk` = `SETTLED#<day>`), big ones partly in the data bucket. */
export const dynamoSettled = (
  client: DynamoDBDocumentClient,
  table: string,
  s3: S3Client,
  bucket: string,
): SettledStore => {
  const items = async (subject: string, from: string, to: string): Promise<SettledRead<SettledItem>> => {
    const found: SettledItem[] = [];
    let [queries, bytes] = [0, 0];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: OF_DAYS,
          ExpressionAttributeValues: { ':subject': subject, ':from': settledKey(from), ':to': settledKey(to) },
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      const own = ((page.Items ?? []) as SettledItem[]).filter(({ sk }) => sk < settledKey(to));
      found.push(...own);
      queries += 1;
      bytes += own.reduce((total, item) => total + settledBytes(item), 0);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return { days: found, queries, bytes };
  };
  const object = async (key: string): Promise<string> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`${key} has no body`);
    return Body.transformToString('utf8');
  };

  return {
    days: async (subject, from, to) => {
      const read = await items(subject, from, to);
      return { ...read, days: await mapBounded(read.days, CONCURRENCY, (item) => decodeSettled(item, object)) };
    },
    heads: async (subject, from, to) => {
      const read = await items(subject, from, to);
      return { ...read, days: read.days.map(decodeHead) };
    },
    put: async (settled) => {
      const { item, object: big } = encodeSettled(settled);
      if (big !== undefined) {
        // Named by its hash: writing it again changes nothing, and an item never points at what is not there.
        await s3.send(
          new PutObjectCommand({ Bucket: bucket, Key: big.key, Body: big.body, ContentType: 'application/json' }),
        );
      }
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: item,
            ...(settled.revision === 1
              ? { ConditionExpression: IS_FIRST }
              : {
                  ConditionExpression: IS_THE_ONE_SEEN,
                  ExpressionAttributeValues: { ':seen': settled.revision - 1 },
                }),
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailed(error)) return false;
        throw error;
      }
    },
  };
};
