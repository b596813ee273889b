import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mapBounded } from '../../platform/bounded.ts';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import { itemBytes } from '../ledger/ledger-item.ts';
import type { LastPoints } from './last-points.ts';
import {
  decodeHead,
  decodeSettled,
  encodeSettled,
  type SettledDay,
  type SettledHead,
  type SettledItem,
  settledKey,
} from './settled-item.ts';

/** What a read of settled days gave and what it took. */
export type SettledRead<T> = { readonly days: readonly T[]; readonly queries: number; readonly bytes: number };

/** Settled usage. Reads are strongly consistent; days are UTC, `from` to before `to`, in order. */
export type SettledStore = {
  /** `scalars`: without sets and points that lie beside their items. */
  days(subject: string, from: string, to: string, only?: 'scalars'): Promise<SettledRead<SettledDay>>;
  /** The same without states, for those that only ask what is settled. */
  heads(subject: string, from: string, to: string): Promise<SettledRead<SettledHead>>;
  /** Writes a day if its revision is still the one before `settled.revision`. `false`: another settle was first. */
  put(settled: SettledDay): Promise<boolean>;
  /** The last points of the months (`YYYY-MM`) from one to before another, in order; months without any are left out. */
  lasts(subject: string, from: string, to: string): Promise<SettledRead<LastPoints>>;
  /** Writes a month if its revision is still the one before `lasts.revision`. `false`: another sweep was first. */
  putLasts(lasts: LastPoints): Promise<boolean>;
};

/** Objects read at a time. */
const CONCURRENCY = 8;

const IS_FIRST = 'attribute_not_exists(pk)';
const IS_THE_ONE_SEEN = 'v = :seen';
const OF_DAYS = 'pk = :subject AND sk BETWEEN :from AND :to';

/** The last points of a month as they lie in the table, format 1. */
type LastItem = { readonly pk: string; readonly sk: string; readonly f: 1; readonly v: number; readonly p: string };

const lastKey = (month: string): string => `LAST#${month}`;

const decodeLast = ({ pk, sk, f, v, p }: LastItem): LastPoints => {
  if (f !== 1) throw new Error(`last points ${pk} ${sk} have format ${f}, which is not known here`);
  return {
    subject: pk,
    month: sk.slice(lastKey('').length),
    revision: v,
    points: JSON.parse(p) as LastPoints['points'],
  };
};

/**
 * Settled days in the projection table (`pk` = subject, `sk` = `SETTLED#<day>`), big ones partly in the data bucket, and the
 * last points of months (`sk` = `LAST#<month>`).
 */
export const dynamoSettled = (
  client: DynamoDBDocumentClient,
  table: string,
  s3: S3Client,
  bucket: string,
): SettledStore => {
  const items = async <T extends { readonly sk: string }>(
    subject: string,
    from: string,
    to: string,
  ): Promise<SettledRead<T>> => {
    const found: T[] = [];
    let [queries, bytes] = [0, 0];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: OF_DAYS,
          ExpressionAttributeValues: { ':subject': subject, ':from': from, ':to': to },
          ConsistentRead: true,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      const own = ((page.Items ?? []) as T[]).filter(({ sk }) => sk < to);
      found.push(...own);
      queries += 1;
      bytes += own.reduce((total, item) => total + itemBytes(item), 0);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return { days: found, queries, bytes };
  };
  const object = async (key: string): Promise<string> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`${key} has no body`);
    return Body.transformToString('utf8');
  };

  /** Puts an item if the one there has the revision before its own. */
  const putNext = async (item: SettledItem | LastItem): Promise<boolean> => {
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: item,
          ...(item.v === 1
            ? { ConditionExpression: IS_FIRST }
            : { ConditionExpression: IS_THE_ONE_SEEN, ExpressionAttributeValues: { ':seen': item.v - 1 } }),
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };

  return {
    days: async (subject, from, to, only) => {
      const read = await items<SettledItem>(subject, settledKey(from), settledKey(to));
      return { ...read, days: await mapBounded(read.days, CONCURRENCY, (item) => decodeSettled(item, only ?? object)) };
    },
    heads: async (subject, from, to) => {
      const read = await items<SettledItem>(subject, settledKey(from), settledKey(to));
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
      return putNext(item);
    },
    lasts: async (subject, from, to) => {
      const read = await items<LastItem>(subject, lastKey(from), lastKey(to));
      return { ...read, days: read.days.map(decodeLast) };
    },
    putLasts: ({ subject, month, revision, points }) =>
      putNext({ pk: subject, sk: lastKey(month), f: 1, v: revision, p: canonicalJson(points) }),
  };
};
