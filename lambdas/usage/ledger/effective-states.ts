import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../platform/canonical-json.ts';
import type { EffectiveStates } from './effective-slots.ts';
import type { StateMap } from './state.ts';

const keyOf = (hash: string): string => `effective/${hash}.json`;

/**
 * Computed states in the data bucket, below `effective/`. They can be thrown away at any time.
 * @param keeps whether this function may write them; else it computes again what is not there
 */
export const s3EffectiveStates = (client: S3Client, bucket: string, keeps: boolean): EffectiveStates => ({
  get: async (hash) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(hash) }));
      const body = await Body?.transformToString('utf8');
      return body === undefined ? undefined : (JSON.parse(body) as StateMap);
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  },
  put: async (hash, states) => {
    if (!keeps) return;
    const [Key, Body] = [keyOf(hash), canonicalJson(states)];
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/json' }));
  },
});
