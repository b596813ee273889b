import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { LRUCache } from 'lru-cache';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { Interval } from '../../platform/period.ts';
import type { Append } from '../types.ts';
import { chainsOf } from './chain.ts';
import { linesOf } from './ledger-item.ts';
import type { Seal } from './seal.ts';
import {
  openSealed,
  type SealedChain,
  type SealedObject,
  type SealedScalars,
  sealChain,
  sealedScalars,
} from './sealed-view.ts';

/**
 * Seals of quiet slots with many ids. Like all that is settled they may be thrown away: whoever finds none reads the chain.
 */
export type SealedSlots = {
  /** A slot is sealed when its chain has so many ids: below, reading it costs less than the object. */
  readonly fromIds: number;
  /** The seals of a subject's slots that start in an interval, in order. May be behind. */
  of(subject: string, within: Interval): Promise<Seal[]>;
  /**
   * The sealed chain, up to the seal's version or a later one; `undefined` if it is gone, or an older one is in its place.
   * @throws {Error} if it is not what was written.
   */
  open(seal: Seal): Promise<SealedChain | undefined>;
  /** The same of its running scalars alone, which takes a small part of the object. */
  scalars(seal: Seal): Promise<SealedScalars | undefined>;
  /** Keeps a sealed chain in place of another, the object first. */
  put(sealed: SealedObject): Promise<void>;
};

/**
 * A thousand ids are about ten read units, for each of a dozen late events of such a slot and for whoever settles them; an
 * object is written for the price of about forty.
 */
export const SEALED_FROM_IDS = 1_000;

/** Seals the chains among some appends, whole from their first version on, that have many ids. */
export const sealQuiet = async (sealed: SealedSlots | undefined, appends: readonly Append[]): Promise<void> => {
  if (sealed === undefined) return;
  for (const chain of chainsOf(appends)) {
    const ids = chain.reduce((total, append) => total + linesOf(append), 0);
    const slot = chain[0]?.slot;
    if (slot !== undefined && ids >= sealed.fromIds) await sealed.put(sealChain(slot, chain));
  }
};

/** A seal as it lies in the table, format 1. */
type SealItem = { readonly pk: string; readonly sk: string; readonly f: 1; readonly v: number };

const sealKey = (start: string): string => `IDS#${start}`;
const objectKey = ({ subject, start }: Seal): string => `sealed/${subject}/${start}`;

const OF_SLOTS = 'pk = :subject AND sk BETWEEN :from AND :to';
const IS_FIRST_OR_LATER = 'attribute_not_exists(pk) OR v < :version';

/** Bytes kept of objects in a warm process: several late events may meet the same slot. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Scalars of the usual number of keys lie in so many bytes from the beginning. */
const BEGINNING_BYTES = 32 * 1024;

/** The scalars of a sealed chain that was opened as a whole. */
const scalarsOf = async (open: SealedSlots['open'], seal: Seal): Promise<SealedScalars | undefined> => {
  const chain = await open(seal);
  return chain && { version: chain.version, scalars: chain.view().scalars };
};

/** Seals in the projection table (`pk` = subject, `sk` = `IDS#<slot start>`), their objects below `sealed/` of the data bucket. */
export const dynamoSealedSlots = (
  client: DynamoDBDocumentClient,
  table: string,
  s3: S3Client,
  bucket: string,
  fromIds: number = SEALED_FROM_IDS,
): SealedSlots => {
  const kept = new LRUCache<string, SealedChain>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ ids }) => ids.length + 1_000,
  });
  const read = async (seal: Seal, range?: string): Promise<Uint8Array | undefined> => {
    try {
      const { Body } = await s3.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: objectKey(seal),
          ...(range === undefined ? {} : { Range: range }),
        }),
      );
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  };
  const open = async (seal: Seal): Promise<SealedChain | undefined> => {
    const key = objectKey(seal);
    const known = kept.get(key);
    if (known !== undefined && known.version >= seal.version) return known;
    const body = await read(seal);
    const chain = body && openSealed(seal, body);
    if (chain === undefined || chain.version < seal.version) return undefined;
    kept.set(key, chain);
    return chain;
  };
  return {
    fromIds,
    of: async (subject, { from, to }) => {
      // At most 96 small items a day: one page.
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: OF_SLOTS,
          ExpressionAttributeValues: { ':subject': subject, ':from': sealKey(from), ':to': sealKey(to) },
        }),
      );
      return (Items as SealItem[]).flatMap(({ sk, f, v }): Seal[] => {
        const start = sk.slice(sealKey('').length);
        if (f !== 1) throw new Error(`seal ${subject} ${start} has format ${String(f)}, which is not known here`);
        return start < to ? [{ subject, start, version: v }] : [];
      });
    },
    open,
    scalars: async (seal) => {
      const beginning = await read(seal, `bytes=0-${BEGINNING_BYTES - 1}`);
      if (beginning === undefined) return undefined;
      const told = sealedScalars(seal, beginning) ?? (await scalarsOf(open, seal));
      return told !== undefined && told.version >= seal.version ? told : undefined;
    },
    put: async ({ seal, body }) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: objectKey(seal), Body: body }));
      const item: SealItem = { pk: seal.subject, sk: sealKey(seal.start), f: 1, v: seal.version };
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: item,
            ConditionExpression: IS_FIRST_OR_LATER,
            ExpressionAttributeValues: { ':version': seal.version },
          }),
        );
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
      }
    },
  };
};
