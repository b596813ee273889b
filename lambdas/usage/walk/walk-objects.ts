import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** What a walk needs of an object store: whole objects written, and read whole or in part. */
export type WalkObjects = {
  put(key: string, body: Uint8Array): Promise<void>;
  /** Writes an object if none of that key exists. Answers whether it did. */
  putIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
  /** Bytes `from` to before `to` of an object, all by default. @throws {Error} if there is no such object. */
  read(key: string, from?: number, to?: number): Promise<Uint8Array>;
  /** Keys with a prefix, in order; those after a key (which need not exist). */
  list(prefix: string, after?: string): AsyncIterable<string>;
};

/** Answers of S3 to a conditional write that found the object there. */
const TAKEN = 'PreconditionFailed';

/** The objects of an S3 bucket. */
export const s3WalkObjects = (client: S3Client, bucket: string): WalkObjects => ({
  put: async (key, body) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  },
  putIfAbsent: async (key, body) => {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*' }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === TAKEN) return false;
      throw error;
    }
  },
  read: async (key, from = 0, to) => {
    const range = from === 0 && to === undefined ? {} : { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` };
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...range }));
    if (Body === undefined) throw new Error(`${key} has no body`);
    return Body.transformToByteArray();
  },
  list: async function* (prefix, after) {
    let next: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(after === undefined ? {} : { StartAfter: after }),
          ...(next === undefined ? {} : { ContinuationToken: next }),
        }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      next = page.NextContinuationToken;
    } while (next !== undefined);
  },
});
