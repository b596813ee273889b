import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { LRUCache } from 'lru-cache';
import { readStates, type StatesObject } from './ledger-item.ts';
import type { StateMap } from './state.ts';

/** Where the states of restating appends lie that are too large for their items. */
export type StatesObjects = {
  /** Writes an object. It is named by its hash: writing it again changes nothing. */
  put(object: StatesObject): Promise<void>;
  /** @throws {Error} if there is no such object, or it is not what its name says. */
  get(key: string): Promise<StateMap>;
};

/** Bytes kept of objects in a warm process: they never change. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** The objects below `ledger/` of the data bucket; with a `prefix`, those of a copy of the ledger below it. */
export const s3StatesObjects = (client: S3Client, bucket: string, prefix = ''): StatesObjects => {
  const kept = new LRUCache<string, { readonly states: StateMap; readonly bytes: number }>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });
  return {
    put: async ({ key, body }) => {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `${prefix}${key}`,
          Body: body,
          ContentType: 'application/json',
        }),
      );
    },
    get: async (key) => {
      const known = kept.get(key);
      if (known !== undefined) return known.states;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${key}` }));
      if (Body === undefined) throw new Error(`${key} has no body`);
      const body = await Body.transformToString('utf8');
      const states = readStates(key, body);
      kept.set(key, { states, bytes: body.length });
      return states;
    },
  };
};
