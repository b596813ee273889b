import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../platform/canonical-json.ts';
import { contentHash } from '../platform/hash.ts';

/** The data bucket: rated lines, pins, chunks, payloads, documents. */
export type DataFiles = {
  putText(key: string, text: string): Promise<void>;
  getText(key: string): Promise<string | undefined>;
};

/** A stored value: where it is and what its content hash must be. */
export type StoredValue = { readonly key: string; readonly hash: string };

/** A stored file is not what was pinned, or is gone. Money that depends on it must not move. */
export class PinnedFileError extends Error {
  override readonly name = 'PinnedFileError';
}

/** The data bucket in S3. */
export const s3DataFiles = (client: S3Client, bucket: string): DataFiles => ({
  putText: async (key, text) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }));
  },
  getText: async (key) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToString('utf8');
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  },
});

/**
 * Stores a JSON value under `<prefix>-<hash>.json`. A second writer of the same value writes the same bytes; one of
 * another value writes another object: what a hash was pinned for is never overwritten.
 */
export const putByHash = async (files: DataFiles, prefix: string, value: unknown): Promise<StoredValue> => {
  const hash = contentHash(value);
  const key = `${prefix}-${hash}.json`;
  await files.putText(key, canonicalJson(value));
  return { key, hash };
};

/**
 * Reads a value that was pinned by hash.
 * @throws {PinnedFileError} if it is gone or its content has another hash.
 */
export const getPinned = async <T>(files: DataFiles, { key, hash }: StoredValue): Promise<T> => {
  const text = await files.getText(key);
  if (text === undefined) throw new PinnedFileError(`${key} is gone`);
  const value: unknown = JSON.parse(text);
  if (contentHash(value) !== hash) throw new PinnedFileError(`${key} is not what was pinned (${hash})`);
  return value as T;
};
