import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ArchiveObjects } from './archive.ts';

/** Answers of S3 to a conditional write that found the object there, or another writer at it. */
const TAKEN = 'PreconditionFailed';
const CONTENDED = 'ConditionalRequestConflict';
const TRIES = 5;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** The archive's objects in an S3 bucket. */
export const s3ArchiveObjects = (client: S3Client, bucket: string): ArchiveObjects => ({
  putIfAbsent: async (key, body) => {
    const put = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      IfNoneMatch: '*',
      ContentType: 'application/x-ndjson',
      ContentEncoding: 'gzip',
    });
    for (let tries = 1; ; tries += 1) {
      try {
        await client.send(put);
        return;
      } catch (error) {
        if (nameOf(error) === TAKEN) return;
        // Two writers at once: S3 refuses one of them although nothing is there yet, and asks to try again.
        if (nameOf(error) !== CONTENDED || tries === TRIES) throw error;
      }
    }
  },
  get: async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`${key} has no body`);
    return Body.transformToByteArray();
  },
  list: async function* (prefix) {
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  },
  folders: async (prefix) => {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          Delimiter: '/',
          ...(token ? { ContinuationToken: token } : {}),
        }),
      );
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) names.push(Prefix.slice(prefix.length, -1));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return names;
  },
});
