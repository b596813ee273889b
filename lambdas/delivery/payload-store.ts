import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { MappedPayload } from './mapping.ts';

/** The mapped payloads, by the hash that was approved: `payloads/<hash>.json`. */
export type PayloadStore = {
  /** @throws if it is missing or cannot be read. */
  read(key: string): Promise<string>;
  /** Writes a payload and answers its key. The same payload has the same key. */
  write(payload: MappedPayload): Promise<string>;
};

/** The key of a payload. */
export const payloadKey = (hash: string): string => `payloads/${hash}.json`;

/** Payloads in the data bucket. */
export const s3PayloadStore = (client: S3Client, bucket: string): PayloadStore => ({
  read: async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`${key} has no body`);
    return Body.transformToString();
  },
  write: async ({ payload, hash }) => {
    const Key = payloadKey(hash);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: payload, ContentType: 'application/json' }));
    return Key;
  },
});
